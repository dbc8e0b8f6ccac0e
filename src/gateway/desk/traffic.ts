import type { ToldCall } from '../stream/data-path.ts';

/** What each integration has called since the gateway started. */
export interface Traffic {
  note(call: ToldCall): void;
  of(integration: string): {
    readonly calls: number;
    readonly refused: number;
    readonly lastCallAt: number | undefined;
  };
  /** Answers that were cut, newest last. */
  cuts(
    from: number,
    to: number,
  ): readonly { readonly at: number; readonly integration: string; readonly words: string }[];
}

const keptCuts = 1000;

export function openTraffic(): Traffic {
  const counts = new Map<string, { calls: number; refused: number; lastCallAt: number | undefined }>();
  const cuts: { at: number; integration: string; words: string }[] = [];
  return {
    note({ integration, at, status, outcome, records, object }) {
      const known = counts.get(integration) ?? { calls: 0, refused: 0, lastCallAt: undefined };
      known.calls += 1;
      known.lastCallAt = at;
      if (status >= 400) known.refused += 1;
      counts.set(integration, known);
      if (outcome !== 'budget') return;
      const of = object === undefined ? 'records' : `records of ${object}`;
      cuts.push({
        at,
        integration,
        words: `${integration} was cut at its budget${records > 0 ? ` after ${records} ${of} of this answer` : ''}`,
      });
      if (cuts.length > keptCuts) cuts.shift();
    },
    of: (integration) => counts.get(integration) ?? { calls: 0, refused: 0, lastCallAt: undefined },
    cuts: (from, to) => cuts.filter(({ at }) => at >= from && at < to),
  };
}
