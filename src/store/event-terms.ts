import { createHash } from 'node:crypto';
import type { Event } from '#model/event.ts';
import type { EventFilter } from '#model/records.ts';
import type { Database } from './schema.ts';

type Field = Exclude<keyof EventFilter, 'text' | 'from' | 'to'>;

/** A field and a value by which an event is found, as stored. */
export interface Term {
  readonly field: Field;
  readonly value: string;
}

/** PostgreSQL indexes values up to 2.7 kB; names are chosen by attackers and may be longer. */
const longestValue = 256;

/** Case is ignored, as people type names; only the grant's key is taken as it is, since it is copied, not typed. */
function termOf(field: Field, text: string): Term {
  const folded = field === 'grant' ? text : text.toLowerCase();
  if (folded.length <= longestValue) return { field, value: folded };
  return { field, value: `sha256:${createHash('sha256').update(folded).digest('hex')}` };
}

export const identify = (term: Term): string => `${term.field} ${term.value}`;

/** All terms of an event, each once. */
export function termsOf(event: Event, grantKey: string): readonly Term[] {
  const { slots } = event;
  const said: readonly (readonly [Field, string | undefined])[] = [
    ['actor', slots['actor.user.uid']],
    ['actor', slots['actor.user.name']],
    ['grant', grantKey],
    ['app', slots['actor.app_uid']],
    ['app', slots['actor.app_name']],
    ['address', slots['src_endpoint.ip']],
    ['activity', slots.activity_name],
    ['source', event.source],
    ...slots['resources.type'].map((object) => ['object', object] as const),
  ];
  const terms = new Map<string, Term>();
  for (const [field, text] of said) {
    if (text === undefined || text === '') continue;
    const term = termOf(field, text);
    terms.set(identify(term), term);
  }
  return [...terms.values()];
}

export function termsAskedFor(filter: EventFilter): readonly Term[] {
  const fields: readonly Field[] = ['actor', 'grant', 'app', 'address', 'object', 'activity', 'source'];
  return fields.flatMap((field) => {
    const text = filter[field];
    return text === undefined ? [] : [termOf(field, text)];
  });
}

/** The stored ids of terms, by `identify(term)`; terms never stored are absent. */
export async function findTerms(database: Database, terms: readonly Term[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const field of new Set(terms.map((term) => term.field))) {
    const values = terms.filter((term) => term.field === field).map((term) => term.value);
    const rows = await database
      .selectFrom('terms')
      .select(['id', 'field', 'value'])
      .where('field', '=', field)
      .where('value', 'in', values)
      .execute();
    for (const row of rows) ids.set(`${row.field} ${row.value}`, row.id);
  }
  return ids;
}

/** As `findTerms`, storing those that are new. */
export async function storeTerms(transaction: Database, terms: readonly Term[]): Promise<Map<string, number>> {
  const ids = await findTerms(transaction, terms);
  const unknown = terms.filter((term) => !ids.has(identify(term)));
  if (unknown.length === 0) return ids;
  await transaction
    .insertInto('terms')
    .values(unknown.map(({ field, value }) => ({ field, value })))
    .onConflict((conflict) => conflict.columns(['field', 'value']).doNothing())
    .execute();
  for (const [term, id] of await findTerms(transaction, unknown)) ids.set(term, id);
  return ids;
}
