import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at, base, compile, correlation, refusal, run } from './correlation.fixture.ts';
import { ExactSum } from './exact-sum.ts';
import { SortedNumbers } from './sorted-numbers.ts';

const measuring = (type: string, condition: string): string =>
  `type: ${type}\nrules: [a]\ngroup-by: [actor.user.uid]\ntimespan: 10m\ncondition: {field: what, ${condition}}`;

const rulesOf = (type: string, condition: string) => compile([base('a'), correlation(measuring(type, condition))]);

const valuesOf = (values: readonly unknown[]) => values.map((what, minutes) => at(minutes, 'a', 'ann', what));

test('value_sum adds numbers, also such as logs write as text, and every number of a list', () => {
  assert.deepEqual(run(rulesOf('value_sum', 'gt: 9.5'), valuesOf([4, '5', 0.6])), ['joined@0,1,2']);
  assert.deepEqual(run(rulesOf('value_sum', 'gte: 10'), valuesOf([[1, ['2', 3]], 4])), ['joined@0,1']);
  assert.deepEqual(run(rulesOf('value_sum', 'lt: 0'), valuesOf([2, -1, -3])), ['joined@0,1,2']);
});

test('value_avg is the sum by the count of numbers, fractions included', () => {
  assert.deepEqual(run(rulesOf('value_avg', 'gte: 2.5'), valuesOf([1, 2, 4.5])), ['joined@0,1,2']);
  assert.deepEqual(run(rulesOf('value_avg', 'eq: 2'), valuesOf([1, [2, 3]])), ['joined@0,1']);
});

test('value_median lies between the two in the middle', () => {
  assert.deepEqual(run(rulesOf('value_median', 'eq: 2.5'), valuesOf([1, 100, 3, 2])), ['joined@0,1,2,3']);
});

test('value_percentile with a percentile is the value at it, between two ranks in proportion', () => {
  assert.deepEqual(run(rulesOf('value_percentile', 'percentile: 90, gte: 9.1'), valuesOf([10, 1])), ['joined@0']);
  assert.deepEqual(run(rulesOf('value_percentile', 'percentile: 90, eq: 9.1'), valuesOf([1, 10])), ['joined@0,1']);
  assert.deepEqual(run(rulesOf('value_percentile', 'percentile: 0, eq: 1'), valuesOf([3, 1])), ['joined@0,1']);
  assert.deepEqual(run(rulesOf('value_percentile', 'percentile: 99.9, gt: 9.98'), valuesOf([1, 10])), ['joined@0,1']);
});

test('value_percentile without a percentile is the share a value has, as in the example of the specification', () => {
  const rules = rulesOf('value_percentile', 'lte: 25');
  assert.deepEqual(run(rules, valuesOf(['cmd', 'cmd', 'cmd', 'rare'])), ['joined@0,1,2,3']);
});

test('what is no number takes no part and is counted', () => {
  const rules = rulesOf('value_sum', 'gte: 3');
  const hostile = ['', null, undefined, 'many', '1e999', Number.NaN, Number.POSITIVE_INFINITY, {}, [], [1, 'x'], true];
  assert.deepEqual(run(rules, valuesOf([1, ...hostile, 2])), []);
  assert.equal(rules.statistics().correlations[0]?.incomplete, hostile.length);
  assert.deepEqual(run(rules, [at(5, 'a', 'ann', 2)]), ['joined@0,5']);
});

test('a chain measures every event of the windows it stands on', () => {
  const inner = correlation('type: event_count\nrules: [a]\ntimespan: 2m\ncondition: {gte: 2}', 'twice');
  const outer = correlation('type: value_sum\nrules: [twice]\ntimespan: 1h\ncondition: {field: what, gte: 10}', 'much');
  const events = [at(0, 'a', 'ann', 1), at(1, 'a', 'ann', 2), at(5, 'a', 'ann', 3), at(6, 'a', 'ann', 4)];
  assert.deepEqual(run(compile([base('a'), inner, outer]), events), ['much@0,1,5,6']);
});

test('what a condition cannot mean is refused with its line', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [measuring('value_sum', 'gt: x'), /condition.gt.*of numbers/],
    [measuring('value_count', 'gt: 1.5'), /condition.gt.*whole numbers/],
    [measuring('value_count', 'gt: -1'), /condition.gt/],
    [measuring('value_avg', 'gt: 5, lt: 5'), /never met/],
    [measuring('value_percentile', 'gt: 100'), /never met/],
    [measuring('value_percentile', 'percentile: 101, gt: 1'), /0 to 100/],
    [measuring('value_median', 'percentile: 10, gt: 1'), /only under value_percentile/],
    [measuring('value_sum', 'gt: 1').replace('field: what', 'field: [what, act]'), /only value_count/],
    [measuring('value_sum', 'gt: 1').replace('field: what, ', ''), /no field/],
    [measuring('value_sum', 'gt: 1').replace(/condition.*/, 'condition: a'), /a map of comparisons/],
  ];
  for (const [body, expected] of cases) assert.match(refusal([base('a'), correlation(body)]), expected);
  assert.match(refusal([base('a'), correlation(measuring('value_sum', 'gt: x'))]), /rule.yml:14/);
  const open = measuring('value_avg', 'gt: 1.2, lt: 1.3');
  assert.ok(compile([base('a'), correlation(open)]));
});

test('a sum is exact whatever came and went, in any order', () => {
  const number = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  fc.assert(
    fc.property(fc.array(number, { maxLength: 30 }), fc.array(number, { maxLength: 30 }), (kept, gone) => {
      const forwards = new ExactSum();
      for (const each of [...gone, ...kept]) forwards.add(each);
      for (const each of gone) forwards.add(-each);
      const backwards = new ExactSum();
      for (const each of kept.toReversed()) backwards.add(each);
      assert.equal(forwards.value, backwards.value);
      const whole = kept.map((each) => BigInt(Math.trunc(each % 1e15)));
      const sum = new ExactSum();
      for (const each of whole) sum.add(Number(each));
      assert.equal(sum.value, Number(whole.reduce((total, each) => total + each, 0n)));
    }),
    { numRuns: 300 },
  );
  const sum = new ExactSum();
  for (const each of [1e100, 1, -1e100, 1e-30]) sum.add(each);
  assert.equal(sum.value, 1);
});

test('numbers keep their ranks however many come and go', () => {
  const steps = fc.array(fc.record({ number: fc.integer({ min: -50, max: 50 }), stays: fc.boolean() }), {
    minLength: 600,
    maxLength: 1500,
  });
  fc.assert(
    fc.property(steps, (taken) => {
      const sorted = new SortedNumbers();
      for (const { number } of taken) sorted.add(number);
      for (const { number, stays } of taken) if (!stays) sorted.remove(number);
      const kept = taken.filter(({ stays }) => stays).map(({ number }) => number);
      assert.equal(sorted.size, kept.length);
      assert.deepEqual(
        kept.map((_, rank) => sorted.at(rank)),
        kept.sort((a, b) => a - b),
      );
    }),
    { numRuns: 30 },
  );
});
