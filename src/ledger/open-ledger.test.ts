import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinId } from '#lib/salesforce-id-number.ts';
import type { Release } from '#model/release.ts';
import {
  assertAnswers,
  assertReads,
  customersOf,
  numbersOf,
  openedLedger,
  releaseOf,
  temporaryDirectory,
  type Written,
} from './fixtures-for-tests/written.ts';
import type { OpenRelease } from './ledger.ts';
import { openLedger } from './open-ledger.ts';

const minute = 60_000;

/** Ids that lie close, far apart, beyond 2⁵³ and across an upper half. */
const id = fc.oneof(
  fc.bigInt(0n, 400n),
  fc.bigInt(2n ** 32n - 20n, 2n ** 32n + 20n),
  fc.bigInt(2n ** 53n, 62n ** 9n - 1n),
);
const batch = fc.record({
  prefix: fc.constantFrom('003Jx0', '003Jx1', '001Ab0'),
  ids: fc.oneof(
    fc.array(id, { maxLength: 30 }),
    fc.tuple(id, fc.nat(5000)).map(([start, count]) => run(start, count)),
  ),
});
const run = (start: bigint, count: number): bigint[] => {
  const first = start > 62n ** 9n - 6000n ? start - 6000n : start;
  return Array.from({ length: count }, (_, index) => first + BigInt(index));
};
const shape = fc.record({
  token: fc.constantFrom('tok_1', 'tok_2', 'tok_3'),
  integration: fc.constantFrom('agenda-sync', 'loyalty'),
  object: fc.constantFrom('Contact', 'Case'),
  query: fc.constantFrom(undefined, 'SELECT Id FROM Contact', 'SELECT Id FROM Case'),
  customerField: fc.constantFrom('Id', undefined, 'ContactId'),
});
const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant('open' as const), shape }) },
  {
    weight: 5,
    arbitrary: fc.record({ act: fc.constant('append' as const), which: fc.nat(), batch, customers: fc.option(batch) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('note' as const),
      shape,
      batches: fc.array(batch, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('end' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.nat(3 * minute) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reopen' as const) }) },
);

test('what is written is what is answered, whatever is interleaved, reopened and sealed in between', async (context) => {
  const directory = await temporaryDirectory(context);
  let trial = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(600, 4000, 2 ** 24),
      async (acts, segmentBytes) => {
        const home = join(directory, String(trial++));
        let now = 10 * minute;
        const open = () => openedLedger({ directory: home, clock: () => now, segmentBytes });
        let ledger = await open();
        const written: Written[] = [];
        let releases: { release: Release; handle: OpenRelease }[] = [];
        const pending: Promise<void>[] = [];
        const record = (
          release: Release,
          records: readonly (typeof batch extends fc.Arbitrary<infer B> ? B : never)[],
          customers: typeof records,
        ) => {
          const idsOf = (batches: typeof records) =>
            batches.flatMap(({ prefix, ids }) => ids.map((number) => joinId(prefix, number)));
          if (idsOf(records).length > 0)
            written.push({ release, at: now, records: idsOf(records), customers: idsOf(customers) });
        };
        for (const one of acts) {
          if (one.act === 'open') {
            const release = releaseOf({ ...one.shape, at: now });
            const handle = ledger.open(release);
            releases.push({ release: { ...release, id: handle.id }, handle });
          } else if (one.act === 'append' && releases.length > 0) {
            const { release, handle } = releases[one.which % releases.length]!;
            const customers = release.customerField === 'ContactId' && one.customers !== null ? [one.customers] : [];
            const [first] = customers;
            pending.push(
              handle.append(
                { prefix: one.batch.prefix, numbers: numbersOf(...one.batch.ids) },
                first && { prefix: first.prefix, numbers: numbersOf(...first.ids) },
              ),
            );
            record(release, [one.batch], customers);
          } else if (one.act === 'note') {
            const release = releaseOf({ ...one.shape, customerField: 'Id', at: now });
            const batches = one.batches.filter(({ ids }) => ids.length > 0);
            if (batches.length === 0) continue;
            const records = batches.reduce((sum, { ids }) => sum + ids.length, 0);
            const reservation = ledger.reservation(release.token, release.object, release.integration);
            if (!reservation.take(records))
              await reservation.renew(records).then(() => assert.ok(reservation.take(records)));
            const { id } = ledger.open(release);
            pending.push(
              ledger.note([
                {
                  release,
                  records: batches.map(({ prefix, ids }) => ({ prefix, numbers: numbersOf(...ids) })),
                  customers: [],
                },
              ]),
            );
            record({ ...release, id: id + 1 }, batches, []);
          } else if (one.act === 'end' && releases.length > 0) {
            const [ended] = releases.splice(one.which % releases.length, 1);
            pending.push(ended!.handle.end('complete'));
          } else if (one.act === 'wait') {
            now += one.ms;
          } else if (one.act === 'reopen') {
            await Promise.all(pending.splice(0));
            await ledger.close();
            ledger = await open();
            assert.deepEqual(ledger.lapsed, []);
            releases = [];
          }
        }
        await Promise.all(pending);
        try {
          const middle = (10 * minute + now) / 2;
          await assertAnswers(ledger, written, {});
          await assertAnswers(ledger, written, { tokens: ['tok_1'] });
          await assertAnswers(ledger, written, { tokens: ['tok_1', 'tok_3'], integrations: ['loyalty'], from: middle });
          await assertAnswers(ledger, written, { integrations: ['agenda-sync'], to: middle });
          for (const { records, customers } of written.slice(0, 5)) {
            for (const id of [records[0], records.at(-1), customers[0]])
              if (id !== undefined) await assertReads(ledger, written, id);
          }
          await assertReads(ledger, written, joinId('003Jx0', 7n));
          const verdict = await ledger.verify([]);
          assert.ok(verdict.ok, JSON.stringify(verdict));
        } finally {
          await ledger.close();
          await rm(home, { recursive: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the river has records and distinct customers per step', async (context) => {
  const directory = await temporaryDirectory(context);
  let now = 0;
  const ledger = await openedLedger({ directory, clock: () => now, segmentBytes: 700 });
  const bulk = ledger.open(releaseOf());
  await bulk.append({ prefix: '003Jx0', numbers: numbersOf(1, 2, 2) });
  now = minute - 1;
  await bulk.append({ prefix: '003Jx0', numbers: numbersOf(2, 3) });
  now = minute;
  await bulk.append({ prefix: '003Jx0', numbers: numbersOf(1) });
  const cases = ledger.open(releaseOf({ integration: 'loyalty', object: 'Case', customerField: 'ContactId' }));
  await cases.append({ prefix: '500Jx0', numbers: numbersOf(7, 8, 9) }, { prefix: '003Jx0', numbers: numbersOf(1, 1) });
  now = 3 * minute;
  await bulk.append({ prefix: '003Jx0', numbers: numbersOf(4) });
  assert.deepEqual(await ledger.river({ from: 0, to: 3 * minute, stepMs: minute }), [
    { integration: 'agenda-sync', records: [5, 1, 0], customers: [3, 1, 0] },
    { integration: 'loyalty', records: [0, 3, 0], customers: [0, 1, 0] },
  ]);
  await assert.rejects(ledger.river({ from: 0, to: 10, stepMs: 0 }), RangeError);
  await ledger.close();
});

test('an exposure names fields, ends, records without customer, and is sorted and distinct', async (context) => {
  const directory = await temporaryDirectory(context);
  const ledger = await openedLedger({ directory, clock: () => 5000 });
  const cases = ledger.open(releaseOf({ object: 'Case', customerField: 'ContactId', fields: ['Id', 'Subject'] }));
  await cases.append({ prefix: '500Jx0', numbers: numbersOf(7, 8, 9) }, { prefix: '003Jx0', numbers: numbersOf(3, 1) });
  await cases.end('cut');
  const contacts = ledger.open(releaseOf({ fields: ['Id', 'Email'] }));
  await contacts.append({ prefix: '003Jx0', numbers: numbersOf(2, 1) });
  const exposure = await ledger.expose({ tokens: ['tok_1'] });
  assert.deepEqual(exposure.records, { atLeast: 5, atMost: 5 });
  assert.deepEqual(exposure.customers, { atLeast: 3, atMost: 4 });
  assert.equal(exposure.withoutCustomer, 1);
  assert.deepEqual(
    exposure.releases.map(({ ended, records }) => [ended, records]),
    [
      [undefined, 2],
      ['cut', 3],
    ],
  );
  assert.deepEqual(exposure.fields, [
    { object: 'Case', field: 'Id', records: 3 },
    { object: 'Case', field: 'Subject', records: 3 },
    { object: 'Contact', field: 'Id', records: 2 },
    { object: 'Contact', field: 'Email', records: 2 },
  ]);
  assert.deepEqual(
    [...exposure.customerIds()],
    [1n, 2n, 3n].map((number) => joinId('003Jx0', number)),
  );
  assert.deepEqual(await customersOf(ledger, { tokens: ['tok_2'] }), []);
  assert.equal((await ledger.readsOf('003Jx0000000001AAB')).ok, false);
  await ledger.close();
});

test('a second writer is kept out', async (context) => {
  const directory = await temporaryDirectory(context);
  const ledger = await openedLedger({ directory, clock: Date.now });
  const second = await openLedger({ directory, clock: Date.now });
  assert.equal(second.ok ? 'opened' : second.failure.kind, 'refused');
  await ledger.close();
  await (await openedLedger({ directory, clock: Date.now })).close();
});

test('many streams share one commit', async (context) => {
  const directory = await temporaryDirectory(context);
  const { plainDisk } = await import('./log/log-disk.ts');
  let syncs = 0;
  const disk = {
    ...plainDisk,
    open: async (path: string) => {
      const file = await plainDisk.open(path);
      return { ...file, sync: () => file.sync().then(() => void syncs++) };
    },
  };
  const ledger = await openedLedger({ directory, clock: () => 1, disk });
  const streams = Array.from({ length: 50 }, (_, index) => ledger.open(releaseOf({ token: `tok_${index}` })));
  await Promise.all(streams.map((stream, index) => stream.append({ prefix: '003Jx0', numbers: numbersOf(index) })));
  assert.ok(syncs <= 2, `${syncs} syncs`);
  assert.equal((await customersOf(ledger, {})).length, 50);
  await ledger.close();
});

test('calls that come at once share one renewal of their reservation', async (t) => {
  const ledger = await openedLedger({ directory: await temporaryDirectory(t), clock: () => 1_000 });
  const reservation = ledger.reservation('token-1', 'Contact', 'agenda-sync');
  await Promise.all(Array.from({ length: 10 }, () => reservation.renew(1_000)));
  assert.equal(reservation.take(1_000), true);
  assert.equal(reservation.take(1), false);
  await reservation.renew(50);
  assert.equal(reservation.take(50), true);
  await ledger.close();
});
