import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashOf, Random, randomOf } from './random.ts';

test('sfc32 gives the reference generator’s numbers', () => {
  // The 128-bit state 1, 2, 3, 4 computed by the definition in PractRand with exact 32-bit arithmetic.
  const reference = (a: bigint, b: bigint, c: bigint, d: bigint, draws: number): number => {
    const word = (value: bigint): bigint => BigInt.asUintN(32, value);
    let last = 0n;
    for (let draw = 0; draw < draws; draw++) {
      last = word(a + b + d);
      d = word(d + 1n);
      a = b ^ (b >> 9n);
      b = word(c + (c << 3n));
      c = word(word((c << 21n) | (c >> 11n)) + last);
    }
    return Number(last);
  };
  const random = new Random(1, 2, 3, 4);
  for (let draw = 1; draw <= 20; draw++) assert.equal(random.uint32(), reference(1n, 2n, 3n, 4n, 12 + draw));
});

test('a path always names the same stream, and a near path another', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 2 ** 45 }), (name, number) => {
      assert.equal(randomOf(name, number).uint32(), randomOf(name, number).uint32());
      assert.notEqual(hashOf(name, number, 1), hashOf(name, number, 2));
    }),
  );
  assert.notEqual(randomOf('ab', 'c').uint32(), randomOf('a', 'bc').uint32());
  assert.notEqual(randomOf(1).uint32(), randomOf(1 + 2 ** 32).uint32());
});

test('draws spread evenly, within a stream and over neighbouring streams', () => {
  const within = new Array(16).fill(0);
  const random = randomOf('spread');
  for (let draw = 0; draw < 16_000; draw++) within[random.integer(0, 15)]++;
  const across = new Array(16).fill(0);
  for (let stream = 0; stream < 16_000; stream++) across[randomOf('streams', stream).integer(0, 15)]++;
  // 1,000 expected in each; five standard deviations are 153.
  for (const count of [...within, ...across]) assert.ok(Math.abs(count - 1000) < 153, `${count} of 1,000 expected`);
});

test('count keeps its mean', () => {
  const random = randomOf('count');
  let total = 0;
  for (let draw = 0; draw < 20_000; draw++) total += random.count(3.4);
  assert.ok(Math.abs(total / 20_000 - 3.4) < 0.1, `mean ${total / 20_000}`);
});
