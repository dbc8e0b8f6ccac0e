/** 1-based, as people count. */
export interface FaultPlace {
  readonly line: number;
  readonly column: number;
}

/** Where a fault of a policy stands: `policy.yaml:12:28 networks.1` is line 12, column 28. */
export function faultPlace(where: string | undefined): FaultPlace | undefined {
  const found = /:(\d+):(\d+)(?:\s|$)/.exec(where ?? '');
  return found === null ? undefined : { line: Number(found[1]), column: Number(found[2]) };
}

/** Index of the place in the text; its end where the text is shorter. */
export function indexOfPlace(text: string, { line, column }: FaultPlace): number {
  const before = text.split('\n').slice(0, line - 1);
  return Math.min(text.length, before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1);
}
