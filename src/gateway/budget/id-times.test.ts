import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdTimes } from './id-times.ts';

const now = Date.UTC(2026, 10, 23);

test('agrees with a Map, with ids of 54 bits and neighbours of every kind', () => {
  const id = fc.oneof(
    fc.record({ low: fc.integer({ min: -4, max: 40 }), high: fc.constantFrom(0, 1, 0x3fffff) }),
    fc.record({ low: fc.integer(), high: fc.integer({ min: 0, max: 0x3fffff }) }),
  );
  const step = fc.record({ id, later: fc.constantFrom(0, 1, 2 ** 32) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const times = new IdTimes();
      const plain = new Map<string, number>();
      let time = now;
      for (const { id, later } of steps) {
        time += later;
        const key = `${id.low} ${id.high}`;
        assert.equal(times.swap(id.low, id.high, time, 0), plain.get(key) ?? 0);
        plain.set(key, time);
      }
    }),
    { numRuns: 200 },
  );
});

test('keeps 300,000 ids apart while it grows, and takes 15 to 30 bytes for each', () => {
  const times = new IdTimes();
  const count = 300_000;
  const highOf = (index: number): number => index % 7;
  for (let index = 0; index < count; index++) assert.equal(times.swap(index * 3, highOf(index), now + index, 0), 0);
  for (let index = 0; index < count; index++) {
    if (times.swap(index * 3, highOf(index), now, 0) !== now + index) assert.fail(`lost the time of ${index}`);
  }
  assert.ok(times.bytes > 15 * count && times.bytes < 30 * count, `${times.bytes / count} bytes an id`);
});

test('ids that are past make room for others: memory is bounded by what counts', () => {
  const times = new IdTimes();
  const held = 10_000;
  let largest = 0;
  for (let index = 0; index < 40 * held; index++) {
    times.swap(index, 0, now + index, now + index - held);
    if (index === 2 * held) largest = times.bytes;
  }
  assert.ok(times.bytes <= 2 * largest, `${times.bytes} bytes after ${largest}`);
});
