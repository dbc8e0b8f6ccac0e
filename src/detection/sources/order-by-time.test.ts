import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Event, Slots } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import { mergeByTime } from './merge-by-time.ts';
import { type EventBatches, orderByTime } from './order-by-time.ts';
import { largestHold, OrderGauge } from './order-gauge.ts';
import { readRecords } from './read-records.ts';
import { SortRoom, sortByTime } from './sort-by-time.ts';
import type { AcceptedSpan } from './span.ts';

const plain: Source = {
  name: 'plain',
  title: 'Plain log',
  lag: 'none',
  longestLagMs: 0,
  acceptsObject: (value) => 'time' in value,
  readObject: (value) => ({ time: Number(value['time']), key: String(value['id']), slots: new Slots() }),
};

const logOf = (times: readonly number[], text = ''): Buffer =>
  Buffer.from(times.map((time, id) => JSON.stringify({ time, id, text: `${text}é` })).join('\n'));

async function* accepted(log: Buffer): AsyncGenerator<readonly AcceptedSpan[]> {
  for await (const spans of readRecords([log], { file: 'log', sources: [plain] }))
    yield spans.filter((span) => span.fate === 'accepted');
}
async function* eventsOf(log: Buffer): AsyncGenerator<readonly Event[]> {
  for await (const spans of accepted(log)) yield spans.map((span) => span.event);
}
async function gather(batches: EventBatches): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const batch of batches) events.push(...batch);
  return events;
}

/** Times in order, each moved by up to `jitter` places. */
const jittered = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), fc.integer({ min: 0, max: 30 }))
  .map(([steps, jitter]) => {
    let time = 0;
    return steps
      .map((step, index) => {
        time += step;
        return { time, place: index + ((step * 7919) % (jitter + 1)) };
      })
      .sort((one, other) => one.place - other.place)
      .map((each) => each.time);
  });

const byTimeThenPlace = (one: Event, other: Event): number =>
  one.time - other.time || one.origin.offset - other.origin.offset;

describe('order of time within a file', () => {
  it('comes from holding back as many events as the gauge says', async () => {
    await fc.assert(
      fc.asyncProperty(jittered, async (times) => {
        const gauge = new OrderGauge();
        for (const time of times) gauge.note(time);
        assert.equal(gauge.count, times.length);
        assert.equal(gauge.first, Math.min(Number.POSITIVE_INFINITY, ...times));
        const log = logOf(times);
        const ordered = await gather(orderByTime(eventsOf(log), gauge.hold));
        assert.deepEqual(
          ordered.map((event) => event.key),
          [...ordered].sort(byTimeThenPlace).map((event) => event.key),
        );
        assert.equal(ordered.length, times.length);
      }),
    );
  });

  it('is beyond holding back when an event is thousands of places late', () => {
    const gauge = new OrderGauge();
    for (let time = 1; time <= 3000; time++) gauge.note(time);
    assert.equal(gauge.hold, 0);
    gauge.note(0);
    assert.ok(gauge.hold > largestHold);
  });

  it('comes from sorting, in memory and through a temporary file that is gone afterwards', async () => {
    const times = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 300);
    const log = logOf(times, 'x'.repeat(50));
    const sorted = (await gather(eventsOf(log))).toSorted(byTimeThenPlace);
    const before = await temporaryFiles();
    for (const room of [new SortRoom(), new SortRoom(0), new SortRoom(0, 10_000), new SortRoom(0, 1)]) {
      const events = await gather(sortByTime(accepted(log), room, (time) => time));
      assert.deepEqual(
        events.map(({ key, origin, raw, time }) => ({ key, origin, raw, time })),
        sorted.map(({ key, origin, raw, time }) => ({ key, origin, raw, time })),
      );
      assert.equal(events[9]!.native('text'), `${'x'.repeat(50)}é`);
    }
    const room = new SortRoom(0, 10_000);
    for await (const _ of sortByTime(accepted(log), room, (time) => time)) break;
    await assert.rejects(gather(sortByTime(breaking(log), room, (time) => time)), /broke/);
    assert.deepEqual(await temporaryFiles(), before);
  });
});

async function* breaking(log: Buffer): AsyncGenerator<readonly AcceptedSpan[]> {
  yield* accepted(log);
  throw new Error('broke');
}

const temporaryFiles = async (): Promise<readonly string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('cordon-sort-')).sort();

describe('merging files', () => {
  it('gives all events in order of time, ties in order of files, with few files open at once', async () => {
    let open = 0;
    let most = 0;
    async function* opened(log: Buffer): AsyncGenerator<readonly Event[]> {
      most = Math.max(most, ++open);
      try {
        yield* eventsOf(log);
      } finally {
        open--;
      }
    }
    const files = Array.from({ length: 300 }, (_, hour) => ({
      firstTime: hour * 10,
      open: () => opened(logOf(Array.from({ length: 12 }, (_, index) => hour * 10 + index))),
    }));
    const events = await gather(mergeByTime(files.toReversed()));
    assert.equal(events.length, 3600);
    assert.ok(events.every((event, index) => index === 0 || events[index - 1]!.time <= event.time));
    assert.ok(most <= 3, `${most} files were open at once`);
    assert.equal(open, 0);
  });

  it('equals sorting everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(40), { minLength: 1 }), { maxLength: 6 }), async (files) => {
        const sorted = files.map((times) => times.toSorted((one, other) => one - other));
        const merged = await gather(
          mergeByTime(sorted.map((times) => ({ firstTime: times[0]!, open: () => eventsOf(logOf(times)) }))),
        );
        assert.deepEqual(
          merged.map((event) => event.time),
          sorted.flat().toSorted((one, other) => one - other),
        );
      }),
    );
  });

  it('closes open files when the reader has enough', async () => {
    let closed = 0;
    async function* forever(): AsyncGenerator<readonly Event[]> {
      try {
        for (;;) yield* eventsOf(logOf([1, 2, 3]));
      } finally {
        closed++;
      }
    }
    for await (const _ of mergeByTime([
      { firstTime: 1, open: forever },
      { firstTime: 1, open: forever },
    ]))
      break;
    assert.equal(closed, 2);
  });
});
