import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToFlow, widen } from './flow.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 24);
const flow = {
  bucketMs: minute,
  times: [start, start + minute],
  counts: { okta: [1, 2] },
};

test('events land in their minute', () => {
  const next = addToFlow(flow, { time: start + 90_000, counts: { okta: 5 } });
  assert.deepEqual(next.counts, { okta: [1, 7] });
});

test('a gap is filled with silence and a new source starts at zero', () => {
  const next = addToFlow(flow, { time: start + 3 * minute, counts: { elf: 4 } });
  assert.deepEqual(
    next.times,
    [0, 1, 2, 3].map((n) => start + n * minute),
  );
  assert.deepEqual(next.counts, { okta: [1, 2, 0, 0], elf: [0, 0, 0, 4] });
});

test('what is older than a day falls out, also after a jump of many days', () => {
  const next = addToFlow(flow, { time: start + 86_400_000 + minute, counts: { okta: 1 } });
  assert.equal(next.times[0], start + 2 * minute);
  assert.equal(next.times.length, 1440);
  assert.equal(next.times.length, next.counts['okta']?.length);
  const far = addToFlow(flow, { time: start + 9 * 86_400_000, counts: { okta: 1 } });
  assert.equal(far.times.length, 1440);
  assert.equal(far.counts['okta']?.at(-1), 1);
});

test('wider buckets keep the sum', () => {
  const wide = widen(
    { ...flow, times: [start, start + minute, start + 5 * minute], counts: { okta: [1, 2, 4] } },
    5 * minute,
  );
  assert.deepEqual(wide.times, [start, start + 5 * minute]);
  assert.deepEqual(wide.counts, { okta: [3, 4] });
});
