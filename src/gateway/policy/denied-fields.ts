import { overlapping } from '../requests/compound-fields.ts';

/** The fields, in lower case, that must not leave when these may not: their parts too, and what they are a part of. */
export function deniedWith(fields: readonly string[]): ReadonlySet<string> {
  return new Set(fields.map((field) => field.toLowerCase()).flatMap((name) => [name, ...overlapping(name)]));
}
