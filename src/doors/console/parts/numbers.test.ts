import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesInWords, compact } from './numbers.ts';

test('quantities carry their unit', () => {
  assert.equal(bytesInWords(999), '999 B');
  assert.equal(bytesInWords(1_500_000), '1.5 MB');
  assert.equal(bytesInWords(0), '0 B');
});

test('large numbers are shortened, small ones are not', () => {
  assert.equal(compact(9_999), '9,999');
  assert.equal(compact(2_212_000), '2.2M');
});
