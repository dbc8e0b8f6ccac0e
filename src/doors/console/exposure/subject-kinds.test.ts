import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecordId, isSubjectKind, isTokenId, kindOf } from './subject-kinds.ts';

test('ids are recognised by their shape', () => {
  assert.ok(isTokenId('token-a7b537a70a6b699604f9'));
  assert.ok(!isTokenId('token-a7b5') && !isTokenId('x token-a7b537a70a6b699604f9'));
  assert.ok(isRecordId('003Jx0000000000IAA') && isRecordId('003Jx0000000000'));
  assert.ok(!isRecordId('003Jx00000000000') && !isRecordId('warehouse-sync') && !isRecordId('003Jx0000000000I9Z'));
});

test('what says itself what it is needs no choice', () => {
  const ids = ['token-a7b537a70a6b699604f9', 'inc-3f9a1c2b', 'inc-3f9a', 'agenda-sync'];
  assert.deepEqual(ids.map(kindOf), ['token', 'incident', undefined, undefined]);
});

test('words of an address are no kind by accident', () => {
  assert.deepEqual(['token', 'toString', undefined].map(isSubjectKind), [true, false, false]);
});
