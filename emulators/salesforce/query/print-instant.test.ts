import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printDay, printInstant } from './print-instant.ts';

test('instants are printed as the platform prints them', () => {
  const anyTime = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2199, 11, 31) });
  fc.assert(
    fc.property(anyTime, (time) => {
      assert.equal(`${printInstant(time)}Z`, new Date(time).toISOString());
      assert.equal(printDay(time), new Date(time).toISOString().slice(0, 10));
    }),
    { numRuns: 2_000 },
  );
});
