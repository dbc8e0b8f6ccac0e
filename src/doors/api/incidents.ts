import { z } from 'zod';
import { success } from '#model/result.ts';
import type { IncidentRow } from '#model/wire.ts';
import { type Column, writeCsv } from './csv.ts';
import { operation } from './operation.ts';
import { incidentRow, incidentView, note, state } from './schemas.ts';

const id = z.object({ id: z.string().max(100) });
const format = z.enum(['json', 'csv']).default('json');
const reason = z.string().trim().min(3).max(4_000);
const iso = (time: number): string => new Date(time).toISOString();

const columns: readonly Column<IncidentRow>[] = [
  { name: 'id', of: (row) => row.id },
  { name: 'title', of: (row) => row.title },
  { name: 'state', of: (row) => row.state },
  { name: 'level', of: (row) => row.level },
  { name: 'first_at', of: (row) => iso(row.firstAt) },
  { name: 'last_at', of: (row) => iso(row.lastAt) },
  { name: 'opened_at', of: (row) => iso(row.openedAt) },
  { name: 'apps', of: (row) => row.grants.map((grant) => grant.appName ?? grant.appUid ?? '-').join('; ') },
  { name: 'users', of: (row) => row.grants.map((grant) => grant.userName ?? grant.userUid ?? '-').join('; ') },
  { name: 'rows_at_least', of: (row) => row.rows.atLeast },
  { name: 'rows_at_most', of: (row) => row.rows.atMost },
  { name: 'findings', of: (row) => row.findingCount },
];

export const listIncidents = operation({
  summary: 'Every incident the asker may know of, newest first, or those of the ids named; as CSV with format=csv',
  query: z.object({ format, ids: z.string().max(10_000).optional() }),
  answer: z.array(incidentRow),
  csv: {
    name: 'incidents',
    columns,
    rows: (answer: readonly unknown[]) => answer as readonly IncidentRow[],
    write: writeCsv,
  },
  async run({ desk, query }) {
    const known = await desk.incidents();
    const wanted = query.ids === undefined ? undefined : new Set(query.ids.split(','));
    const rows = wanted === undefined ? known : known.filter((row) => wanted.has(row.id));
    if (query.format === 'csv') await desk.record('export', 'incidents', { count: rows.length });
    return success(rows);
  },
});

export const getIncident = operation({
  summary: 'One incident with its findings, evidence, thread and history',
  params: id,
  answer: incidentView,
  run: ({ desk, params }) => desk.incident(params.id),
});

export const changeIncident = operation({
  summary: 'Moves an incident to its next state, if it still is in the state the asker has seen',
  params: id,
  body: z.strictObject({ from: state, to: state, reason }),
  answer: incidentView,
  run: ({ desk, params, body }) => desk.changeState(params.id, body),
});

export const addNote = operation({
  summary: 'Adds a note to an incident',
  params: id,
  body: z.strictObject({ text: z.string().trim().min(1).max(20_000) }),
  answer: note,
  run: ({ desk, params, body }) => desk.note(params.id, body.text),
});

export const restrictIncident = operation({
  summary: 'Restricts an incident to named readers; for all others it is not there',
  params: id,
  body: z.strictObject({ readers: z.array(z.string()).max(100), reason }),
  answer: incidentView,
  run: ({ desk, params, body }) => desk.restrict(params.id, body),
});

export const liftRestriction = operation({
  summary: 'Lets every reader see the incident again',
  params: id,
  answer: incidentView,
  run: ({ desk, params }) => desk.restrict(params.id, undefined),
});
