import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { customersOf, numbersOf, openedLedger, releaseOf, temporaryDirectory } from './fixtures-for-tests/written.ts';
import { segmentName } from './log/log.ts';
import { plainDisk } from './log/log-disk.ts';
import { openLedger } from './open-ledger.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** One customer read a day, for ten days, in segments of a day. */
async function tenDays(directory: string) {
  const time = { now: 0 };
  const open = () => openedLedger({ directory, clock: () => time.now });
  const ledger = await open();
  const release = ledger.open(releaseOf());
  for (let number = 0; number < 10; number++) {
    await release.append({ prefix: '003Jx0', numbers: numbersOf(number) });
    time.now += day;
  }
  return { time, ledger, open };
}

test('what is older than the policy goes, a tombstone stays, and the chain still verifies', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger, open } = await tenDays(directory);
  const anchors = [(await ledger.head())!];
  assert.equal(await ledger.drop({ before: 0, why: 'nothing is so old' }), undefined);
  const tombstone = await ledger.drop({ before: 4 * day + hour, why: 'kept for six days' });
  assert.ok(tombstone !== undefined);
  assert.deepEqual(
    [tombstone.firstSegment, tombstone.lastSegment, tombstone.records, tombstone.releases, tombstone.at, tombstone.why],
    [1, 5, 5, 5, 10 * day, 'kept for six days'],
  );
  assert.equal((await customersOf(ledger, {})).length, 5);
  assert.deepEqual(
    (await readdir(directory)).filter((name) => /0000000[1-5]/.test(name)),
    [],
  );
  const verdict = await ledger.verify(anchors);
  assert.deepEqual(verdict.ok && verdict.anchors, 1, JSON.stringify(verdict));
  await ledger.close();
  const again = await open();
  assert.equal((await customersOf(again, {})).length, 5);
  assert.deepEqual(again.tombstones(), [tombstone]);
  assert.equal((await again.verify(anchors)).ok, true);
  await again.close();
});

test('tombstones outlive the segments they stand in', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger, open, time } = await tenDays(directory);
  await ledger.drop({ before: 2 * day + hour, why: 'first' });
  for (let number = 10; number < 20; number++) {
    await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(number) });
    time.now += day;
  }
  const second = await ledger.drop({ before: 15 * day + hour, why: 'second' });
  assert.equal(second?.firstSegment, 4);
  await ledger.close();
  const again = await open();
  assert.deepEqual(
    again.tombstones().map(({ why }) => why),
    ['first', 'second'],
  );
  assert.equal((await again.verify([])).ok, true);
  await again.close();
});

test('a crash between the tombstone and the files is finished at the next start', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger } = await tenDays(directory);
  const copy = `${directory}-copy`;
  context.after(() => rm(copy, { recursive: true, force: true }));
  await ledger.close();
  const stubborn = await openedLedger({
    directory,
    clock: () => 10 * day,
    disk: { ...plainDisk, remove: () => Promise.reject(new Error('the process ends here')) },
  });
  await assert.rejects(stubborn.drop({ before: 4 * day + hour, why: 'kept for six days' }));
  await cp(directory, copy, { recursive: true });
  await stubborn.close();
  await rm(join(copy, segmentName(2)));
  const again = await openedLedger({ directory: copy, clock: () => 10 * day });
  assert.equal((await customersOf(again, {})).length, 5);
  assert.deepEqual(
    (await readdir(copy)).filter((name) => /0000000[1-5]\.ledger/.test(name)),
    [],
  );
  assert.equal((await again.verify([])).ok, true);
  await again.close();
});

test('a tombstone covers only what it names', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger } = await tenDays(directory);
  await ledger.drop({ before: 4 * day + hour, why: 'kept for six days' });
  await ledger.close();
  const sixth = join(directory, segmentName(6));
  const bytes = await readFile(sixth);
  await rm(sixth);
  const without = await openLedger({ directory, clock: () => 10 * day });
  assert.match(without.ok ? '' : JSON.stringify(without.failure), /missing/);
  await writeFile(sixth, bytes);
  const again = await openedLedger({ directory, clock: () => 10 * day });
  assert.equal((await customersOf(again, {})).length, 5);
  await again.close();
});

test('reservations of dropped segments are not forgotten', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger, time } = await tenDays(directory);
  const reservation = ledger.reservation('tok_1', 'Contact', 'agenda-sync');
  await reservation.renew(10);
  assert.ok(reservation.take(4));
  for (let number = 0; number < 3; number++) {
    time.now += day;
    await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(number) });
  }
  await ledger.drop({ before: 12 * day + hour, why: 'kept for a day' });
  const copy = `${directory}-copy`;
  context.after(() => rm(copy, { recursive: true, force: true }));
  await cp(directory, copy, { recursive: true });
  await ledger.close();
  const crashed = await openedLedger({ directory: copy, clock: () => time.now });
  assert.deepEqual(
    crashed.lapsed.map(({ upTo, token, integration }) => [upTo, token, integration]),
    [[10, 'tok_1', 'agenda-sync']],
  );
  const exposure = await crashed.expose({ integrations: ['agenda-sync'], from: time.now - hour });
  assert.equal(exposure.records.atMost! - exposure.records.atLeast, 10);
  await crashed.close();
});

/** A crash: what is on the disk now, opened anew. */
async function crashed(context: TestContext, directory: string, now: number) {
  const copy = `${directory}-${now}`;
  context.after(() => rm(copy, { recursive: true, force: true }));
  await cp(directory, copy, { recursive: true });
  return openedLedger({ directory: copy, clock: () => now });
}

test('the segment being written goes too once all in it is old, though nobody writes any more', async (context) => {
  const directory = await temporaryDirectory(context);
  const time = { now: day };
  const open = () => openedLedger({ directory, clock: () => time.now });
  let ledger = await open();
  await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(1, 2) });
  time.now += hour;
  assert.equal(await ledger.drop({ before: day, why: 'kept for an hour' }), undefined, 'not yet');
  assert.equal((await readdir(directory)).filter((name) => name.endsWith('.ledger')).length, 1);
  await ledger.close();
  ledger = await open();
  const anchors = [(await ledger.head())!];
  const tombstone = await ledger.drop({ before: day + 1, why: 'kept for an hour' });
  assert.deepEqual([tombstone?.records, tombstone?.firstSegment, tombstone?.lastSegment], [2, 1, 1]);
  assert.deepEqual((await ledger.expose({})).records, { atLeast: 0, atMost: 0 });
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith('00000001')),
    [],
  );
  for (let again = 0; again < 3; again++) assert.equal(await ledger.drop({ before: day + 1, why: 'again' }), undefined);
  assert.equal((await readdir(directory)).filter((name) => name.endsWith('.ledger')).length, 1, 'no empty segments');
  assert.equal((await ledger.verify(anchors)).ok, true);
  await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(3) });
  await ledger.close();
  ledger = await open();
  assert.equal((await customersOf(ledger, {})).length, 1);
  assert.equal((await ledger.verify(anchors)).ok, true);
  await ledger.close();
});

test('what is reserved stays so when the segment it was reserved in is sealed and dropped', async (context) => {
  const directory = await temporaryDirectory(context);
  const time = { now: day };
  const ledger = await openedLedger({ directory, clock: () => time.now });
  await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(1) });
  const reservation = ledger.reservation('tok_1', 'Contact', 'agenda-sync');
  await reservation.renew(10);
  assert.ok(reservation.take(4));
  time.now += 2 * hour;
  assert.equal((await ledger.drop({ before: time.now - hour, why: 'kept for an hour' }))?.records, 1);
  const other = await crashed(context, directory, time.now);
  assert.deepEqual(
    other.lapsed.map(({ upTo, token }) => [upTo, token]),
    [[10, 'tok_1']],
  );
  assert.equal((await other.expose({})).records.atMost, 10);
  // The lapse is of this moment, whatever else stands in its segment.
  assert.equal(await other.drop({ before: time.now - hour, why: 'kept for an hour' }), undefined);
  assert.equal(other.lapses().length, 1);
  assert.equal((await other.drop({ before: time.now + 1, why: 'all' }))?.unknownUpTo, 10);
  assert.equal((await other.expose({})).records.atMost, 0);
  await other.close();
  await ledger.close();
});

test('a stream goes on over the seal, and a lapse that is young keeps its segment', async (context) => {
  const directory = await temporaryDirectory(context);
  const time = { now: day };
  const ledger = await openedLedger({ directory, clock: () => time.now, segmentMs: 100 * day });
  const release = ledger.open(releaseOf());
  await release.append({ prefix: '003Jx0', numbers: numbersOf(1) });
  await ledger.reservation('tok_1', 'Contact', 'agenda-sync').renew(5);
  time.now += 2 * hour;
  await ledger.drop({ before: time.now - hour, why: 'kept for an hour' });
  await release.append({ prefix: '003Jx0', numbers: numbersOf(2) });
  await release.end('complete');
  const exposure = await ledger.expose({});
  assert.deepEqual(
    exposure.releases.map(({ records, ended }) => [records, ended]),
    [[1, 'complete']],
  );
  const copy = `${directory}-later`;
  context.after(() => rm(copy, { recursive: true, force: true }));
  await cp(directory, copy, { recursive: true });
  await ledger.close();
  time.now += 3 * hour;
  const other = await openedLedger({ directory: copy, clock: () => time.now, segmentMs: 100 * day });
  assert.equal(other.lapses().length, 1);
  assert.equal(
    await other.drop({ before: time.now - hour, why: 'kept for an hour' }),
    undefined,
    'records older, lapse not',
  );
  const [lapse] = other.lapses();
  time.now += 101 * day;
  await other.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(3) });
  assert.equal(
    await other.drop({ before: lapse!.to, why: 'the lapse is as young' }),
    undefined,
    'nor when it is sealed',
  );
  assert.equal((await other.drop({ before: lapse!.to + 1, why: 'it is older' }))?.unknownUpTo, 5);
  await other.close();
});

test('who asks while segments are dropped is answered, from before or from after', async (context) => {
  const directory = await temporaryDirectory(context);
  const { ledger } = await tenDays(directory);
  await ledger.close();
  const again = await openedLedger({ directory, clock: () => 10 * day });
  const questions = Array.from({ length: 30 }, () => customersOf(again, {}));
  const spendings = (async () => {
    let records = 0;
    for await (const spending of again.spendings({})) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      records += spending.records.reduce((sum, { numbers }) => sum + numbers.length, 0);
    }
    return records;
  })();
  const dropped = again.drop({ before: 6 * day + hour, why: 'kept for four days' });
  const late = Array.from({ length: 30 }, () => customersOf(again, {}));
  for (const customers of await Promise.all([...questions, ...late])) {
    assert.ok(customers.length === 10 || customers.length === 3, `${customers.length} customers`);
  }
  assert.ok([10, 3].includes(await spendings));
  assert.equal((await dropped)?.records, 7);
  await again.close();
});
