/** Test-only: what every live source owes, tried on the emulator of its vendor through the real runner and store. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readRecords } from '#detection/sources/read-records.ts';
import type { LiveSource } from '#model/live-source.ts';
import type { Source } from '#model/source.ts';
import type { EventPage, NowView, SourcesView } from '#model/wire.ts';
import { startServer } from './killed-server.ts';
import { type LiveLife, openLife } from './live-life.ts';
import type { LiveTrial, RunningTrial, TrialFault } from './live-trial.ts';

export interface Conforming {
  readonly live: LiveSource;
  readonly source: Source;
  readonly trial: LiveTrial;
  /** Instead of `cordon`, for a source that is not in the house. */
  readonly program?: string;
}

const patienceMs = 30_000;
const minuteMs = 60_000;

/** Faults that come while the stream is followed, and end. */
const passing = ['duplicates', 'reordering', 'throttled', 'broken', 'half-open', 'restart'] as const;

/** Every event exactly once in the store and before detection, nothing lost, every gap told once: whatever the vendor does. */
export function liveSourceConforms(conforming: Conforming): void {
  const { live, trial } = conforming;
  const skipped = (fault: TrialFault) => ({ skip: trial.cannot?.[fault] ?? false });
  describe(`the live source ${live.name}`, { timeout: 180_000 }, () => {
    it('reads all there is and goes on with what comes', (context) =>
      tryOn(conforming, context, async (stage) => {
        await stage.put(40);
        await stage.open();
        await stage.allRead();
        await stage.put(20);
        await stage.allRead();
      }));

    for (const fault of passing)
      it(`survives ${fault}`, skipped(fault), (context) =>
        tryOn(conforming, context, async (stage) => {
          await stage.put(20);
          await stage.open();
          await stage.stored(5);
          await stage.put(20);
          await stage.running.fault(fault);
          await stage.put(20);
          await wait(400);
          await stage.running.mend();
          await stage.put(10);
          await stage.allRead();
        }),
      );

    it('survives expired-cursor', skipped('expired-cursor'), (context) =>
      tryOn(conforming, context, async (stage) => {
        await stage.put(20);
        await stage.open();
        await stage.allRead();
        await stage.close();
        await stage.put(20);
        await stage.running.fault('expired-cursor');
        await stage.open();
        await stage.put(10);
        await stage.allRead();
      }),
    );

    it('tells a gap, once', skipped('gap'), (context) =>
      tryOn(conforming, context, async (stage) => {
        await stage.put(20);
        await stage.open();
        await stage.allRead();
        await stage.close();
        await stage.put(20);
        await stage.running.fault('gap');
        const lost = stage.running.lost();
        assert.ok(lost.length > 0, 'the fault makes something unreachable');
        await stage.put(10);
        await stage.open();
        await stage.allRead();
        const gaps = await stage.life.gaps();
        for (const time of lost)
          assert.ok(
            gaps.some(({ from, to }) => from <= time && time <= to),
            `no gap covers ${new Date(time).toISOString()}: ${JSON.stringify(gaps)}`,
          );
        for (const { why } of gaps) assert.match(why, /\w+ \w+/, 'a gap says why');
        await stage.close();
        await stage.open();
        await stage.put(5);
        await stage.allRead();
        assert.deepEqual(await stage.life.gaps(), gaps, 'it is told once');
      }),
    );

    it('goes on where it was after every restart', (context) =>
      tryOn(conforming, context, async (stage) => {
        for (let round = 0; round < 8; round += 1) {
          await stage.put(10);
          await stage.open();
          await stage.stored((round + 1) * 4);
          await stage.close();
        }
        await stage.open();
        await stage.allRead();
      }));

    it('loses nothing and repeats nothing when Cordon is killed', (context) => surviveKills(conforming, context));
  });
}

/** Puts events, follows them in lives one after the other, and looks at what came of it. */
class Stage {
  readonly running: RunningTrial;
  readonly #conforming: Conforming;
  readonly #directory: string;
  readonly #observed: string[] = [];
  readonly #settings: unknown;
  #life: LiveLife | undefined;
  #put = 0;

  constructor(conforming: Conforming, running: RunningTrial, directory: string) {
    this.running = running;
    this.#conforming = conforming;
    this.#directory = directory;
    this.#settings = settingsOf(conforming.live, running);
  }

  get life(): LiveLife {
    if (this.#life === undefined) throw new Error('no life is open');
    return this.#life;
  }

  /** Events of the last two hours, each a second after the one before. */
  async put(count: number): Promise<void> {
    await this.running.put(timesAfter(this.#put, count));
    this.#put += count;
  }

  async open(): Promise<void> {
    const { live, source } = this.#conforming;
    const observed = this.#observed;
    this.#life = await openLife({ directory: this.#directory, live, source, settings: this.#settings, observed });
  }

  async close(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    if (life === undefined) return;
    const before = performance.now();
    await life.close();
    assert.ok(performance.now() - before < 3_000, 'it closes promptly');
    assert.deepEqual(life.bugs, [], 'no bug was reported');
  }

  async stored(count: number): Promise<void> {
    await until(`${count} events are stored`, async () => (await this.life.store.events.total()) >= count, this.#tell);
  }

  /** Waits for the last event that can be had, and a little longer: nothing more may come. */
  async allRead(): Promise<void> {
    const expected = await keysOf(this.#conforming.source, this.running);
    await until('all is stored', async () => (await this.#keys()).length >= expected.length, this.#tell);
    await wait(150);
    assert.deepEqual(await this.#keys(), expected, 'the store holds each event once, and no other');
    assert.deepEqual(this.#observed.toSorted(), expected, 'detection was shown each event once');
    const [health] = this.life.sources();
    assert.equal(health!.quarantined, 0, 'every record could be read');
  }

  async #keys(): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const batch of this.life.store.events.replay(0)) keys.push(...batch.map(({ key }) => key));
    return keys.toSorted();
  }

  readonly #tell = (): string => JSON.stringify([this.#life?.sources(), this.#life?.bugs.map(String)]);
}

async function tryOn(
  conforming: Conforming,
  context: TestContext,
  act: (stage: Stage) => Promise<void>,
): Promise<void> {
  const directory = newDirectory(context);
  const running = await conforming.trial.start();
  const stage = new Stage(conforming, running, join(directory, 'data'));
  try {
    await act(stage);
  } finally {
    try {
      await stage.close();
    } finally {
      await running.close();
    }
  }
}

/** Events that happen now wait in memory for those before them: what a kill takes there must come again. */
async function surviveKills({ live, source, trial, program }: Conforming, context: TestContext): Promise<void> {
  const directory = newDirectory(context);
  const running = await trial.start();
  const yaml = {
    dataDirectory: 'data',
    arrival: { orderWithinSeconds: 1 },
    live: [{ source: live.name, ...running.settings }],
  };
  // YAML 1.2 is a superset of JSON.
  writeFileSync(join(directory, 'cordon.yaml'), JSON.stringify(yaml));
  const start = () => startServer(directory, running.environment, program);
  let server = await start();
  try {
    for (let round = 0; round < 3; round += 1) {
      await running.put(timesAfter(round * 20, 20));
      await running.put(recentTimes(5));
      await until('something is stored', async () => (await totalOf(server)) > round * 10, server.errors);
      await running.put(recentTimes(5));
      await wait(100 * round);
      await server.end('SIGKILL');
      server = await start();
    }
    const expected = await keysOf(source, running);
    const tell = async () => JSON.stringify((await server.ask<SourcesView>('/sources')).sources) + server.errors();
    await until('all is stored', async () => (await totalOf(server)) >= expected.length, tell);
    await wait(300);
    const { rows } = await server.ask<EventPage>(`/events?limit=${Math.min(500, expected.length + 10)}`);
    assert.deepEqual(rows.map(({ key }) => key).toSorted(), expected);
    assert.equal(server.errors(), '');
  } finally {
    await server.end('SIGTERM');
    await running.close();
  }
}

const totalOf = async (server: { ask<Answer>(path: string): Promise<Answer> }): Promise<number> =>
  (await server.ask<NowView>('/now')).totals.events;

function newDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-live-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Distinct seconds of the last two hours, each number once. */
function timesAfter(first: number, count: number): readonly number[] {
  const begin = Math.floor((Date.now() - 120 * minuteMs) / minuteMs) * minuteMs;
  return Array.from({ length: count }, (_, index) => begin + (first + index) * 1_000);
}

/** The last milliseconds: distinct, and none in the future. */
function recentTimes(count: number): readonly number[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => now - (count - index) * 2);
}

/** The settings as cordon.yaml would give them, references resolved. */
function settingsOf(live: LiveSource, { settings, environment }: RunningTrial): unknown {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const { env } = value as { readonly env?: string };
    if (typeof env === 'string' && Object.keys(value).length === 1) return environment[env];
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
  };
  return live.settings.parse(resolve(settings));
}

/** Keys of all that was put and can still be had. */
async function keysOf(source: Source, running: RunningTrial): Promise<readonly string[]> {
  const lost = new Set(running.lost());
  const keys: string[] = [];
  for (const { name, content } of running.files())
    for await (const spans of readRecords([Buffer.from(content)], { file: name, sources: [source] }))
      for (const span of spans) {
        assert.notEqual(span.fate, 'quarantined', `${name} of the trial holds what cannot be read`);
        if (span.fate === 'accepted' && !lost.has(span.event.time)) keys.push(span.event.key);
      }
  return keys.toSorted();
}

async function until(what: string, is: () => Promise<boolean>, tell: () => string | Promise<string>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await is())) {
    if (Date.now() > deadline) throw new Error(`it never happened that ${what}: ${await tell()}`);
    await wait(20);
  }
}
