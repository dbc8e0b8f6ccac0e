import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timesBetween } from './keep-living.ts';

test('an hour has its events, however it is cut, and no two cuts share one', () => {
  const from = Date.UTC(2026, 10, 23, 10);
  const whole = timesBetween(1, 600, from, from + 3_600_000);
  assert.ok(Math.abs(whole.length - 600) <= 1);
  const cuts = [0, 1, 999, 1_234_567, 3_600_000].map((ms) => from + ms);
  const pieces = cuts.slice(1).flatMap((to, at) => timesBetween(1, 600, cuts[at]!, to));
  assert.deepEqual(pieces, whole);
  assert.notDeepEqual(timesBetween(2, 600, from, from + 3_600_000), whole);
});
