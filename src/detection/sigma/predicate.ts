import type { Event } from '#model/event.ts';

export interface Predicate {
  (event: Event): boolean;
  /** Lower-case values of slot `activity_name` outside of which it is false for certain; undefined where unknown. */
  readonly activities?: ReadonlySet<string>;
}

/** Most rules speak of a few activities: told apart beforehand, they are not asked about the others. */
export const needing = (matches: (event: Event) => boolean, activities: Iterable<string>): Predicate =>
  Object.assign((event: Event) => matches(event), { activities: new Set(activities) });

export function either(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const matches = (event: Event): boolean => {
    for (const each of predicates) if (each(event)) return true;
    return false;
  };
  const known = predicates.flatMap(({ activities }) => activities ?? []);
  return known.length === predicates.length
    ? needing(
        matches,
        known.flatMap((activities) => [...activities]),
      )
    : matches;
}

export function every(predicates: readonly Predicate[]): Predicate {
  if (predicates.length === 1) return predicates[0]!;
  const matches = (event: Event): boolean => {
    for (const each of predicates) if (!each(event)) return false;
    return true;
  };
  const [first, ...rest] = predicates.flatMap(({ activities }) => activities ?? []);
  if (first === undefined) return matches;
  return needing(
    matches,
    rest.reduce((left, right) => left.intersection(right), first),
  );
}
