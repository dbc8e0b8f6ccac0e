import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutRiver, niceTop } from './lay-out-river.ts';

const river = {
  from: 0,
  to: 3000,
  stepMs: 1000,
  series: [
    { integration: 'chat', records: [0, 10, 0], customers: [0, 10, 0] },
    { integration: 'agenda', records: [40, 90, 0], customers: [40, 40, 0] },
    { integration: 'idle', records: [0, 0, 0], customers: [0, 0, 0] },
  ],
  budgetPerStep: 50,
  cuts: [{ at: 1500, integration: 'agenda', words: 'cut at its budget' }],
};

test('currents lie on each other, the largest at the bottom, and a step without records has no height', () => {
  const { currents, top, budgetY, cuts } = layOutRiver(river, 300, 100);
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
  assert.deepEqual(cuts, [{ x: 150, words: 'cut at its budget', integration: 'agenda' }]);
});

test('beyond six, the small ones flow together and nothing is lost', () => {
  const series = Array.from({ length: 9 }, (_, index) => ({
    integration: `i${index}`,
    records: [10 + index, 0, 1],
    customers: [1, 0, 0],
  }));
  const { currents } = layOutRiver({ ...river, series }, 300, 100);
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
