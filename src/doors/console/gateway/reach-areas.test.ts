import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSide } from './reach-areas.ts';

test('areas are as the numbers are', () => {
  assert.equal(readSide({ read: 25, left: 75 }, 100), 50);
  assert.equal(readSide({ read: 25, left: 0 }, 100), 100);
});

test('little is still seen, nothing is not', () => {
  assert.equal(readSide({ read: 1, left: 7_400_000 }, 100), 2);
  assert.equal(readSide({ read: 0, left: 400 }, 100), 0);
  assert.equal(readSide({ read: 0, left: 0 }, 100), 0);
  assert.equal(readSide({ read: 0 }, 100), 0);
});

test('without a budget what was read is some of a whole that nobody knows', () => {
  assert.equal(readSide({ read: 100 }, 99), 33);
});
