import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecordId, isSubjectKind, isTokenId } from './subject-kinds.ts';

test('ids are recognised by their shape', () => {
  assert.ok(isTokenId('token-a7b537a70a6b699604f9'));
  assert.ok(!isTokenId('token-a7b5') && !isTokenId('x token-a7b537a70a6b699604f9'));
  assert.ok(isRecordId('003Jx0000000000IAA') && isRecordId('003Jx0000000000'));
  assert.ok(!isRecordId('003Jx00000000000') && !isRecordId('warehouse-sync') && !isRecordId('003Jx0000000000I9Z'));
});

test('words of an address are no kind by accident', () => {
  assert.deepEqual(['token', 'toString', undefined].map(isSubjectKind), [true, false, false]);
});
