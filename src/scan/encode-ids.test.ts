import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createIdCodec } from './encode-ids.ts';

const codec = createIdCodec();
const small = fc.bigInt({ min: 0n, max: 5000n });
const large = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const idNumber = fc.bigInt({ min: 2n ** 53n, max: 62n ** 9n - 1n });
const lists = fc.array(fc.oneof(small, idNumber, large), { maxLength: 300 });

test('numbers come back, whatever their order and size', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const numbers = BigUint64Array.from(list);
      const { bytes, min, max } = codec.encodeIds(numbers);
      assert.deepEqual(bytes, Uint8Array.from(encodedBySpecification(list)));
      assert.deepEqual(codec.decodeIds(bytes, list.length), numbers);
      assert.equal(
        min,
        list.reduce((a, b) => (a < b ? a : b), 2n ** 64n - 1n),
      );
      assert.equal(
        max,
        list.reduce((a, b) => (a > b ? a : b), 0n),
      );
    }),
    { numRuns: 500 },
  );
});

test('sorted neighbours take one byte each', () => {
  const numbers = BigUint64Array.from({ length: 4096 }, (_, index) => 2n ** 53n + BigInt(index) * 10n);
  assert.ok(codec.encodeIds(numbers).bytes.length < 4096 + 10);
});

test('more ids than the memory held before', () => {
  const numbers = BigUint64Array.from({ length: 100_000 }, (_, index) => BigInt(index % 7) << 60n);
  const { bytes } = createIdCodec().encodeIds(numbers);
  assert.deepEqual(createIdCodec().decodeIds(bytes, numbers.length), numbers);
});

test('bytes that are not so many ids are refused', () => {
  const { bytes } = codec.encodeIds(BigUint64Array.of(5n, 2n ** 63n, 7n));
  for (const count of [0, 2, 4]) assert.throws(() => codec.decodeIds(bytes, count), RangeError);
  for (let cut = 0; cut < bytes.length; cut++) {
    assert.throws(() => codec.decodeIds(bytes.subarray(0, cut), 3), RangeError);
  }
  const tooLong = [Uint8Array.of(0x80, 0), new Uint8Array(10).fill(0xff), new Uint8Array(11).fill(0xff)];
  for (const wrong of tooLong) assert.throws(() => codec.decodeIds(wrong, 1), RangeError);
});

test('any bytes either decode to what encodes to them or are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(12), (bytes, count) => {
      let numbers: BigUint64Array;
      try {
        numbers = codec.decodeIds(bytes, count);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return;
      }
      assert.deepEqual(codec.encodeIds(numbers).bytes, bytes);
    }),
    { numRuns: 2000 },
  );
});

/** The format once more, slowly, from its description. */
function encodedBySpecification(numbers: readonly bigint[]): number[] {
  const bytes: number[] = [];
  let before = 0n;
  for (const number of numbers) {
    const step = BigInt.asIntN(64, number - before);
    before = number;
    let rest = step < 0n ? -2n * step - 1n : 2n * step;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  }
  return bytes;
}
