import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Cursor, Gap, Step, Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { readWindows, type TimeWindow, type WindowedLog, type WindowPage } from './poll-window.ts';

const minuteMs = 60_000;
const start = Date.UTC(2026, 10, 23, 10);

interface Entry {
  readonly id: string;
  readonly time: number;
  /** When the vendor begins to show it. */
  readonly shownAt: number;
}

/** A vendor in memory that shows entries late and in any order, page by page, and a clock that only sleeping moves. */
class Vendor {
  now = start;
  entries: Entry[] = [];
  pageLength = 3;
  newestFirst = true;
  /** Taken one for each question, where there is one. */
  failures: (Failure | undefined)[] = [];
  asked: TimeWindow[] = [];

  readonly surroundings: Surroundings = {
    clock: () => this.now,
    sleep: async (ms) => {
      this.now += Math.max(1, ms);
    },
    random: () => 0,
    signal: new AbortController().signal,
  };

  readonly log: WindowedLog = {
    title: 'the test',
    looks: [
      { backMs: 2 * minuteMs, everyMs: minuteMs },
      { backMs: 60 * minuteMs, everyMs: 20 * minuteMs },
    ],
    stepMs: 30 * minuteMs,
    retentionMs: 24 * 60 * minuteMs,
    ask: async (window, next) => this.#answer(window, next),
  };

  #answer(window: TimeWindow, next: string | undefined): Result<WindowPage> {
    this.now += 100;
    this.asked.push(window);
    const fails = this.failures.shift();
    if (fails !== undefined) return failure(fails);
    const shown = this.entries
      .filter(({ time, shownAt }) => shownAt <= this.now && time >= window.from && time <= window.to)
      .sort((one, other) => (this.newestFirst ? other.time - one.time : one.time - other.time));
    const at = Number(next ?? 0);
    const page = shown.slice(at, at + this.pageLength);
    const end = at + this.pageLength;
    const content = Buffer.from(page.map(({ id }) => id).join(' '));
    return success({
      piece: page.length === 0 ? undefined : { name: 'test', content, arrivedAt: this.now },
      marks: page,
      next: end < shown.length ? String(end) : undefined,
    });
  }

  /** Reads until the clock says `until` or `most` steps were taken. */
  async read(cursor: Cursor | undefined, until: number, most = Number.POSITIVE_INFINITY): Promise<readonly Step[]> {
    const steps: Step[] = [];
    for await (const step of readWindows(this.log, cursor, start - 60 * minuteMs, this.surroundings)) {
      steps.push(step);
      if (this.now >= until || steps.length >= most) break;
    }
    return steps;
  }
}

const idsIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) =>
    step.kind !== 'read' ? [] : step.pieces.flatMap(({ content }) => String(content).split(' ').filter(Boolean)),
  );
const gapsIn = (steps: readonly Step[]): readonly Gap[] =>
  steps.flatMap((step) => (step.kind === 'gap' ? [step.gap] : []));
const cursorAfter = (steps: readonly Step[]): Cursor | undefined =>
  steps.findLast((step) => step.kind === 'read' || step.kind === 'gap')?.cursor as Cursor | undefined;

const entries = fc
  .array(fc.record({ atMs: fc.integer({ min: -50, max: 120 }), lateMs: fc.integer({ min: 0, max: 59 }) }), {
    maxLength: 25,
  })
  .map((list) =>
    list.map(({ atMs, lateMs }, index): Entry => {
      const time = start + atMs * minuteMs;
      return { id: `e${index}`, time, shownAt: time + lateMs * minuteMs };
    }),
  );

test('whatever appears late and in whatever order, within the farthest look, is yielded', async () => {
  await fc.assert(
    fc.asyncProperty(
      entries,
      fc.boolean(),
      // Crashes: after so many steps, of which so many were durable.
      fc.array(fc.record({ steps: fc.integer({ min: 1, max: 40 }), lost: fc.integer({ min: 0, max: 20 }) }), {
        maxLength: 4,
      }),
      async (list, newestFirst, crashes) => {
        const vendor = new Vendor();
        vendor.entries = list;
        vendor.newestFirst = newestFirst;
        const durable: Step[] = [];
        for (const { steps, lost } of crashes) {
          const taken = await vendor.read(cursorAfter(durable), start + 200 * minuteMs, steps);
          durable.push(...taken.slice(0, Math.max(0, taken.length - lost)));
        }
        durable.push(...(await vendor.read(cursorAfter(durable), start + 200 * minuteMs)));
        const got = new Set(idsIn(durable));
        assert.deepEqual(
          list.filter(({ id }) => !got.has(id)),
          [],
        );
        assert.deepEqual(gapsIn(durable), []);
        // What is said to be settled holds nothing that comes later.
        let settled = Number.NEGATIVE_INFINITY;
        const seen = new Set<string>();
        for (const step of durable) {
          for (const id of idsIn([step])) {
            assert.ok(seen.has(id) || list[Number(id.slice(1))]!.time >= settled, `${id} came behind what was settled`);
            seen.add(id);
          }
          if (step.kind === 'read') settled = Math.max(settled, step.reachedUntil ?? settled);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('a window is asked for again from its first page when the token of a next one has expired', async () => {
  const vendor = new Vendor();
  vendor.entries = ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({ id, time: start - index * 1000, shownAt: 0 }));
  vendor.failures = [undefined, undefined, { kind: 'gone', what: 'the page' }];
  const steps = await vendor.read(undefined, start + minuteMs / 2);
  assert.deepEqual(steps.at(-1), {
    kind: 'failed',
    failure: { kind: 'broken', by: 'the test', why: 'the token of a next page is not accepted any more' },
  });
  const again = await vendor.read(cursorAfter(steps), start + minuteMs);
  assert.deepEqual([...new Set(idsIn(again))].sort(), ['a', 'b', 'c', 'd', 'e']);
});

test('it rests as long as the vendor asks and goes on at the same page', async () => {
  const vendor = new Vendor();
  vendor.entries = ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({ id, time: start - index * 1000, shownAt: 0 }));
  const wait = { kind: 'later', afterMs: 7000, why: 'busy' } as const;
  vendor.failures = [wait, undefined, wait, undefined, undefined, wait];
  const steps = await vendor.read(undefined, start + minuteMs);
  const rests = steps.filter((step) => step.kind === 'rest');
  assert.equal(rests.length, 3);
  assert.equal(rests[0]?.until, start + 100 + 7000);
  const firstLook = steps.slice(
    0,
    steps.findIndex((step, at) => at > 4 && step.kind === 'read' && step.pieces.length === 0),
  );
  assert.deepEqual(idsIn(firstLook), ['a', 'b', 'c', 'd', 'e']);
});

test('after five broken attempts the stream ends, to be begun anew', async () => {
  const vendor = new Vendor();
  vendor.failures = Array.from({ length: 9 }, () => ({ kind: 'broken', by: 'it', why: '500' }) as const);
  const steps = await vendor.read(undefined, start + 60 * minuteMs);
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['rest', 'rest', 'rest', 'rest', 'failed'],
  );
});

test('a gap is told when the retention has passed the cursor', async () => {
  const vendor = new Vendor();
  vendor.entries = [{ id: 'a', time: start, shownAt: 0 }];
  const before = await vendor.read(undefined, start + minuteMs);
  vendor.now = start + 72 * 60 * minuteMs;
  const after = await vendor.read(cursorAfter(before), vendor.now + minuteMs);
  const [gap, ...others] = gapsIn(after);
  assert.deepEqual(others, []);
  assert.ok(gap!.from <= start && gap!.to >= start + 47 * 60 * minuteMs);
});

test('a gap is told once when the newest record known is not shown any more', async () => {
  const vendor = new Vendor();
  vendor.entries = [{ id: 'a', time: start, shownAt: 0 }];
  const before = await vendor.read(undefined, start + 3 * minuteMs);
  // `b` was written and forgotten before it was asked for.
  vendor.entries = [{ id: 'c', time: start + 9 * minuteMs, shownAt: 0 }];
  vendor.now = start + 10 * minuteMs;
  const after = await vendor.read(cursorAfter(before), vendor.now + 90 * minuteMs);
  const gaps = gapsIn(after);
  assert.equal(gaps.length, 1);
  assert.ok(gaps[0]!.from <= start);
  assert.equal(gaps[0]!.to, start + 9 * minuteMs);
});

test('no window is longer than a step, and none reaches behind the retention', async () => {
  const vendor = new Vendor();
  await vendor.read(undefined, start + 60 * minuteMs);
  assert.ok(vendor.asked.every(({ from, to }) => to - from <= 30 * minuteMs));
});

test('a timer that rings early does no harm', async () => {
  const vendor = new Vendor();
  vendor.entries = [{ id: 'a', time: start, shownAt: start + 70 * minuteMs - 10 * minuteMs }];
  const sleep = async (ms: number): Promise<void> => {
    vendor.now += Math.max(1, ms - 5);
  };
  Object.assign(vendor.surroundings, { sleep });
  assert.deepEqual([...new Set(idsIn(await vendor.read(undefined, start + 90 * minuteMs)))], ['a']);
});

test('a clock that ran ahead and was set right loses nothing, in one life and over a restart', async () => {
  for (const isRestarted of [false, true]) {
    const vendor = new Vendor();
    let aheadMs = 180 * minuteMs;
    const surroundings = { ...vendor.surroundings, clock: () => vendor.now + aheadMs };
    vendor.entries = [10, 30, 100].map((minutes) => {
      const time = start + minutes * minuteMs;
      return { id: `e${minutes}`, time, shownAt: time + 30 * minuteMs };
    });
    const seen: Step[] = [];
    const read = async (until: number): Promise<void> => {
      for await (const step of readWindows(vendor.log, cursorAfter(seen), start - 60 * minuteMs, surroundings)) {
        seen.push(step);
        if (!isRestarted && vendor.now > start + 5 * minuteMs) aheadMs = 0;
        if (vendor.now >= until) return;
      }
    };
    if (isRestarted) await read(start + 5 * minuteMs);
    if (isRestarted) aheadMs = 0;
    await read(start + 170 * minuteMs);
    assert.deepEqual([...new Set(idsIn(seen))].sort(), ['e10', 'e100', 'e30']);
    assert.deepEqual(gapsIn(seen), []);
  }
});
