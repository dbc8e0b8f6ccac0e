import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventFilter } from '#model/records.ts';
import type { EventPage, EventRow } from '#model/wire.ts';
import type { Engine } from './engine.ts';
import { findTerms, termsAskedFor } from './event-terms.ts';
import type { Database } from './schema.ts';
import { slotsFromJson } from './slots-json.ts';

/** A place in the order of search: newest first, events of one moment by their id. */
interface Place {
  readonly time: number;
  readonly id: number;
}

/** Events looked at per query. Other work of the process gets its turn between two queries. */
const lookedAt = 2000;

/**
 * Newest first. The rarest term's events are walked in order and held against everything else that was asked, so a
 * page is found as early as its rows allow; the cursor is the place of the last row, so pages stay put when newer or
 * older events arrive in between.
 */
export async function searchEvents(
  engine: Engine,
  filter: EventFilter,
  limit: number,
  cursor: string | undefined,
): Promise<EventPage> {
  const database = engine.reading;
  const terms = termsAskedFor(filter);
  const ids = [...(await findTerms(database, terms)).values()];
  let place = cursor === undefined ? undefined : parsePlace(cursor);
  if (ids.length < terms.length || (cursor !== undefined && place === undefined)) return { rows: [] };

  const [rarest, ...others] = await rarestFirst(database, ids);
  const isExact = others.length === 0 && filter.text === undefined;
  const found: Place[] = [];
  while (found.length <= limit) {
    const count = isExact ? limit + 1 : lookedAt;
    const slice = await lookAt(engine, filter, rarest, others, place, count);
    for (const each of slice) if (each.hit === 1) found.push(each);
    place = slice.at(-1);
    if (slice.length < count) break;
    await setImmediate();
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await loadRows(database, page),
    ...(found.length > limit && last !== undefined ? { next: formatPlace(last) } : {}),
  };
}

/** The next `count` events of the walk after `place`, each with whether it is one that was asked for. */
async function lookAt(
  engine: Engine,
  filter: EventFilter,
  rarest: number | undefined,
  others: readonly number[],
  place: Place | undefined,
  count: number,
): Promise<readonly (Place & { readonly hit: number })[]> {
  const [table, id] =
    rarest === undefined ? [sql.table('events'), sql.ref('id')] : [sql.table('event_terms'), sql.ref('event_id')];
  const within = [
    ...(rarest === undefined ? [] : [sql`term_id = ${rarest}`]),
    ...(filter.from === undefined ? [] : [sql`time >= ${filter.from}`]),
    ...(filter.to === undefined ? [] : [sql`time < ${filter.to}`]),
    ...(place === undefined ? [] : [sql`(time, ${id}) < (${place.time}, ${place.id})`]),
  ];
  const asked = [
    ...others.map(
      (term) => sql`exists (
        select 1 from event_terms where term_id = ${term} and time = walk.time and event_id = walk.id)`,
    ),
    ...(filter.text === undefined
      ? []
      : [
          sql`exists (select 1 from events where id = walk.id
            and raw ${sql.raw(engine.like)} ${containing(filter.text)} escape '!')`,
        ]),
  ];
  const { rows } = await sql<Place & { readonly hit: number }>`
    select walk.time, walk.id, case when ${all(asked)} then 1 else 0 end as hit
    from (
      select time, ${id} as id from ${table} where ${all(within)}
      order by time desc, ${id} desc limit ${count}
    ) as walk
    order by walk.time desc, walk.id desc`.execute(engine.reading);
  return rows;
}

const all = (conditions: readonly ReturnType<typeof sql>[]) =>
  conditions.length === 0 ? sql`1 = 1` : sql.join([...conditions], sql` and `);

const containing = (text: string): string => `%${text.replace(/[!%_]/g, '!$&')}%`;

/** Counting stops early: which term is the rarest matters only when it is rare. */
async function rarestFirst(database: Database, terms: readonly number[]): Promise<readonly number[]> {
  if (terms.length < 2) return terms;
  const counted = await Promise.all(
    terms.map(async (term) => {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from (select 1 from event_terms where term_id = ${term} limit 10000) as first
      `.execute(database);
      return { term, count: rows[0]!.count };
    }),
  );
  return counted.sort((a, b) => a.count - b.count).map(({ term }) => term);
}

async function loadRows(database: Database, places: readonly Place[]): Promise<readonly EventRow[]> {
  if (places.length === 0) return [];
  const rows = await database
    .selectFrom('events')
    .select(['id', 'key', 'time', 'arrived_at', 'source', 'slots'])
    .where(
      'id',
      'in',
      places.map(({ id }) => id),
    )
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  // A row pruned since it was found is left out.
  return places.flatMap(({ id }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [toEventRow(row)];
  });
}

function toEventRow(row: { key: string; time: number; arrived_at: number; source: string; slots: string }): EventRow {
  const slots = slotsFromJson(row.slots);
  const optional = {
    user: slots['actor.user.name'],
    userUid: slots['actor.user.uid'],
    app: slots['actor.app_name'] ?? slots['actor.app_uid'],
    address: slots['src_endpoint.ip'],
    rows: slots['unmapped.rows'],
    query: slots['query_info.query_string'],
  };
  return {
    key: row.key,
    time: row.time,
    arrivedAt: row.arrived_at,
    source: row.source,
    activity: slots.activity_name,
    objects: slots['resources.type'],
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<EventRow>),
  };
}

const formatPlace = (place: Place): string => `${place.time}.${place.id}`;

/** `time.id`, e.g. `1784903522000.4711`; `undefined` for what is no cursor of ours. */
function parsePlace(cursor: string): Place | undefined {
  const parts = /^(-?\d{1,15})\.(\d{1,15})$/.exec(cursor);
  return parts === null ? undefined : { time: Number(parts[1]), id: Number(parts[2]) };
}
