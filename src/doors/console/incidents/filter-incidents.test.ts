import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentRow } from '#model/wire.ts';
import { filterIncidents } from './filter-incidents.ts';

const row = (id: string, more: Partial<IncidentRow>): IncidentRow => ({
  id,
  title: id,
  state: 'open',
  level: 'high',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  grants: [],
  rows: { atLeast: 0, atMost: undefined },
  findingCount: 1,
  restricted: false,
  ...more,
});
const rows = [
  row('a', { lastAt: 3, level: 'low' }),
  row('b', { lastAt: 1, level: 'critical', state: 'closed' }),
  row('c', { lastAt: 2, rows: { atLeast: 9, atMost: 9 } }),
];
const ids = (search: Parameters<typeof filterIncidents>[1]) => filterIncidents(rows, search).map(({ id }) => id);

test('filters and sorts as the address says', () => {
  assert.deepEqual(ids({}), ['a', 'c', 'b']);
  assert.deepEqual(ids({ sort: 'worst' }), ['b', 'c', 'a']);
  assert.deepEqual(ids({ sort: 'rows' }), ['c', 'a', 'b']);
  assert.deepEqual(ids({ level: 'high' }), ['c', 'b']);
  assert.deepEqual(ids({ state: 'open', text: 'C' }), ['c']);
});

test('nonsense in the address filters nothing', () => {
  assert.deepEqual(ids({ sort: 'toString', level: 'terrible' }), ['a', 'c', 'b']);
});
