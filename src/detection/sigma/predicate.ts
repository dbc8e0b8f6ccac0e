import type { Event } from '#model/event.ts';

export interface Predicate {
  (event: Event): boolean;
  /** Lower-case values of slot `activity_name` outside of which it is false for certain; undefined where unknown. */
  readonly activities?: ReadonlySet<string> | undefined;
  /** Beside the comparison of two numbers, which costs 1. The cheap ones are asked first. */
  readonly cost?: number;
}

const costOf = ({ cost }: Predicate): number => cost ?? 1;

const byCost = (predicates: readonly Predicate[]): readonly Predicate[] =>
  predicates.toSorted((a, b) => costOf(a) - costOf(b));

const sumOfCosts = (predicates: readonly Predicate[]): number =>
  predicates.reduce((sum, predicate) => sum + costOf(predicate), 0);

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
  return Object.assign(matches, { activities, cost: sumOfCosts(parts) });
}

/** Most rules speak of a few activities: told apart beforehand, they are not asked about the others. */
export function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const parts = byCost(predicates);
  const matches = (event: Event): boolean => {
    for (const part of parts) if (!part(event)) return false;
    return true;
  };
  const [first, ...rest] = parts.flatMap(({ activities }) => activities ?? []);
  const activities = first && rest.reduce((left, right) => left.intersection(right), first);
  return Object.assign(matches, { activities, cost: sumOfCosts(parts) });
}
