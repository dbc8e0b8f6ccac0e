import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compact } from './numbers.ts';

test('large numbers are shortened, small ones are not', () => {
  assert.equal(compact(9_999), '9,999');
  assert.equal(compact(2_212_000), '2.2M');
});
