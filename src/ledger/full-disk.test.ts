import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinId } from '#lib/salesforce-id-number.ts';
import { customersOf, numbersOf, openedLedger, releaseOf, temporaryDirectory } from './fixtures-for-tests/written.ts';
import { LedgerRefusal } from './log/disk-room.ts';
import { type LogDisk, plainDisk } from './log/log-disk.ts';

/** A disk of so many bytes: the write that would pass its end writes what fits and fails. */
function smallDisk(bytes: number): LogDisk {
  let free = bytes;
  return {
    ...plainDisk,
    open: async (path) => {
      const file = await plainDisk.open(path);
      return {
        ...file,
        write: async (written, at) => {
          const fits = Math.min(free, written.length);
          free -= fits;
          await file.write(written.subarray(0, fits), at);
          if (fits < written.length)
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        },
      };
    },
  };
}

test('a disk that is full refuses, keeps what was acknowledged, and takes more once there is room', async (context) => {
  for (const bytes of [0, 50, 1000, 1500, 2000, 2345]) {
    const directory = await temporaryDirectory(context);
    const ledger = await openedLedger({ directory, clock: () => 1, segmentBytes: 900, disk: smallDisk(bytes) });
    const release = ledger.open(releaseOf());
    let acknowledged = 0;
    await assert.rejects(async () => {
      for (; acknowledged < 100; acknowledged++) {
        await release.append({ prefix: '003Jx0', numbers: numbersOf(acknowledged) });
      }
    }, LedgerRefusal);
    await assert.rejects(release.append({ prefix: '003Jx0', numbers: numbersOf(500) }), LedgerRefusal);
    await assert.rejects(release.end('broken'), LedgerRefusal);
    await assert.rejects(ledger.reservation('tok_1', 'Contact', 'agenda-sync').renew(5), LedgerRefusal);
    await ledger.close();
    const roomy = await openedLedger({ directory, clock: () => 1 });
    const customers = await customersOf(roomy, {});
    assert.ok(customers.length === acknowledged || customers.length === acknowledged + 1, `${customers.length}`);
    await roomy.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(1000) });
    assert.equal((await customersOf(roomy, {})).length, customers.length + 1);
    assert.equal((await roomy.verify([])).ok, true);
    await roomy.close();
  }
});

test('below its reserve the ledger refuses before the disk does, and goes on when there is room again', async (context) => {
  const directory = await temporaryDirectory(context);
  const space = { free: 1000, total: 4000 };
  let now = 0;
  const disk = { ...plainDisk, freeBytes: async () => space };
  const ledger = await openedLedger({ directory, clock: () => now, disk, reserveBytes: 500 });
  const release = ledger.open(releaseOf());
  await release.append({ prefix: '003Jx0', numbers: numbersOf(1) });
  assert.deepEqual((await ledger.space()).usedShare, 0.75);
  space.free = 499;
  await ledger.space();
  await assert.rejects(release.append({ prefix: '003Jx0', numbers: numbersOf(2) }), (reason) => {
    assert.ok(reason instanceof LedgerRefusal);
    assert.equal(reason.failure.kind, 'later');
    return true;
  });
  assert.equal((await customersOf(ledger, {})).length, 1);
  space.free = 500;
  now += 1000;
  await release.append({ prefix: '003Jx0', numbers: numbersOf(3) }).catch(() => undefined);
  await ledger.space();
  await release.append({ prefix: '003Jx0', numbers: numbersOf(4) });
  const customers = await customersOf(ledger, {});
  assert.ok(customers.includes(joinId('003Jx0', 4n)));
  assert.ok(!customers.includes(joinId('003Jx0', 2n)));
  await ledger.close();
});

test('a failed sync is final: what is on the disk is known only to a new start', async (context) => {
  const directory = await temporaryDirectory(context);
  let isFailing = false;
  const disk: LogDisk = {
    ...plainDisk,
    open: async (path) => {
      const file = await plainDisk.open(path);
      return { ...file, sync: () => (isFailing ? Promise.reject(new Error('EIO')) : file.sync()) };
    },
  };
  const ledger = await openedLedger({ directory, clock: () => 1, disk });
  const release = ledger.open(releaseOf());
  await release.append({ prefix: '003Jx0', numbers: numbersOf(1) });
  isFailing = true;
  await assert.rejects(release.append({ prefix: '003Jx0', numbers: numbersOf(2) }), LedgerRefusal);
  isFailing = false;
  await assert.rejects(release.append({ prefix: '003Jx0', numbers: numbersOf(3) }), LedgerRefusal);
  await ledger.close();
});
