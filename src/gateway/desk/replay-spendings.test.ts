import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noId } from '#scan/scan.ts';
import { spentOf } from './replay-spendings.ts';

test('batches of several prefixes are one account, and records without customer count each for themselves', () => {
  const spent = spentOf({
    integration: 'agenda-sync',
    at: 5,
    object: 'Case',
    records: [
      { prefix: '500Jx0', numbers: new BigUint64Array([1n, 2n]) },
      { prefix: '500Jy0', numbers: new BigUint64Array([3n]) },
    ],
    customers: [{ prefix: '003Jx0', numbers: new BigUint64Array([7n, 7n]) }],
  });
  assert.ok('wanted' in spent);
  const { wanted } = spent;
  assert.deepEqual(wanted.prefix, [
    { from: 0, prefix: '500Jx0' },
    { from: 2, prefix: '500Jy0' },
  ]);
  assert.deepEqual([...wanted.numbers], [1n, 2n, 3n]);
  assert.deepEqual([...wanted.customers!.numbers], [7n, 7n, noId]);
});

test('where every record is a customer, no other ids are made up', () => {
  const spent = spentOf({
    integration: 'i',
    at: 5,
    object: 'Contact',
    records: [{ prefix: '003Jx0', numbers: new BigUint64Array([1n]) }],
    customers: undefined,
  });
  assert.ok('wanted' in spent && spent.wanted.customers === undefined);
});
