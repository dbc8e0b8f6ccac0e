import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Event } from '#model/event.ts';
import type { EventRecords } from '#model/records.ts';
import type { Engine } from './engine.ts';
import { searchEvents } from './event-search.ts';
import { identify, storeTerms, termsOf } from './event-terms.ts';
import { findHeadings, hashOfHeading, pruneHeadings, storeHeadings } from './heading-records.ts';
import type { Database } from './schema.ts';
import { slotsFromJson, slotsToJson } from './slots-json.ts';
import type { Writer } from './write-together.ts';

type StoredEvent = Omit<Event, 'native'>;

/** Events per piece of work; an `add` of more is durable piece by piece and resolves after the last. */
const eventsTogether = 500;
/** Rows per statement: few distinct lengths, so that statements are prepared once. */
const rowsPerStatement = 50;
const keysPerQuery = 500;
/** Events or terms forgotten per transaction. */
const prunedTogether = 1000;
const replayedTogether = 1000;

export function createEventRecords(engine: Engine, writer: Writer): EventRecords {
  const { reading } = engine;
  return {
    add: async (events, grantKeyOf) => {
      const unique = [...new Map(events.toReversed().map((event) => [event.key, event])).values()].reverse();
      const pieces = chunk(unique, eventsTogether).map((piece) =>
        writer.write((transaction) => addEvents(transaction, piece, grantKeyOf), piece.length),
      );
      return new Set((await Promise.all(pieces)).flat());
    },
    known: async (keys) => {
      const known = new Set<string>();
      for (const part of chunk(keys, keysPerQuery)) {
        const rows = await reading.selectFrom('events').select('key').where('key', 'in', part).execute();
        for (const row of rows) known.add(row.key);
      }
      return known;
    },
    search: (filter, limit, cursor) => searchEvents(engine, filter, limit, cursor),
    get: async (key) => {
      const row = await reading.selectFrom('events').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? undefined : toEvent(row);
    },
    replay: (from) => replay(reading, from),
    counts: async (from, to, bucketMs) => {
      const { rows } = await sql<{ time: number; source: string; count: number }>`
        select time - time % ${sql.lit(Math.trunc(bucketMs))} as time, source, count(*) as count from events
        where time >= ${from} and time < ${to} group by 1, 2 order by 1, 2`.execute(reading);
      return rows.map(({ time, source, count }) => ({ time, source, count }));
    },
    total: async () => {
      const row = await reading.selectFrom('totals').select('value').where('name', '=', 'events').executeTakeFirst();
      return row?.value ?? 0;
    },
    prune: (before) => prune(writer, before),
  };
}

async function addEvents(
  transaction: Database,
  events: readonly Event[],
  grantKeyOf: (event: Event) => string,
): Promise<readonly string[]> {
  const ids = new Map<string, number>();
  await storeHeadings(transaction, events);
  for (const part of chunk(events, rowsPerStatement)) {
    const rows = await transaction
      .insertInto('events')
      .values(part.map(toRow))
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning(['id', 'key'])
      .execute();
    for (const row of rows) ids.set(row.key, row.id);
  }
  if (ids.size === 0) return [];
  const added = events.filter((event) => ids.has(event.key));
  await addTerms(transaction, added, ids, grantKeyOf);
  await addToTotal(transaction, added.length);
  return added.map((event) => event.key);
}

async function addTerms(
  transaction: Database,
  events: readonly Event[],
  ids: ReadonlyMap<string, number>,
  grantKeyOf: (event: Event) => string,
): Promise<void> {
  const carried = events.map((event) => ({ event, terms: termsOf(event, grantKeyOf(event)) }));
  const all = new Map(carried.flatMap(({ terms }) => terms.map((term) => [identify(term), term])));
  const termIds = await storeTerms(transaction, [...all.values()]);
  const rows = carried
    .flatMap(({ event, terms }) =>
      terms.map((term) => ({
        term_id: termIds.get(identify(term))!,
        time: event.time,
        event_id: ids.get(event.key)!,
      })),
    )
    .sort((a, b) => a.term_id - b.term_id); // Neighbours in the index are written together.
  for (const part of chunk(rows, rowsPerStatement)) {
    await transaction.insertInto('event_terms').values(part).execute();
  }
}

async function addToTotal(transaction: Database, count: number): Promise<void> {
  await transaction
    .updateTable('totals')
    .set((row) => ({ value: row('value', '+', count) }))
    .where('name', '=', 'events')
    .execute();
}

async function* replay(database: Database, from: number): AsyncGenerator<readonly StoredEvent[]> {
  let place = { time: from, id: -1 };
  const headings = new Map<string, readonly string[]>();
  while (true) {
    const rows = await database
      .selectFrom('events')
      .selectAll()
      .where(sql<boolean>`(time, id) > (${place.time}, ${place.id})`)
      .orderBy('time')
      .orderBy('id')
      .limit(replayedTogether)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    place = last;
    const unknown = new Set(rows.flatMap(({ heading }) => (heading === null || headings.has(heading) ? [] : heading)));
    for (const [hash, heading] of await findHeadings(database, unknown)) headings.set(hash, heading);
    yield rows.map((row) => toEvent(row, headings));
    await setImmediate();
  }
}

/** Events first: terms whose event is gone find nothing, and the next prune removes what a crash left of them. */
async function prune(writer: Writer, before: number): Promise<number> {
  let forgotten = 0;
  let count = prunedTogether;
  while (count === prunedTogether) {
    count = await writer.write((transaction) => pruneEvents(transaction, before), prunedTogether);
    forgotten += count;
  }
  await writer.write((transaction) => pruneHeadings(transaction, before), 1);
  let place: number | undefined = 0;
  while (place !== undefined) {
    const after: number = place;
    place = await writer.write((transaction) => pruneTerms(transaction, before, after), prunedTogether);
  }
  return forgotten;
}

async function pruneEvents(transaction: Database, before: number): Promise<number> {
  const old = transaction
    .selectFrom('events')
    .select('id')
    .where('time', '<', before)
    .orderBy('time')
    .limit(prunedTogether);
  const { numDeletedRows } = await transaction.deleteFrom('events').where('id', 'in', old).executeTakeFirstOrThrow();
  await addToTotal(transaction, -Number(numDeletedRows));
  return Number(numDeletedRows);
}

/** Resolves to the last term looked at, or `undefined` after the last of all. */
async function pruneTerms(transaction: Database, before: number, after: number): Promise<number | undefined> {
  const terms = await transaction
    .selectFrom('terms')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(prunedTogether)
    .execute();
  const ids = terms.map(({ id }) => id);
  if (ids.length === 0) return undefined;
  await transaction.deleteFrom('event_terms').where('term_id', 'in', ids).where('time', '<', before).execute();
  await transaction
    .deleteFrom('terms')
    .where('id', 'in', ids)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('event_terms').select('term_id').whereRef('event_terms.term_id', '=', 'terms.id'))),
    )
    .execute();
  return ids.at(-1);
}

const toRow = (event: Event) => ({
  key: event.key,
  time: event.time,
  arrived_at: event.arrivedAt,
  source: event.source,
  file: event.origin.file,
  byte_offset: event.origin.offset,
  byte_length: event.origin.bytes,
  raw: event.raw,
  slots: slotsToJson(event.slots),
  heading: event.heading === undefined ? null : hashOfHeading(event.heading),
});

const toEvent = (row: ReturnType<typeof toRow>, headings?: ReadonlyMap<string, readonly string[]>): StoredEvent => ({
  key: row.key,
  time: row.time,
  arrivedAt: row.arrived_at,
  source: row.source,
  origin: { file: row.file, offset: row.byte_offset, bytes: row.byte_length },
  raw: row.raw,
  ...(row.heading !== null && headings !== undefined && { heading: headings.get(row.heading) }),
  slots: slotsFromJson(row.slots),
});

function chunk<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
