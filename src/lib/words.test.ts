import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsInWords, bytesInWords, counted, durationInWords, listInWords, momentInWords } from './words.ts';

test('bounds say what is known and what is not', () => {
  assert.equal(boundsInWords({ atLeast: 1204, atMost: 2000 }), 'at least 1,204 · at most 2,000');
  assert.equal(boundsInWords({ atLeast: 7, atMost: 7 }), '7');
  assert.equal(boundsInWords({ atLeast: 7, atMost: undefined }), 'at least 7 · no upper bound is known');
});

test('durations name the two largest units', () => {
  assert.equal(durationInWords(202_000), '3 min 22 s');
  assert.equal(durationInWords(86_400_000), '1 day');
  assert.equal(durationInWords(5 * 86_400_000 + 4 * 3_600_000 + 59_000), '5 days 4 h');
  assert.equal(durationInWords(400), 'under a second');
});

test('moments, lists and counts', () => {
  assert.equal(momentInWords(Date.UTC(2025, 7, 12, 22, 14, 8)), '12 Aug 2025, 22:14:08');
  assert.equal(listInWords(['a', 'b', 'c']), 'a, b and c');
  assert.equal(listInWords(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
  assert.equal(listInWords([]), 'none');
  assert.equal(counted(1, 'event'), '1 event');
  assert.equal(counted(1200, 'query', 'queries'), '1,200 queries');
});

test('quantities carry their unit', () => {
  assert.equal(bytesInWords(999), '999 B');
  assert.equal(bytesInWords(1_500_000), '1.5 MB');
  assert.equal(bytesInWords(0), '0 B');
});
