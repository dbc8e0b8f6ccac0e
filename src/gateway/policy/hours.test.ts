import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinStretches, judgeHours, parseStretches, printStretches, subtractStretches } from './hours.ts';

const isOpenAt = (zone: string, ...lines: readonly string[]) =>
  judgeHours({ zone, open: joinStretches(lines.flatMap((line) => parseStretches(line)!)) });

test('hours hold in their zone, to the minute', () => {
  const isOpen = isOpenAt('Europe/Paris', 'Mon-Fri 07:00-20:00');
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 5, 59, 59, 999)), false);
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 6)), true);
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 18, 59, 59, 999)), true);
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 19)), false);
  assert.equal(isOpen(Date.UTC(2026, 10, 22, 12)), false);
});

test('they move with summer time, on the very night', () => {
  const isOpen = isOpenAt('Europe/Paris', 'every day 03:00-04:00');
  // 29 March 2026: at 01:00 UTC clocks go from 02:00 to 03:00.
  assert.equal(isOpen(Date.UTC(2026, 2, 28, 2, 30)), true);
  assert.equal(isOpen(Date.UTC(2026, 2, 29, 0, 59)), false);
  assert.equal(isOpen(Date.UTC(2026, 2, 29, 1, 0)), true);
  assert.equal(isOpen(Date.UTC(2026, 2, 29, 2, 0)), false);
  const inNepal = isOpenAt('Asia/Kathmandu', 'Mon 00:00-00:15');
  assert.equal(inNepal(Date.UTC(2026, 10, 22, 18, 15)), true);
  assert.equal(inNepal(Date.UTC(2026, 10, 22, 18, 30)), false);
});

test('past midnight goes on into the next day, over the end of the week too', () => {
  const isOpen = isOpenAt('UTC', 'Sun 22:00-02:00');
  assert.equal(isOpen(Date.UTC(2026, 10, 22, 23)), true);
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 1, 59)), true);
  assert.equal(isOpen(Date.UTC(2026, 10, 23, 2)), false);
  assert.equal(isOpen(Date.UTC(2026, 10, 22, 1)), false);
});

test('what is no line of hours is refused', () => {
  const wrong = ['Mon 7:00-20:00', 'Mon 07:00-07:00', 'Mon 24:00-08:00', 'Mon 07:60-08:00', 'Mon 07:00-25:00'];
  wrong.push(
    'Mon-Fri-Sat 07:00-08:00',
    'Mo 07:00-08:00',
    'Mon- 07:00-08:00',
    'never',
    '07:00-08:00',
    'Monkey 07:00-08:00',
  );
  for (const line of wrong) assert.equal(parseStretches(line), undefined, line);
  for (const line of ['monday - friday 07:00 to 08:00', 'Sat, Sun 00:00-24:00', 'Fri-Mon 10:00-11:00']) {
    assert.ok(parseStretches(line), line);
  }
});

const stretches = fc
  .array(fc.tuple(fc.nat({ max: 10_079 }), fc.integer({ min: 1, max: 4000 })))
  .map((pairs) => joinStretches(pairs.map(([from, length]) => ({ from, to: Math.min(10_080, from + length) }))));

test('any hours are read back as they were printed', () => {
  fc.assert(
    fc.property(stretches, (open) => {
      const lines = printStretches(open);
      assert.deepEqual(joinStretches(lines.flatMap((line) => parseStretches(line) ?? assert.fail(line))), open);
    }),
  );
});

test('subtracting leaves exactly the minutes that are in one and not in the other', () => {
  const isIn = (open: typeof stretches extends fc.Arbitrary<infer Value> ? Value : never, minute: number) =>
    open.some(({ from, to }) => minute >= from && minute < to);
  fc.assert(
    fc.property(stretches, stretches, fc.nat({ max: 10_079 }), (these, those, minute) => {
      assert.equal(isIn(subtractStretches(these, those), minute), isIn(these, minute) && !isIn(those, minute));
    }),
  );
});
