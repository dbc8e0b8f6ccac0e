import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Event } from '#model/event.ts';
import type { Database } from './schema.ts';

type Heading = readonly string[];

/** Thousands of events share one heading. */
const hashes = new WeakMap<Heading, string>();

/** What a heading is stored under: 128 bits of its SHA-256, in base64url. */
export function hashOfHeading(heading: Heading): string {
  const known = hashes.get(heading);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(JSON.stringify(heading)).digest('base64url').slice(0, 22);
  hashes.set(heading, hash);
  return hash;
}

/** Stores the headings of these events, each once, with the time of the newest event under it. */
export async function storeHeadings(transaction: Database, events: readonly Event[]): Promise<void> {
  const rows = new Map<string, { hash: string; parts: string; newest_event_at: number }>();
  for (const { heading, time } of events) {
    if (heading === undefined) continue;
    const hash = hashOfHeading(heading);
    const row = rows.get(hash);
    if (row === undefined) rows.set(hash, { hash, parts: JSON.stringify(heading), newest_event_at: time });
    else row.newest_event_at = Math.max(row.newest_event_at, time);
  }
  for (const row of rows.values())
    await transaction
      .insertInto('headings')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('hash')
          .doUpdateSet({ newest_event_at: row.newest_event_at })
          .where('headings.newest_event_at', '<', row.newest_event_at),
      )
      .execute();
}

/** By their hashes. */
export async function findHeadings(database: Database, wanted: Iterable<string>): Promise<Map<string, Heading>> {
  const found = new Map<string, Heading>();
  for (const hash of wanted) {
    const row = await database.selectFrom('headings').select('parts').where('hash', '=', hash).executeTakeFirst();
    if (row !== undefined) found.set(hash, JSON.parse(row.parts) as Heading);
  }
  return found;
}

/** Forgets those whose events are all older. */
export async function pruneHeadings(transaction: Database, before: number): Promise<void> {
  await sql`delete from headings where newest_event_at < ${before}`.execute(transaction);
}
