import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { type Event, Slots } from '#model/event.ts';
import { createOrderedFeed } from './ordered-feed.ts';

const eventAt = (time: number, key = `e:${time}`, bytes = 10): Event => ({
  key,
  time,
  arrivedAt: time,
  source: 'test',
  origin: { file: 'f', offset: 0, bytes },
  raw: 'x'.repeat(bytes),
  slots: new Slots(),
  native: () => undefined,
});

interface Wish {
  readonly withinMs?: number;
  readonly mostEvents?: number;
  readonly mostBytes?: number;
  readonly feeding?: (events: readonly Event[]) => Promise<void>;
}

/** A feed on a clock that is turned by hand; an event is new once. */
function opened({ withinMs = 1_000, mostEvents = 1_000, mostBytes = 1_000_000, feeding }: Wish = {}) {
  let now = 0;
  let alarm: { readonly at: number; readonly ring: () => void } | undefined;
  const fed: number[][] = [];
  const known = new Set<string>();
  const feed = createOrderedFeed({
    feed: {
      async feed(events) {
        await feeding?.(events);
        fed.push(events.map(({ time }) => time));
        const keys = new Set(events.map(({ key }) => key).filter((key) => !known.has(key)));
        for (const key of keys) known.add(key);
        return { added: keys.size, keys, findings: [], incidents: [] };
      },
    },
    withinMs,
    mostEvents,
    mostBytes,
    clock: () => now,
    alarm(ms, ring) {
      const set = { at: now + ms, ring };
      alarm = set;
      return () => {
        if (alarm === set) alarm = undefined;
      };
    },
  });
  const turnTo = async (time: number): Promise<void> => {
    now = time;
    await wait(1);
    if (alarm !== undefined && alarm.at <= now) {
      const { ring } = alarm;
      alarm = undefined;
      ring();
    }
    await wait(1);
  };
  return { feed, fed, turnTo };
}

test('events wait for those before them and go in order, each lot settled when the last of it is stored', async () => {
  const { feed, fed, turnTo } = opened();
  await turnTo(5_000);
  let landed: unknown;
  const first = feed.add([eventAt(4_900), eventAt(4_500)]);
  void first.then((value) => {
    landed = value;
  });
  await turnTo(5_400);
  const second = feed.add([eventAt(4_700), eventAt(4_500)]);
  await turnTo(5_499);
  assert.deepEqual(fed, []);
  await turnTo(5_500);
  assert.deepEqual(fed, [[4_500, 4_500]]);
  assert.equal(landed, undefined);
  await turnTo(5_900);
  assert.deepEqual(fed.flat(), [4_500, 4_500, 4_700, 4_900]);
  assert.deepEqual(await Promise.all([first, second]), [
    { added: 2, duplicates: 0 },
    { added: 1, duplicates: 1 },
  ]);
});

test('what is older than the bound goes at once; a clock ahead of ours holds nothing back for long', async () => {
  const { feed, fed, turnTo } = opened();
  await turnTo(100_000);
  void feed.add([eventAt(50_000), eventAt(20_000)]);
  void feed.add([eventAt(900_000), eventAt(100_500)]);
  await turnTo(100_000);
  assert.deepEqual(fed, [[20_000, 50_000]]);
  await turnTo(101_500);
  assert.deepEqual(fed.flat(), [20_000, 50_000, 100_500]);
  await turnTo(102_000);
  assert.deepEqual(fed.flat(), [20_000, 50_000, 100_500, 900_000]);
});

test('where there is no room to wait, the oldest go before their time and readers get on', async () => {
  for (const bound of [{ mostEvents: 4 }, { mostBytes: 40 }]) {
    const { feed, fed, turnTo } = opened(bound);
    await turnTo(1_000);
    void feed.add([eventAt(1_004), eventAt(1_002), eventAt(1_003), eventAt(1_001)]);
    await wait(1);
    assert.deepEqual(fed, [[1_001, 1_002]], JSON.stringify(bound));
    await feed.room();
    assert.equal(feed.hurried(), 2);
  }
});

test('a back-fill does not hold up what is new', async () => {
  const { feed, fed, turnTo } = opened({ mostEvents: 100_000 });
  await turnTo(1_000_000);
  void feed.add([eventAt(1_000_000)]);
  const old = Array.from({ length: 5_000 }, (_, index) => eventAt(index));
  await turnTo(1_001_000);
  void feed.add(old);
  await wait(20);
  assert.ok(fed[0]!.includes(1_000_000) || fed[1]!.includes(1_000_000), 'it goes with the first thousand');
  assert.equal(fed.flat().length, 5_001);
});

test('closing gives up what waits; what is being stored is finished', async () => {
  const gate = Promise.withResolvers<void>();
  const { feed, fed, turnTo } = opened({ feeding: () => gate.promise });
  await turnTo(10_000);
  const stored = feed.add([eventAt(1)]);
  await wait(1);
  const waiting = feed.add([eventAt(9_999)]);
  const closed = feed.close();
  gate.resolve();
  await closed;
  assert.deepEqual(await stored, { added: 1, duplicates: 0 });
  await assert.rejects(waiting, /closed/);
  await assert.rejects(feed.add([eventAt(2)]), /closed/);
  await assert.rejects(feed.room(), /closed/);
  assert.deepEqual(fed, [[1]]);
});

test('when the store fails, everybody is told', async () => {
  const { feed, turnTo } = opened({ feeding: () => Promise.reject(new Error('the disk is full')) });
  await turnTo(10_000);
  const waiting = feed.add([eventAt(9_999)]);
  const rejected = assert.rejects(waiting, /disk is full/);
  await assert.rejects(feed.add([eventAt(1)]), /disk is full/);
  await rejected;
  await assert.rejects(feed.room(), /disk is full/);
});

test('for any arrival within the bound what is fed is in order', async () => {
  const arrivals = fc.array(
    fc.record({ time: fc.integer({ min: 0, max: 5_000 }), late: fc.integer({ min: 0, max: 999 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async (all) => {
      const { feed, fed, turnTo } = opened();
      for (const { time, late } of all.toSorted((a, b) => a.time + a.late - b.time - b.late)) {
        await turnTo(time + late);
        void feed.add([eventAt(time, `${time}-${late}`)]);
      }
      await turnTo(100_000);
      const order = fed.flat();
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
      assert.equal(order.length, all.length);
    }),
    { numRuns: 25 },
  );
});
