import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areasOf } from './reach-areas.ts';

test('areas are as the numbers are, of all customers where they are known', () => {
  assert.deepEqual(areasOf({ all: 400, read: 100, left: 0 }, 100), { has: 50, could: 50 });
  assert.deepEqual(areasOf({ read: 25, left: 75 }, 100), { has: 50, could: 100 });
});

test('little is still seen, nothing is not, and what lies inside never sticks out', () => {
  assert.deepEqual(areasOf({ all: 7_400_000, read: 1, left: 0 }, 100), { has: 2, could: 2 });
  assert.deepEqual(areasOf({ all: 400, read: 0, left: 400 }, 100), { has: 0, could: 100 });
  assert.deepEqual(areasOf({ read: 0, left: 0 }, 100), { has: 0, could: 0 });
});

test('without a budget the whole is within reach', () => {
  assert.equal(areasOf({ all: 400, read: 100 }, 100).could, 100);
  const { has, could } = areasOf({ read: 100 }, 99);
  assert.ok(has < could && could === 99);
});
