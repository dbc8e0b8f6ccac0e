import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenBudget, gatherCuts, layOutRiver, niceTop, readersIn } from './lay-out-river.ts';

const river = {
  from: 0,
  to: 3000,
  stepMs: 1000,
  series: [
    { integration: 'chat', records: [0, 10, 0], customers: [0, 10, 0] },
    { integration: 'agenda', records: [40, 90, 0], customers: [40, 40, 0] },
    { integration: 'idle', records: [0, 0, 0], customers: [0, 0, 0] },
  ],
  cuts: [{ at: 1500, integration: 'agenda', words: 'cut at its budget' }],
};
const size = { width: 300, height: 100 };

test('currents lie on each other, the largest at the bottom, and a step without records has no height', () => {
  const { currents, top, budgetY, cuts } = layOutRiver(river, { ...size, budgetPerStep: 50 });
  assert.deepEqual(
    currents.map(({ integration, total }) => [integration, total]),
    [
      ['agenda', 130],
      ['chat', 10],
    ],
  );
  assert.equal(top, 100);
  assert.equal(budgetY, 50);
  assert.equal(
    currents[0]!.path,
    'M0 60 L100 60 L100 10 L200 10 L200 100 L300 100 L300 100 L200 100 L200 100 L100 100 L100 100 L0 100Z',
  );
  assert.match(currents[1]!.path, /L100 0 L200 0 /);
  assert.deepEqual(cuts, [{ x: 150, at: 1500, words: 'cut at its budget', integration: 'agenda', again: 0 }]);
});

test('a budget far above the stream does not press it flat', () => {
  assert.equal(layOutRiver(river, { ...size, budgetPerStep: 300 }).top, 500);
  const flat = layOutRiver(river, { ...size, budgetPerStep: 301 });
  assert.deepEqual([flat.budgetY, flat.top], [undefined, 100]);
});

test('beyond six, the small ones flow together and nothing is lost', () => {
  const series = Array.from({ length: 9 }, (_, index) => ({
    integration: `i${index}`,
    records: [10 + index, 0, 1],
    customers: [1, 0, 0],
  }));
  const { currents } = layOutRiver({ ...river, series }, size);
  assert.equal(currents.length, 6);
  assert.equal(currents[5]!.integration, '4 others');
  const sum = currents.reduce((total, each) => total + each.total, 0);
  assert.equal(
    sum,
    series.reduce((total, each) => total + 11 + each.records[0]! - 10, 0),
  );
});

test('the top edge is a round number', () => {
  assert.deepEqual([1, 3, 49, 51, 999, 7_400_000].map(niceTop), [1, 5, 50, 100, 1000, 10_000_000]);
});

test('who asks again after a cut is refused again, not cut again; another, or much later, is', () => {
  const minute = 60_000;
  const cut = (at: number, integration = 'chat') => ({ at, integration, words: `cut ${at}` });
  const cuts = gatherCuts([
    cut(0),
    cut(2_000),
    cut(3_000, 'agenda'),
    cut(4 * minute),
    cut(8.9 * minute),
    cut(20 * minute),
  ]);
  assert.deepEqual(
    cuts.map(({ at, integration, again }) => [at, integration, again]),
    [
      [20 * minute, 'chat', 0],
      [3_000, 'agenda', 0],
      [0, 'chat', 3],
    ],
  );
});

test('a step is read with its readers, the most first, and remembers their ink', () => {
  const layout = layOutRiver(
    { ...river, series: river.series.with(0, { integration: 'chat', records: [41, 10, 0], customers: [1, 1, 0] }) },
    size,
  );
  assert.deepEqual(
    readersIn(layout, 0).map(({ integration, records, place }) => [integration, records, place]),
    [
      ['chat', 41, 1],
      ['agenda', 40, 0],
    ],
  );
  assert.deepEqual(readersIn(layout, 2), []);
});

test('budgets together bound the stream only where each has one, and the tightest of each counts', () => {
  const records = (limit: number, windowMs: number) => ({ what: 'records' as const, limit, windowMs, spent: 0 });
  const [hour, day] = [3_600_000, 86_400_000];
  const chat = { budgets: [records(3_600, hour), records(24_000, day)] };
  const agenda = { budgets: [records(7_200, hour)] };
  assert.equal(evenBudget([chat, agenda], 1000), 24_000 / 86_400 + 2);
  const byObject = { budgets: [{ ...records(10, hour), object: 'Contact' }] };
  const byCustomers = { budgets: [{ ...records(10, hour), what: 'customers' as const }] };
  for (const unbounded of [byObject, byCustomers, { budgets: [] }]) {
    assert.equal(evenBudget([chat, unbounded], 1000), undefined);
  }
  assert.equal(evenBudget([], 1000), undefined);
});
