import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBudgetLimit } from '../policy/budget-limit.ts';
import { Moments } from './moments.ts';
import { Spending } from './spending.ts';

const start = Date.UTC(2026, 10, 23);

test('beyond the most moments, what was spent frees later than exactly, never earlier', () => {
  const waits = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 3, max: 20 }), (steps, most) => {
      const spending = new Spending(start, new Moments(most));
      const exact = new Spending(start);
      const budgets = ['300 records per second', '200 records per 2 seconds'].map((text) => parseBudgetLimit(text)!);
      let now = start;
      for (const each of [spending, exact]) each.limit(budgets, now);
      for (const wait of steps) {
        now += wait * 10;
        for (const each of [spending, exact]) each.expire(now);
        spending.windows.forEach((window, index) => {
          assert.ok(window.count >= exact.windows[index]!.count);
        });
        for (const each of [spending, exact]) each.add(1, now);
      }
      now += 20_000;
      spending.expire(now);
      assert.deepEqual(
        spending.windows.map(({ count }) => count),
        [0, 0],
      );
    }),
  );
});

test('merged moments keep counting each customer once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 30 })), { maxLength: 300 }), (steps) => {
      const spending = new Spending(start, new Moments(4));
      let now = start;
      spending.limit([parseBudgetLimit('100 customers per second')!], now);
      for (const [customer, wait] of steps) {
        now += wait * 10;
        spending.expire(now);
        const ids = { runs: [{ from: 0, prefix: '003Jx0' }], numbers: BigUint64Array.of(BigInt(customer)) };
        assert.equal(spending.charge(ids, 1, now, 0, true), 1);
        const { count } = spending.windows[0]!;
        assert.ok(count >= 1 && count <= 10, `${count} of at most ten customers`);
      }
      spending.expire(now + 1000);
      assert.equal(spending.windows[0]!.count, 0);
    }),
  );
});

test('one customer read a million times is one customer in a few kilobytes', () => {
  const spending = new Spending(start);
  spending.limit([parseBudgetLimit('5 customers per week')!], start);
  const ids = { runs: [{ from: 0, prefix: '003Jx0' }], numbers: BigUint64Array.of(7n) };
  for (let step = 0; step < 1_000_000; step++) {
    spending.expire(start + step);
    spending.charge(ids, 1, start + step, 0, true);
  }
  assert.equal(spending.windows[0]!.count, 1);
  assert.ok(spending.bytes < 64 * 1024, `${spending.bytes} bytes`);
});

test('7.4 million customers of one integration fit in 250 MB', () => {
  const spending = new Spending(start);
  spending.limit([parseBudgetLimit('7,500,000 customers per day')!], start);
  const chunk = 20_000;
  const numbers = new BigUint64Array(chunk);
  for (let from = 0; from < 7_400_000; from += chunk) {
    for (let index = 0; index < chunk; index++) numbers[index] = BigInt(from + index);
    spending.expire(start + from);
    spending.charge({ runs: [{ from: 0, prefix: '003Jx0' }], numbers }, chunk, start + from, 0, true);
  }
  assert.equal(spending.windows[0]!.count, 7_400_000);
  assert.ok(spending.bytes < 250 * 2 ** 20, `${spending.bytes} bytes`);
});
