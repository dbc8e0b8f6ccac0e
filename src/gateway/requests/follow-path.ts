import type { Refusal } from '../call.ts';
import type { PolicyView } from './policy-view.ts';
import { refuseQuery } from './refuse.ts';
import { followStandard } from './standard-relationships.ts';

export type Relationships = PolicyView['relationships'];

/** The object that a relationship of `object` leads to, as spelled in the table; any case in. */
export function followRelationship(object: string, name: string, relationships: Relationships): string | Refusal {
  const [from, relationship] = [object.toLowerCase(), name.toLowerCase()];
  const leadsTo = followStandard(from, relationship) ?? relationships.get(from)?.get(relationship);
  if (leadsTo === 'several')
    return refuseQuery(
      'polymorphic-relationship',
      `${object}.${name} may lead to records of several objects, so what is read there cannot be judged; ask by ${name}Id`,
    );
  return (
    leadsTo ??
    refuseQuery(
      'unknown-relationship',
      `${object}.${name} is a relationship that it does not know; the policy can declare where it leads`,
    )
  );
}

/** The field whose value a walk over the relationship shows: `AccountId`, `Shop__c`; in lower case. */
export const foreignKeyOf = (relationship: string): string =>
  relationship.toLowerCase().endsWith('__r')
    ? `${relationship.slice(0, -3).toLowerCase()}__c`
    : `${relationship.toLowerCase()}id`;

/** The objects that a path passes, the first its own object: one for each name of the path. */
export function followPath(
  object: string,
  path: readonly string[],
  relationships: Relationships,
): readonly string[] | Refusal {
  const objects = [object];
  for (const relationship of path.slice(0, -1)) {
    const next = followRelationship(objects.at(-1)!, relationship, relationships);
    if (typeof next !== 'string') return next;
    objects.push(next);
  }
  return objects;
}
