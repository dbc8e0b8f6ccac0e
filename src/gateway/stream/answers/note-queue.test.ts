import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNoteQueue } from './note-queue.ts';

test('what gathers is handed over as soon as somebody asks the ledger', () => {
  let written = 0;
  let ask = () => {};
  const queue = openNoteQueue(
    {
      note: async (answers) => {
        written += answers.length;
      },
      onQuestion: (handOver) => {
        ask = handOver;
      },
    },
    (reason) => assert.fail(String(reason)),
  );
  const release = {
    at: 1,
    integration: 'etl',
    token: 't1',
    tier: 'certificate',
    address: '127.0.0.1',
    operation: 'query',
    object: 'Contact',
    fields: ['Id'],
    query: undefined,
    customerField: 'Id',
  } as const;
  const runs = [{ from: 0, prefix: '003000' }];
  queue.add(release, {
    object: 'Contact',
    prefix: runs,
    numbers: new BigUint64Array([1n]),
    customers: undefined,
  });
  assert.equal(written, 0, 'it gathers');
  ask();
  assert.equal(written, 1);
});
