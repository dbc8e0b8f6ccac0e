import type { Event } from '#model/event.ts';

export interface Predicate {
  (event: Event): boolean;
  /** Lower-case values of slot `activity_name` outside of which it is false for certain; undefined where unknown. */
  readonly activities?: ReadonlySet<string> | undefined;
  /** Beside others; the cheap ones are asked first. */
  readonly cost?: number;
  /** Of a conjunction. */
  readonly parts?: readonly Predicate[];
}

const costOf = ({ cost }: Predicate): number => cost ?? 1;

const byCost = (predicates: readonly Predicate[]): readonly Predicate[] =>
  predicates.toSorted((a, b) => costOf(a) - costOf(b));

export const negate = (predicate: Predicate): Predicate =>
  Object.assign((event: Event) => !predicate(event), { cost: costOf(predicate) });

export function either(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const parts = byCost(predicates);
  const matches = (event: Event): boolean => {
    for (const part of parts) if (part(event)) return true;
    return false;
  };
  const known = parts.flatMap(({ activities }) => activities ?? []);
  const activities = known.length === parts.length ? new Set(known.flatMap((each) => [...each])) : undefined;
  const cost = parts.reduce((sum, part) => sum + costOf(part), 0);
  return Object.assign(matches, { activities, cost });
}

/** Most rules speak of a few activities: told apart beforehand, they are not asked about the others. */
export function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const parts = byCost(predicates.flatMap((predicate) => predicate.parts ?? predicate));
  const matches = (event: Event): boolean => {
    for (const part of parts) if (!part(event)) return false;
    return true;
  };
  const [first, ...rest] = parts.flatMap(({ activities }) => activities ?? []);
  const activities = first && rest.reduce((left, right) => left.intersection(right), first);
  // Most events fail the first part.
  return Object.assign(matches, { activities, cost: costOf(parts[0]!), parts });
}
