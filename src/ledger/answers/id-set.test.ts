import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RoaringBitmap32 } from 'roaring-wasm';
import { joinId } from '#lib/salesforce-id-number.ts';
import { encodedBytesAtMost, encodeIds } from '../log/id-codec.ts';
import { IdPage } from './id-page.ts';
import { IdSet } from './id-set.ts';
import { addPortable } from './portable-bitmap.ts';
import { printId } from './print-ids.ts';

const largest = 62n ** 9n - 1n;

/** Lists that make arrays, bitsets and runs, over one container and over many. */
const lows = fc.oneof(
  fc.array(fc.nat(0xffff_ffff), { maxLength: 300 }),
  fc.array(fc.nat(3 * 65_536), { maxLength: 3000 }),
  fc
    .array(fc.tuple(fc.nat(6 * 65_536), fc.nat(9000), fc.constantFrom(1, 1, 2, 5)), { maxLength: 8 })
    .map((runs) => runs.flatMap(([start, length, step]) => Array.from({ length }, (_, index) => start + index * step))),
);

test('the portable format is read as the library writes it', () => {
  fc.assert(
    fc.property(lows, fc.boolean(), fc.nat(3), (list, isOptimised, shift) => {
      const bitmap = RoaringBitmap32.from(list);
      if (isOptimised) bitmap.runOptimize();
      const bytes = bitmap.serialize('portable');
      const expected = bitmap.toArray();
      bitmap.dispose();
      const unaligned = Buffer.alloc(bytes.length + shift).subarray(shift);
      unaligned.set(bytes);
      const pages = new Map<number, IdPage>();
      addPortable(unaligned, (upper) => {
        const page = pages.get(upper) ?? new IdPage();
        pages.set(upper, page);
        return page;
      });
      const read = [...pages].sort(([a], [b]) => a - b).flatMap(([upper, page]) => numbersIn(page, upper));
      assert.deepEqual(read, expected);
    }),
    { numRuns: 300 },
  );
});

test('a set is the union of its frames and bitmaps, sorted', () => {
  const near = fc.tuple(fc.bigInt(0n, largest - 70_000n), fc.array(fc.bigInt(0n, 70_000n), { maxLength: 2500 }));
  const list = fc.oneof(
    near.map(([start, steps]) => steps.map((step) => start + step)),
    fc.array(fc.bigInt(0n, largest)),
  );
  const part = fc.record({
    prefix: fc.constantFrom('003Jx0', '001aa0'),
    list,
    how: fc.constantFrom('frame', 'bitmap', 'set'),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const set = new IdSet();
      const expected = new Set<string>();
      for (const { prefix, list: ids, how } of parts) {
        if (ids.length === 0) continue;
        for (const id of ids) expected.add(joinId(prefix, id));
        const into = how === 'frame' ? set : new IdSet();
        addTo(into, prefix, ids);
        if (how === 'bitmap') for (const bitmap of into.serialise()) set.addBitmap(bitmap);
        if (how === 'set') set.addSet(into);
      }
      assert.deepEqual(
        [...set.ids()],
        [...expected].sort((a, b) => (a < b ? -1 : 1)),
      );
      assert.equal(set.size, expected.size);
    }),
    { numRuns: 300 },
  );
});

test('ids are printed as lib prints them', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, largest), (id) => {
      assert.equal(printId('003Jx0', Number(id >> 32n), Number(id & 0xffff_ffffn)), joinId('003Jx0', id));
    }),
  );
  assert.equal(printId('003Jx0', Number(largest >> 32n), Number(largest & 0xffff_ffffn)), joinId('003Jx0', largest));
});

function numbersIn(page: IdPage, upper: number): number[] {
  const into = new Uint32Array(65_536);
  const count = page.copyTo(into, 0, upper * 65_536);
  assert.equal(count, page.size);
  return [...into.subarray(0, count)];
}

function addTo(set: IdSet, prefix: string, ids: readonly bigint[]): void {
  const body = new Uint8Array(encodedBytesAtMost(ids.length));
  const { end, ...range } = encodeIds(BigUint64Array.from(ids), body, 0);
  set.addFrame({ prefix, count: ids.length, range }, body.subarray(0, end));
}
