import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinId } from '#lib/salesforce-id-number.ts';
import { numbersOf, openedLedger, releaseOf, temporaryDirectory } from '../fixtures-for-tests/written.ts';

const users = { prefix: '005Jx0', numbers: numbersOf(1, 2, 3) };
const contacts = { prefix: '003Jx0', numbers: numbersOf(7, 8) };

test('records of reference data are counted, and are nobody’s, in every answer and after a restart', async (t) => {
  const directory = await temporaryDirectory(t);
  const clock = () => 5000;
  let ledger = await openedLedger({ directory, clock });
  const user = ledger.open(releaseOf({ object: 'User', fields: ['Id', 'Name'], customerField: '' }));
  await user.append(users);
  await user.end('complete');
  const contact = ledger.open(releaseOf());
  await contact.append(contacts);
  await contact.end('complete');
  for (const isRestarted of [false, true]) {
    if (isRestarted) {
      await ledger.close();
      ledger = await openedLedger({ directory, clock });
    }
    const exposure = await ledger.expose({});
    assert.deepEqual(exposure.records, { atLeast: 5, atMost: 5 });
    assert.deepEqual(exposure.customers, { atLeast: 2, atMost: 2 });
    assert.deepEqual([...exposure.customerIds()], [joinId('003Jx0', 7n), joinId('003Jx0', 8n)]);
    assert.deepEqual(exposure.reference, [{ object: 'User', records: 3 }]);
    assert.equal(exposure.withoutCustomer, 0);
    exposure.dispose();
    const [river] = await ledger.river({ from: 0, to: 10_000, stepMs: 10_000 });
    assert.deepEqual([river!.records, river!.customers], [[5], [2]]);
    const spent = [];
    for await (const spending of ledger.spendings({})) spent.push(spending);
    assert.deepEqual(
      spent.map(({ object, customers }) => [object, customers]),
      [
        ['User', []],
        ['Contact', undefined],
      ],
    );
    const reads = await ledger.readsOf(joinId('005Jx0', 2n), {});
    assert.deepEqual(reads.ok && reads.value.map(({ release }) => [release.object, release.customerField]), [
      ['User', ''],
    ]);
  }
  await ledger.close();
});

test('what an older gateway wrote of it without that word stays as it was: a customer each', async (t) => {
  const ledger = await openedLedger({ directory: await temporaryDirectory(t), clock: () => 5000 });
  const user = ledger.open(releaseOf({ object: 'User', customerField: undefined }));
  await user.append(users);
  const exposure = await ledger.expose({});
  assert.deepEqual(exposure.customers, { atLeast: 3, atMost: 3 });
  exposure.dispose();
  await ledger.close();
});

test('the customer’s own field is Id in any case', async (t) => {
  const ledger = await openedLedger({ directory: await temporaryDirectory(t), clock: () => 5000 });
  await ledger.open(releaseOf({ customerField: 'ID' })).append(contacts);
  const exposure = await ledger.expose({});
  assert.deepEqual(exposure.customers, { atLeast: 2, atMost: 2 });
  exposure.dispose();
  await ledger.close();
});
