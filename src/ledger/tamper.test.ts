import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { customersOf, numbersOf, openedLedger, releaseOf, temporaryDirectory } from './fixtures-for-tests/written.ts';
import { readFrame } from './log/frame.ts';
import { segmentName } from './log/log.ts';
import { replayAll } from './log/replay-all.ts';
import { openLedger, readEvidence } from './open-ledger.ts';

const clock = () => 5000;

/** A closed ledger of three segments in which 24 customers were read. */
async function writtenLedger(context: TestContext) {
  const directory = join(await temporaryDirectory(context), 'ledger');
  const ledger = await openedLedger({ directory, clock, segmentBytes: 800 });
  const release = ledger.open(releaseOf());
  for (let page = 0; page < 8; page++) {
    await release.append({ prefix: '003Jx0', numbers: numbersOf(page * 3, page * 3 + 1, page * 3 + 2) });
  }
  await release.end('complete');
  const reservation = ledger.reservation('tok_1', 'Contact', 'agenda-sync');
  await reservation.renew(10);
  const head = await ledger.head();
  assert.ok(head !== undefined);
  await ledger.close();
  assert.deepEqual(await segmentsIn(directory), [1, 2, 3].map(segmentName));
  return { directory, head };
}

const segmentsIn = async (directory: string) => (await readdir(directory)).filter((name) => name.endsWith('.ledger'));

test('a flipped bit anywhere is an alarm, or in the very last frame at most a torn end', async (context) => {
  const { directory } = await writtenLedger(context);
  let [alarms, torn] = [0, 0];
  for (const name of await segmentsIn(directory)) {
    const path = join(directory, name);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 1 << (at % 8);
      await writeFile(path, bytes);
      const replay = await replayAll(directory, () => {}, false);
      bytes[at]! ^= 1 << (at % 8);
      if (replay.damages.length > 0) {
        alarms += 1;
        assert.equal(segmentName(replay.damages[0]!.segment), name);
        assert.ok(replay.damages[0]!.offset <= at);
        continue;
      }
      torn += 1;
      assert.ok(replay.torn !== undefined, `${name}, byte ${at}: nobody noticed`);
      assert.equal(name, segmentName(3));
      assert.ok(
        replay.torn.offset + 98 >= bytes.length,
        `${name}, byte ${at}: ${replay.torn.bytes} bytes were dropped`,
      );
    }
    await writeFile(path, bytes);
  }
  assert.ok(alarms > 2800, `only ${alarms} alarms`);
  assert.equal(torn, 98);
});

test('damage does not open, says where it is, and leaves the rest readable as evidence', async (context) => {
  const { directory } = await writtenLedger(context);
  const path = join(directory, segmentName(2));
  const bytes = await readFile(path);
  let damaged = 0;
  for (let frame = readFrame(bytes, 0, undefined); typeof frame !== 'string'; ) {
    if (frame.kind === 'records') damaged = frame.offset;
    frame = readFrame(bytes, frame.offset + frame.length, undefined);
  }
  bytes[damaged + 40]! ^= 4;
  await writeFile(path, bytes);
  const opened = await openLedger({ directory, clock });
  assert.deepEqual(opened.ok ? undefined : opened.failure, {
    kind: 'invalid',
    where: `${path}, byte ${damaged}`,
    found: 'a frame with a wrong checksum',
    expected: 'the frame that was written there',
  });
  const evidence = await readEvidence(directory);
  assert.deepEqual(
    evidence.damages.map(({ segment, offset }) => [segment, offset]),
    [[2, damaged]],
  );
  assert.equal((await customersOf(evidence, {})).length, 21);
  assert.equal((await readFile(path)).compare(bytes), 0);
});

test('frames taken out, put in another order, or forged with a right checksum break the chain', async (context) => {
  const { directory } = await writtenLedger(context);
  const path = join(directory, segmentName(1));
  const bytes = await readFile(path);
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += frames.at(-1)!.length) {
    const frame = readFrame(bytes, at, undefined);
    assert.ok(typeof frame !== 'string');
    frames.push(bytes.subarray(at, at + frame.length));
  }
  const without = frames.filter((_, index) => index !== 3);
  const swapped = [...frames.slice(0, 3), frames[4]!, frames[3]!, ...frames.slice(5)];
  const forged = [...frames];
  forged[3] = Buffer.from(frames[3]!);
  forged[3][92]! ^= 1;
  forged[3].writeUInt32LE(crc32(forged[3].subarray(0, -4)), forged[3].length - 4);
  for (const changed of [without, swapped, forged]) {
    await writeFile(path, Buffer.concat(changed));
    const opened = await openLedger({ directory, clock });
    assert.equal(opened.ok ? 'opened' : opened.failure.kind, 'invalid');
  }
});

test('a segment taken away is noticed', async (context) => {
  const { directory } = await writtenLedger(context);
  for (const gone of [1, 2]) {
    const copy = `${directory}-without-${gone}`;
    await cp(directory, copy, { recursive: true });
    await rm(join(copy, segmentName(gone)));
    const opened = await openLedger({ directory: copy, clock });
    assert.match(opened.ok ? '' : JSON.stringify(opened.failure), /missing|does not follow/);
  }
});

test('an end cut off at a frame, or a whole history written anew, is noticed by the anchors', async (context) => {
  const { directory, head } = await writtenLedger(context);
  const ledger = await openedLedger({ directory, clock });
  const verdict = await ledger.verify([head]);
  assert.deepEqual(verdict.ok && verdict.anchors, 1);
  assert.equal((await ledger.verify([{ ...head, hash: '0'.repeat(64) }])).ok, false);
  await ledger.close();

  const path = join(directory, segmentName(3));
  const bytes = await readFile(path);
  const first = readFrame(bytes, 0, undefined);
  assert.ok(typeof first !== 'string');
  await truncate(path, first.length);
  const shortened = await openedLedger({ directory, clock });
  assert.equal((await shortened.verify([])).ok, true);
  const seen = await shortened.verify([head]);
  assert.equal(seen.ok, false);
  await shortened.close();
});

test('a torn end is put aside, not thrown away, and writing goes on behind what is whole', async (context) => {
  const { directory } = await writtenLedger(context);
  const path = join(directory, segmentName(3));
  const whole = await readFile(path);
  const last = readFrame(whole, whole.length - 98, undefined);
  assert.ok(typeof last !== 'string' && last.kind === 'close');
  await truncate(path, whole.length - 30);
  const ledger = await openedLedger({ directory, clock });
  assert.equal(ledger.tornBytes, 98 - 30);
  const aside = await readFile(`${path}.torn-${whole.length - 98}`);
  assert.equal(aside.length, whole.length - 30);
  await ledger.open(releaseOf()).append({ prefix: '003Jx0', numbers: numbersOf(99) });
  assert.equal((await customersOf(ledger, {})).length, 25);
  await ledger.close();
  assert.equal((await (await openedLedger({ directory, clock })).verify([])).ok, true);
});

test('an index that is damaged, forged or gone changes no answer', async (context) => {
  const { directory } = await writtenLedger(context);
  const home = `${directory}-large`;
  const ledger = await openedLedger({ directory: home, clock, segmentBytes: 20_000 });
  const release = ledger.open(releaseOf());
  const spread = BigUint64Array.from({ length: 9000 }, (_, index) => BigInt((index * 7919 * 104_729) % 2 ** 40));
  await release.append({ prefix: '003Jx0', numbers: spread });
  await ledger.open(releaseOf({ token: 'tok_2' })).append({ prefix: '003Jx0', numbers: numbersOf(1) });
  assert.equal((await ledger.verify([])).ok, true);
  const path = join(home, segmentName(1).replace('.ledger', '.index'));
  const index = await readFile(path);
  const expected = await customersOf(ledger, { tokens: ['tok_1'] });
  assert.equal(expected.length, new Set(spread).size);
  const { readsOf } = ledger;
  for (let at = 0; at < index.length; at += Math.ceil(index.length / 24)) {
    const changed = Buffer.from(index);
    changed[at]! ^= 32;
    await writeFile(path, changed);
    const reopened = await readAfresh(home);
    const reads = await reopened(expected[at % expected.length]!);
    assert.equal(reads.customers, expected.length);
    assert.equal(reads.reads, 1, `byte ${at}`);
  }
  await writeFile(path, index.fill(0, index.length - 40, index.length - 20));
  const forged = await ledger.verify([]);
  assert.deepEqual(forged.ok ? undefined : [forged.segment, forged.found], [1, 'another index']);
  await rm(path);
  assert.equal((await readsOf(expected[0]!)).ok, true);
  await ledger.close();

  async function readAfresh(from: string) {
    const copy = `${from}-copy`;
    await rm(copy, { recursive: true, force: true });
    await cp(from, copy, { recursive: true });
    return async (id: string) => {
      const again = await openedLedger({ directory: copy, clock });
      const found = await again.readsOf(id);
      const customers = (await customersOf(again, { tokens: ['tok_1'] })).length;
      await again.close();
      assert.ok(found.ok);
      return { reads: found.value.length, customers };
    };
  }
});
