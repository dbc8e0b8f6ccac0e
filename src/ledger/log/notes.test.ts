import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { IdBatch, Release } from '#model/release.ts';
import type { SmallAnswer } from '../ledger.ts';
import { decodeIds } from './id-codec.ts';
import { createNotesEncoder, readNotes, readNotesHead } from './notes.ts';

const ids = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 54n - 1n }),
  fc.bigInt({ min: 1000n, max: 1300n }),
  fc.constantFrom(0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 54n - 1n),
);
const batch: fc.Arbitrary<IdBatch> = fc.record(
  {
    prefix: fc.constantFrom('003000', '001Jx0', 'a0B5zZ'),
    numbers: fc.array(ids, { minLength: 1, maxLength: 40 }).map((list) => BigUint64Array.from(list)),
  },
  { noNullPrototype: true },
);
const release: fc.Arbitrary<Omit<Release, 'id'>> = fc.record(
  {
    at: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    integration: fc.constantFrom('etl', 'agenda-sync'),
    token: fc.constantFrom('tok_1', 'tok_2'),
    tier: fc.constantFrom('certificate' as const, 'unbound' as const),
    address: fc.constantFrom('203.0.113.7', '2001:db8::1'),
    operation: fc.constantFrom('query', 'retrieve'),
    object: fc.constantFrom('Contact', 'Case'),
    fields: fc.constantFrom(['Id'], ['Id', 'Account.Name'], []),
    query: fc.constantFrom(undefined, 'SELECT Id FROM Contact', "SELECT Id FROM Contact WHERE Name = 'é\n'"),
    customerField: fc.constantFrom(undefined, 'Id', 'AccountId'),
  },
  { noNullPrototype: true },
);
const answers = fc.array(
  fc.record({ release, records: fc.array(batch, { maxLength: 3 }), customers: fc.array(batch, { maxLength: 2 }) }),
  { minLength: 1, maxLength: 20 },
);

const encode = createNotesEncoder();
const now = 1_700_000_050_000;

function bodyOf(all: readonly SmallAnswer[]): Buffer {
  const { json, answers: bytes } = encode(all, now);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, bytes]);
}

test('answers come back as they were written, ids and all', () => {
  fc.assert(
    fc.property(answers, (all) => {
      const body = bodyOf(all);
      const read = readNotes(body, all.length);
      assert.ok(read !== undefined && read.length === all.length);
      for (const [index, { kind, query, age, ids: lists }] of read.entries()) {
        const { release: written, records, customers } = all[index]!;
        const { records: _, customerField, ...words } = kind;
        assert.deepEqual({ ...words, customerField, at: now - age, query }, written);
        const got = lists.map(({ role, prefix, count, range, at, length }) => {
          const numbers = new BigUint64Array(count);
          assert.ok(decodeIds(body.subarray(at, at + length), range, numbers));
          return { role, prefix, numbers, min: range.min, max: range.max };
        });
        const sorted = (numbers: BigUint64Array) => numbers.toSorted();
        assert.deepEqual(
          got,
          [
            ...records.map((list) => ({ role: 'records', ...list })),
            ...customers.map((list) => ({ role: 'customers', ...list })),
          ].map((list) => ({ ...list, min: sorted(list.numbers)[0], max: sorted(list.numbers).at(-1) })),
        );
      }
    }),
  );
});

test('the head says what the account of a segment needs: records of each kind, prefixes with their ranges, the largest answer', () => {
  fc.assert(
    fc.property(answers, (all) => {
      const { head } = readNotesHead(bodyOf(all))!;
      const countOf = (lists: readonly IdBatch[]) => lists.reduce((sum, { numbers }) => sum + numbers.length, 0);
      const told = head.kinds.reduce((sum, { records }) => sum + records, 0);
      assert.equal(
        told,
        all.reduce((sum, { records }) => sum + countOf(records), 0),
      );
      assert.equal(head.largest, Math.max(...all.map(({ records }) => countOf(records))));
      const lists = all.flatMap(({ records, customers }) => [...records, ...customers]);
      for (const [prefix, min, max] of head.prefixes) {
        const own = lists.filter((list) => list.prefix === prefix).flatMap(({ numbers }) => [...numbers]);
        assert.ok(own.every((id) => id >= BigInt(min) && id <= BigInt(max)));
        assert.ok(own.includes(BigInt(min)) && own.includes(BigInt(max)));
      }
      assert.equal(head.prefixes.length, new Set(lists.map(({ prefix }) => prefix)).size);
    }),
  );
});

test('what is cut short, longer, or of another number of answers is no body of notes, and nothing throws', () => {
  fc.assert(
    fc.property(answers, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, share) => {
      const body = bodyOf(all);
      assert.equal(readNotes(body.subarray(0, Math.floor(body.length * share)), all.length), undefined);
      assert.equal(readNotes(Buffer.concat([body, Buffer.of(0)]), all.length), undefined);
      assert.equal(readNotes(body, all.length + 1), undefined);
      if (all.length > 1) assert.equal(readNotes(body, all.length - 1), undefined);
    }),
  );
});

test('any byte may be another one: it is read or refused, and never read beyond its end', () => {
  fc.assert(
    fc.property(answers, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, place, change) => {
      const body = bodyOf(all);
      body[place % body.length]! ^= change;
      for (const { ids: lists } of readNotes(body, all.length) ?? []) {
        for (const { at, length, count } of lists) assert.ok(at + length <= body.length && count <= length);
      }
    }),
  );
});
