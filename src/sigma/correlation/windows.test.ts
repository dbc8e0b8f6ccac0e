import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventOf, type TestEvent, testKind } from '../event.fixture.ts';
import { compileRules } from '../sigma.ts';

// What decision 0003 says of windows, recounted from the whole sorted list after every event. Nothing is shared with the
// code it judges, and nothing is kept but what has fired.

const second = 1000;

interface Seen {
  readonly id: number;
  /** s */
  readonly time: number;
  readonly rule: number;
  readonly value: string;
  readonly number: number;
}

/** A correlation as YAML and as a function of a window, its newest occurrences last. */
interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly isMet: (window: readonly Seen[]) => boolean;
  /** Whether more occurrences can never make a window stop meeting the condition. */
  readonly rises: boolean;
}

const sum = (window: readonly Seen[]): number => window.reduce((total, { number }) => total + number, 0);

function percentile(window: readonly Seen[], percent: number): number {
  const sorted = window.map(({ number }) => number).sort((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return low + (high - low) * (rank % 1);
}

/** Most rules in their order: an occurrence may follow another of its own time. */
function longestOrder(window: readonly Seen[]): number {
  const sorted = window.toSorted((a, b) => a.time - b.time || a.rule - b.rule);
  const from = (index: number, least: number): number =>
    index === sorted.length
      ? 0
      : Math.max(
          from(index + 1, least),
          sorted[index]!.rule >= least ? 1 + from(index + 1, sorted[index]!.rule + 1) : 0,
        );
  return from(0, 0);
}

const rulesIn = (window: readonly Seen[]): ReadonlySet<number> => new Set(window.map(({ rule }) => rule));
const isOrdered = (window: readonly Seen[], first: number, then: number): boolean =>
  window.some((a) => a.rule === first && window.some((b) => b.rule === then && b.time >= a.time));

const cases: readonly Case[] = [
  { name: 'count', yaml: 'type: event_count\ncondition: {gte: 3}', isMet: (w) => w.length >= 3, rises: true },
  {
    name: 'few',
    yaml: 'type: event_count\ncondition: {gt: 1, lt: 4, neq: 3}',
    isMet: (w) => w.length === 2,
    rises: false,
  },
  {
    name: 'values',
    yaml: 'type: value_count\ncondition: {field: what, gt: 2}',
    isMet: (w) => new Set(w.map(({ value }) => value)).size > 2,
    rises: true,
  },
  {
    name: 'tuples',
    yaml: 'type: value_count\ncondition: {field: [what, size], eq: 3}',
    isMet: (w) => new Set(w.map(({ value, number }) => `${value}/${number}`)).size === 3,
    rises: false,
  },
  { name: 'sum', yaml: 'type: value_sum\ncondition: {field: size, gt: 4}', isMet: (w) => sum(w) > 4, rises: false },
  {
    name: 'average',
    yaml: 'type: value_avg\ncondition: {field: size, lte: 1.5}',
    isMet: (w) => sum(w) / w.length <= 1.5,
    rises: false,
  },
  {
    name: 'median',
    yaml: 'type: value_median\ncondition: {field: size, gte: 1.5}',
    isMet: (w) => percentile(w, 50) >= 1.5,
    rises: false,
  },
  {
    name: 'percentile',
    yaml: 'type: value_percentile\ncondition: {field: size, percentile: 75, gt: 2}',
    isMet: (w) => percentile(w, 75) > 2,
    rises: false,
  },
  {
    name: 'share',
    yaml: 'type: value_percentile\ncondition: {field: what, lte: 25}',
    isMet: (w) =>
      w.some(
        ({ time, value }) =>
          time === Math.max(...w.map((each) => each.time)) &&
          w.filter((each) => each.value === value).length * 4 <= w.length,
      ),
    rises: false,
  },
  { name: 'temporal', yaml: 'type: temporal', isMet: (w) => rulesIn(w).size === 3, rises: true },
  { name: 'two', yaml: 'type: temporal\ncondition: {gte: 2}', isMet: (w) => rulesIn(w).size >= 2, rises: true },
  { name: 'ordered', yaml: 'type: temporal_ordered', isMet: (w) => longestOrder(w) === 3, rises: true },
  {
    name: 'ordered two',
    yaml: 'type: temporal_ordered\ncondition: {eq: 2}',
    isMet: (w) => longestOrder(w) === 2,
    rises: false,
  },
  {
    name: 'expression',
    yaml: 'type: temporal\ncondition: r2 and (r0 or not r1)',
    isMet: (w) => rulesIn(w).has(2) && (rulesIn(w).has(0) || !rulesIn(w).has(1)),
    rises: false,
  },
  {
    name: 'ordered expression',
    yaml: 'type: temporal_ordered\ncondition: (r0 or r1) and r2',
    isMet: (w) => isOrdered(w, 0, 2) || isOrdered(w, 1, 2),
    rises: true,
  },
];

const timespan = 10;

const windowAt = (all: readonly Seen[], end: number): readonly Seen[] =>
  all.filter(({ time }) => time <= end && time >= end - timespan);

const endsOf = (all: readonly Seen[]): readonly number[] =>
  [...new Set(all.map(({ time }) => time))].sort((a, b) => a - b);

/** The match that the definition gives for each event, as the ids of its occurrences. */
function expectedOf({ isMet }: Case, arrivals: readonly Seen[]): readonly string[] {
  const fired: number[] = [];
  return arrivals.flatMap((_, index) => {
    const known = arrivals.slice(0, index + 1);
    const end = endsOf(known).find(
      (time) => isMet(windowAt(known, time)) && !fired.some((other) => Math.abs(other - time) <= timespan),
    );
    if (end === undefined) return [];
    fired.push(end);
    return [idsOf(windowAt(known, end))];
  });
}

const idsOf = (window: readonly Seen[]): string =>
  window
    .map(({ id }) => id)
    .sort((a, b) => a - b)
    .join(',');

interface TestMatch {
  readonly ids: string;
  /** s */
  readonly end: number;
}

function matchesOf({ yaml }: Case, arrivals: readonly Seen[], latenessMs: number): readonly TestMatch[] {
  const bases = [0, 1, 2].map(
    (rule) => `title: r\nname: r${rule}\nlogsource: {}\ndetection: {s: {act: ${rule}}, condition: s}\n---\n`,
  );
  const text = `${bases.join('')}title: c\ncorrelation:\n  rules: [r0, r1, r2]\n  timespan: ${timespan}s\n${yaml.replace(/^/gm, '  ')}\n`;
  const compiled = compileRules([{ name: 'rule.yml', text }], { kind: testKind, latenessMs });
  assert.ok(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.failure));
  return arrivals.flatMap((seen) =>
    compiled.value.evaluate(toEvent(seen)).map(({ events, lastAt }) => ({
      ids: events
        .map(({ raw }) => Number(raw))
        .sort((a, b) => a - b)
        .join(','),
      end: lastAt / second,
    })),
  );
}

const toEvent = ({ id, time, rule, value, number }: Seen): TestEvent => ({
  ...eventOf({}, { native: { act: rule, what: value, size: number }, time: time * second, raw: String(id) }),
  arrivedAt: Number.MAX_SAFE_INTEGER,
});

const occurrence = fc.record({
  time: fc.integer({ min: 0, max: 45 }),
  rule: fc.nat(2),
  value: fc.constantFrom('x', 'y', 'z', 'constructor', '__proto__'),
  number: fc.constantFrom(0, 1, 2, 3, -1),
});
const arrivalsOf = (most: number): fc.Arbitrary<readonly Seen[]> =>
  fc.array(occurrence, { maxLength: most }).map((list) => list.map((each, id) => ({ ...each, id })));

for (const each of cases)
  test(`windows agree with a recount from the whole list after every event, in any order: ${each.name}`, () => {
    fc.assert(
      fc.property(arrivalsOf(25), (arrivals) => {
        assert.deepEqual(
          matchesOf(each, arrivals, 60 * second).map(({ ids }) => ids),
          expectedOf(each, arrivals),
        );
      }),
      { numRuns: 150 },
    );
  });

test('in any order matches of a group never overlap, and every window that is met in the end overlaps one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases), arrivalsOf(40), (each, arrivals) => {
      const ends = matchesOf(each, arrivals, 60 * second).map(({ end }) => end);
      for (const [index, end] of ends.entries())
        for (const other of ends.slice(index + 1)) assert.ok(Math.abs(other - end) > timespan, `${other} and ${end}`);
      for (const end of endsOf(arrivals))
        if (each.isMet(windowAt(arrivals, end)))
          assert.ok(
            ends.some((other) => Math.abs(other - end) <= timespan),
            `${each.name}: nothing told of ${end}`,
          );
    }),
    { numRuns: 600 },
  );
});

test('in any order a match of a rising condition is true in the end', () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases.filter(({ rises }) => rises)), arrivalsOf(40), (each, arrivals) => {
      for (const { end, ids } of matchesOf(each, arrivals, 60 * second)) {
        const window = windowAt(arrivals, end);
        assert.ok(each.isMet(window));
        assert.ok(ids.split(',').every((id) => window.some((seen) => seen.id === Number(id))));
      }
    }),
    { numRuns: 400 },
  );
});

test('what happens within one timespan is one match in any order, and in the order of time the first of the definition', () => {
  const burst = fc
    .array(
      occurrence.map((each) => ({ ...each, time: each.time % (timespan + 1) })),
      { maxLength: 20 },
    )
    .map((list) => list.map((each, id) => ({ ...each, id })));
  fc.assert(
    fc.property(fc.constantFrom(...cases.filter(({ rises }) => rises)), burst, (each, arrivals) => {
      const isMet = endsOf(arrivals).some((end) => each.isMet(windowAt(arrivals, end)));
      assert.equal(matchesOf(each, arrivals, 60 * second).length, isMet ? 1 : 0);
    }),
    { numRuns: 300 },
  );
});
