import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Incident } from '#model/incident.ts';
import { withoutUpperBound } from './describe-incident.ts';

const incident: Incident = {
  id: 'inc-1',
  title: 'Data Loader of mael read 1,900 rows',
  state: 'open',
  level: 'high',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  openedByEventAt: 0,
  grants: [],
  techniques: [],
  rows: { atLeast: 1900, atMost: 1900 },
  findings: [],
  summary: 'At noon.\n\nRows read meanwhile: 1,900.\n\nUsually less.',
  advice: [],
};

test('where reads may be in no log, no word of the incident names an upper bound', () => {
  const open = withoutUpperBound(incident);
  assert.deepEqual(open.rows, { atLeast: 1900, atMost: undefined });
  assert.equal(open.title, 'Data Loader of mael read at least 1,900 rows');
  assert.equal(
    open.summary,
    'At noon.\n\nRows read meanwhile: at least 1,900 · no upper bound is known.\n\nUsually less.',
  );
  assert.deepEqual(withoutUpperBound(open), open);
  const unread = { ...incident, rows: { atLeast: 0, atMost: 0 }, summary: 'No rows are known to have been read.' };
  assert.equal(withoutUpperBound(unread).summary, 'Rows read meanwhile: at least 0 · no upper bound is known.');
});
