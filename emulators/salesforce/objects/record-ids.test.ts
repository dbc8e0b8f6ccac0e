import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { salesforceId } from '#emulators/house/salesforce-id.ts';
import { idsOf, rowOfId } from './record-ids.ts';

test('ids are those of the house, and lead back to their rows', () => {
  const idAt = idsOf('003');
  const edges = [0, 61, 62, 3_843, 3_844, 14_776_335, 14_776_336, 916_132_831, 916_132_832];
  for (const row of edges) assert.equal(idAt(row), salesforceId('003', row));
  fc.assert(
    fc.property(fc.nat(2_000_000_000), (row) => {
      const id = idAt(row);
      assert.equal(id, salesforceId('003', row));
      assert.equal(rowOfId('003', row + 1, id), row);
      assert.equal(rowOfId('003', row + 1, id.slice(0, 15)), row);
      assert.equal(rowOfId('003', row, id), undefined);
    }),
  );
});

test('what is no id of the object has no row', () => {
  const id = salesforceId('003', 7);
  assert.equal(rowOfId('001', 100, id), undefined);
  assert.equal(rowOfId('003', 100, `${id.slice(0, 17)}Z`), undefined);
  assert.equal(rowOfId('003', 100, '003Jx00000000-7'), undefined);
});
