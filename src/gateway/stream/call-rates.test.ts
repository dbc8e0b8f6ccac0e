import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CallRates } from './call-rates.ts';

test('in any stretch of time no more than the burst and what came back meanwhile', () => {
  const steps = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (pauses, perSecond, burst) => {
      const rates = new CallRates(perSecond, burst);
      const taken: number[] = [];
      let now = 1e6;
      for (const pause of pauses) {
        now += pause;
        const before = taken.filter((at) => at > now - 1000).length;
        const isTaken = rates.take('a', now) === undefined;
        if (isTaken) taken.push(now);
        if (before === 0 && pause >= 1000) assert.ok(isTaken);
      }
      taken.forEach((from, first) => {
        taken.slice(first).forEach((to, index) => {
          assert.ok(index + 1 <= burst + ((to - from) / 1000) * perSecond + 1e-3);
        });
      });
    }),
  );
});

test('each integration has a bucket of its own, full at first and after a pause', () => {
  const rates = new CallRates(10, 3);
  const takes = (name: string, now: number) => Array.from({ length: 5 }, () => rates.take(name, now) === undefined);
  assert.deepEqual(takes('a', 0), [true, true, true, false, false]);
  assert.deepEqual(takes('b', 0), [true, true, true, false, false]);
  assert.deepEqual(takes('a', 100), [true, false, false, false, false]);
  assert.deepEqual(takes('a', 60_000), [true, true, true, false, false]);
});

test('that an integration is refused is news once a minute, with how many calls were', () => {
  const rates = new CallRates(1, 1);
  assert.equal(rates.take('a', 0), undefined);
  assert.deepEqual(rates.take('a', 1), { isNews: true, refused: 1 });
  assert.deepEqual(rates.take('a', 2), { isNews: false, refused: 1 });
  assert.deepEqual(rates.take('a', 3), { isNews: false, refused: 2 });
  for (let now = 1000; now <= 60_000; now += 1000) assert.equal(rates.take('a', now), undefined);
  assert.deepEqual(rates.take('a', 60_001), { isNews: true, refused: 3 });
});
