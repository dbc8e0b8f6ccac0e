import { z } from 'zod';
import { present } from '#lib/present.ts';
import type { EventFilter } from '#model/records.ts';
import { success } from '#model/result.ts';
import type { EventPage, EventRow } from '#model/wire.ts';
import { type Column, writeCsv } from './csv.ts';
import { operation } from './operation.ts';
import { eventPage, eventView } from './schemas.ts';

const words = z.string().trim().min(1).max(500).optional();
const instant = z.coerce.number().int().optional();
const mostInCsv = 10_000;

const query = z.object({
  actor: words,
  grant: words,
  app: words,
  address: words,
  object: words,
  activity: words,
  source: words,
  text: words,
  from: instant,
  to: instant,
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  format: z.enum(['json', 'csv']).default('json'),
});

const iso = (time: number): string => new Date(time).toISOString();
const columns: readonly Column<EventRow>[] = [
  { name: 'time', of: (row) => iso(row.time) },
  { name: 'arrived_at', of: (row) => iso(row.arrivedAt) },
  { name: 'source', of: (row) => row.source },
  { name: 'activity', of: (row) => row.activity },
  { name: 'user', of: (row) => row.user },
  { name: 'user_id', of: (row) => row.userUid },
  { name: 'app', of: (row) => row.app },
  { name: 'address', of: (row) => row.address },
  { name: 'objects', of: (row) => row.objects.join(' ') },
  { name: 'rows', of: (row) => row.rows },
  { name: 'query', of: (row) => row.query },
  { name: 'key', of: (row) => row.key },
];

export const searchEvents = operation({
  summary: 'Events, newest first, by any of the filters together; as CSV (at most 10,000 rows) with format=csv',
  query,
  answer: eventPage,
  csv: {
    name: 'events',
    columns,
    rows: (answer: unknown) => (answer as EventPage).rows,
    write: writeCsv,
  },
  async run({ desk, query: { cursor, limit, format, ...asked } }) {
    const isCsv = format === 'csv';
    const filter: EventFilter = present(asked);
    const page = await desk.events(filter, isCsv ? mostInCsv : limit, cursor);
    if (isCsv) await desk.record('export', 'events', { filters: Object.keys(filter), count: page.rows.length });
    return success(page);
  },
});

export const getEvent = operation({
  summary: 'One event with its original line and all its slots',
  params: z.object({ key: z.string().max(1_000) }),
  answer: eventView,
  run: ({ desk, params }) => desk.event(params.key),
});
