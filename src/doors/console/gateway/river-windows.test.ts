import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isRiverWindow,
  type RiverWindow,
  riverWindows,
  stretchOf,
  ticksWithin,
  windowForAge,
} from './river-windows.ts';

test('each window is whole steps, holds now, and asks for few enough of them', () => {
  const now = Date.UTC(2026, 10, 23, 18, 25, 7);
  for (const name of Object.keys(riverWindows) as RiverWindow[]) {
    const { from, to } = stretchOf(name, now);
    const steps = (to - from) / riverWindows[name].stepMs;
    assert.ok(Number.isInteger(steps) && steps >= 60 && steps <= 100, `${name}: ${steps} steps`);
    assert.ok(from < now && now <= to, name);
  }
});

test('times below the picture are whole multiples within it', () => {
  assert.deepEqual(ticksWithin(7, 40, 10), [10, 20, 30]);
  assert.deepEqual(ticksWithin(10, 30, 10), [10, 20]);
});

test('a young gateway is looked at closely', () => {
  assert.deepEqual([0, 899_999, 900_000].map(windowForAge), ['15 min', '15 min', '1 h']);
});

test('words of an address are no window by accident', () => {
  assert.deepEqual(['1 h', 'toString', '', undefined].map(isRiverWindow), [true, false, false, false]);
});
