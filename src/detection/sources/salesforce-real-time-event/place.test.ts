import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorOf, gapBefore, placeOf } from './place.ts';

const minuteMs = 60_000;
const start = Date.UTC(2026, 10, 1);

interface Kept {
  readonly id: string;
  readonly time: number;
}

const event = fc.record({ afterMs: fc.integer({ min: 1, max: 2 * minuteMs }), earlyMs: fc.nat(5 * minuteMs) });
const someEvents = fc.array(event, { minLength: 1, maxLength: 12 });

/** Each happens up to five minutes before it is published. */
function publish(...lots: readonly (readonly { readonly afterMs: number; readonly earlyMs: number }[])[]) {
  let [now, count] = [start, 0];
  const published = lots.map((lot) =>
    lot.map(({ afterMs, earlyMs }) => {
      now += afterMs;
      return { id: `e${count++}`, time: now - earlyMs };
    }),
  );
  return { now, published };
}
const newestOf = (events: readonly { readonly time: number }[]) => Math.max(...events.map(({ time }) => time));

test('a gap is told whenever something was lost, and covers it, in whatever order within five minutes it came', () => {
  fc.assert(
    fc.property(someEvents, someEvents, fc.array(event, { maxLength: 12 }), (...lots) => {
      const { now, published } = publish(...lots);
      const [had, lost, kept] = published as [Kept[], Kept[], Kept[]];
      const gap = gapBefore({ newest: newestOf(had), last: had.at(-1)!.id }, start - 86_400_000, kept, now);
      assert.ok(gap !== undefined && gap.from <= gap.to);
      for (const { time } of lost) assert.ok(gap.from <= time && time <= gap.to, JSON.stringify({ gap, time }));
    }),
  );
});

test('no gap is told where the event read last is still kept', () => {
  fc.assert(
    fc.property(someEvents, fc.array(event, { maxLength: 12 }), fc.nat(11), (had, behind, from) => {
      const { now, published } = publish(had, behind);
      const [read, next] = published as [Kept[], Kept[]];
      const kept = [...read.slice(Math.min(from, read.length - 1)), ...next];
      assert.equal(gapBefore({ newest: newestOf(read), last: read.at(-1)!.id }, start, kept, now), undefined);
    }),
  );
});

test('what was never read is missing from the beginning asked for; silence that was heard narrows it', () => {
  const now = start + 100 * 86_400_000;
  const before = (ms: number) => [{ id: 'x', time: now - ms }];
  assert.deepEqual(gapBefore({}, start, [], now), { from: start, to: now });
  assert.deepEqual(gapBefore({ newest: start, quietAt: now - 1 }, start, [], now), {
    from: now - 1 - 86_400_000,
    to: now,
  });
  assert.equal(gapBefore({ newest: now }, start, before(5 * minuteMs), now), undefined);
  assert.notEqual(gapBefore({ newest: now }, start, before(5 * minuteMs - 1), now), undefined);
});

test('a place survives being kept, and nonsense is no place', () => {
  const place = { replayId: 'AAAAAAAAAAEAAA==', newest: start, last: 'e1', quietAt: start + 1 };
  assert.deepEqual(placeOf(JSON.parse(JSON.stringify(cursorOf(place)))), place);
  for (const nonsense of ['text', 7, null, [], { replayId: 'not base64!' }, { newest: 'x' }])
    assert.deepEqual(placeOf(nonsense), {});
});
