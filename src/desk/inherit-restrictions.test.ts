import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { IncidentRecords, StoredIncident } from '#model/records.ts';
import type { Restriction } from '#model/staff.ts';
import { inheritRestrictions } from './inherit-restrictions.ts';

const incident = (id: string, ...findings: readonly string[]): Incident => ({
  id,
  title: id,
  state: 'open',
  level: 'high',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  openedByEventAt: 0,
  grants: [],
  techniques: [],
  rows: { atLeast: 0, atMost: undefined },
  findings: findings.map((key) => ({ key }) as unknown as Finding),
  summary: '',
  advice: [],
});

function openRecords() {
  const stored = new Map<string, StoredIncident>();
  const records: IncidentRecords = {
    list: async () => [...stored.values()],
    get: async (id) => stored.get(id),
    save: async (each) =>
      void stored.set(each.id, {
        changes: [],
        notes: [],
        restriction: undefined,
        ...stored.get(each.id),
        incident: each,
      }),
    change: async () => true,
    note: async () => {},
    restrict: async (id, restriction) => void stored.set(id, { ...stored.get(id)!, restriction }),
  };
  const readersOf = (id: string) => stored.get(id)?.restriction?.readers;
  return { records: inheritRestrictions(records), readersOf };
}

const to = (...readers: readonly string[]): Restriction => ({ readers, reason: 'A case about a person' });

test('what a restricted incident is joined into is restricted to the same readers', async () => {
  const { records, readersOf } = openRecords();
  await records.save(incident('inc-insider', 'a'));
  await records.save(incident('inc-larger', 'b'));
  await records.save(incident('inc-other', 'c'));
  await records.restrict('inc-insider', to('ann'));
  await records.save(incident('inc-larger', 'a', 'b'));
  await records.save(incident('inc-new', 'a', 'd'));
  await records.save(incident('inc-other', 'c', 'e'));
  assert.deepEqual(readersOf('inc-larger'), ['ann']);
  assert.deepEqual(readersOf('inc-new'), ['ann']);
  assert.equal(readersOf('inc-other'), undefined);
});

test('a restriction of its own stays, and one that people lifted does not come back', async () => {
  const { records, readersOf } = openRecords();
  await records.save(incident('inc-insider', 'a'));
  await records.save(incident('inc-larger', 'b'));
  await records.restrict('inc-insider', to('ann'));
  await records.restrict('inc-larger', to('bob'));
  await records.save(incident('inc-larger', 'a', 'b'));
  assert.deepEqual(readersOf('inc-larger'), ['bob']);
  await records.restrict('inc-larger', undefined);
  await records.save(incident('inc-larger', 'a', 'b', 'c'));
  assert.equal(readersOf('inc-larger'), undefined);
});

test('of two restricted parts, the readers of either are trusted with the whole', async () => {
  const { records, readersOf } = openRecords();
  await records.save(incident('inc-1', 'a'));
  await records.save(incident('inc-2', 'b'));
  await records.restrict('inc-1', to('ann', 'bob'));
  await records.restrict('inc-2', to('bob', 'eve'));
  await records.save(incident('inc-3', 'a', 'b'));
  assert.deepEqual(readersOf('inc-3'), ['ann', 'bob', 'eve']);
});
