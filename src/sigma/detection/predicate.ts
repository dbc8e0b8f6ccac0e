import type { SigmaEvent } from '../event.ts';

/** By routing field, the lower-case values outside of which a predicate is false for certain; without entry where unknown. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>;

export interface Predicate {
  (event: SigmaEvent): boolean;
  readonly needs?: Needs;
  /** Beside others; the cheap ones are asked first. */
  readonly cost?: number;
  /** Of a conjunction. */
  readonly parts?: readonly Predicate[];
}

const costOf = ({ cost }: Predicate): number => cost ?? 1;

const byCost = (predicates: readonly Predicate[]): readonly Predicate[] =>
  predicates.toSorted((a, b) => costOf(a) - costOf(b));

export const negate = (predicate: Predicate): Predicate =>
  Object.assign((event: SigmaEvent) => !predicate(event), { cost: costOf(predicate) });

export function either(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const parts = byCost(predicates);
  const matches = (event: SigmaEvent): boolean => {
    for (const part of parts) if (part(event)) return true;
    return false;
  };
  const needs = joinNeeds(parts, (known) =>
    known.length < parts.length ? undefined : known.reduce((left, right) => left.union(right)),
  );
  return Object.assign(matches, { needs, cost: parts.reduce((sum, part) => sum + costOf(part), 0) });
}

export function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const parts = byCost(predicates.flatMap((predicate) => predicate.parts ?? predicate));
  const matches = (event: SigmaEvent): boolean => {
    for (const part of parts) if (!part(event)) return false;
    return true;
  };
  const needs = joinNeeds(parts, (known) => known.reduce((left, right) => left.intersection(right)));
  // Most events fail the first part.
  return Object.assign(matches, { needs, cost: costOf(parts[0]!), parts });
}

/** `join` makes one of the parts' values of a field; of some of them none may be known. */
function joinNeeds(
  parts: readonly Predicate[],
  join: (known: readonly ReadonlySet<string>[]) => ReadonlySet<string> | undefined,
): Needs {
  const needs = new Map<string, ReadonlySet<string>>();
  for (const field of new Set(parts.flatMap((part) => [...(part.needs?.keys() ?? [])]))) {
    const known = parts.flatMap((part) => part.needs?.get(field) ?? []);
    const joined = known.length === 0 ? undefined : join(known);
    if (joined !== undefined) needs.set(field, joined);
  }
  return needs;
}
