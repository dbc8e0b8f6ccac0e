import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createIdCodec } from '#scan/encode-ids.ts';
import { decodeIds, decodeLowHalves, encodedBytesAtMost, encodeIds, hasLowHalf } from './id-codec.ts';

const largest = 62n ** 9n - 1n;
function near(start: bigint, steps: readonly bigint[]): bigint[] {
  let id = start;
  return steps.map((step) => {
    id = clamp(id + step);
    return id;
  });
}
const clamp = (id: bigint) => (id < 0n ? 0n : id > largest ? largest : id);
const anyId = fc.bigInt(0n, largest);
const ids = fc.oneof(
  fc.array(anyId, { minLength: 1, maxLength: 50 }),
  fc.tuple(anyId, fc.array(fc.bigInt(0n, 300n), { minLength: 1 })).map(([start, steps]) => near(start, steps)),
  fc
    .tuple(anyId, fc.array(fc.bigInt(-(2n ** 33n), 2n ** 33n), { minLength: 1 }))
    .map(([start, steps]) => near(start, steps)),
);

test('whatever ids are written are read, in order', () => {
  fc.assert(
    fc.property(ids, (list) => {
      const numbers = BigUint64Array.from(list);
      const into = new Uint8Array(7 + encodedBytesAtMost(numbers.length));
      const { end, ...range } = encodeIds(numbers, into, 7);
      assert.equal(
        range.min,
        list.reduce((a, b) => (b < a ? b : a)),
      );
      assert.equal(
        range.max,
        list.reduce((a, b) => (b > a ? b : a)),
      );
      const read = new BigUint64Array(numbers.length);
      assert.ok(decodeIds(into.subarray(7, end), range, read));
      assert.deepEqual(read, numbers);
      assert.equal(decodeIds(into.subarray(7, end - 1), range, read), false);
    }),
    { numRuns: 2000 },
  );
});

test('lower halves alone are read alike where the upper ones are equal', () => {
  const base = 0x12_3456_7800_0000n;
  const steps = fc.array(fc.bigInt(0n, 0xffff_ffffn), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.boolean(), (lows, isSorted) => {
      const upper = (base >> 32n) << 32n;
      const list = lows.map((low) => upper | low);
      if (isSorted) list.sort((a, b) => (a < b ? -1 : 1));
      const numbers = BigUint64Array.from(list);
      const into = new Uint8Array(encodedBytesAtMost(numbers.length));
      const { end, ...range } = encodeIds(numbers, into, 0);
      const read = new Uint32Array(numbers.length);
      decodeLowHalves(into.subarray(0, end), range, read);
      assert.deepEqual(
        [...read],
        list.map((id) => Number(id & 0xffff_ffffn)),
      );
      for (const low of read) assert.ok(hasLowHalf(into.subarray(0, end), range, read.length, low));
      const absent = (read[0]! + 1) >>> 0;
      assert.equal(hasLowHalf(into.subarray(0, end), range, read.length, absent), read.includes(absent));
    }),
  );
});

test('steps up to 127 take a byte, and never more bytes than the scanners write', () => {
  const scanners = createIdCodec();
  const sorted = BigUint64Array.from({ length: 4096 }, (_, index) => (1n << 53n) + BigInt(index) * 127n);
  const into = new Uint8Array(encodedBytesAtMost(sorted.length));
  assert.equal(encodeIds(sorted, into, 0).end, sorted.length);
  assert.ok(scanners.encodeIds(sorted).bytes.length > sorted.length);
});
