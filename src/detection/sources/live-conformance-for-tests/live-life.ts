/** Test-only: one life of the intake, from opening the store to closing it, with a live source followed in it. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LiveBlock } from '#configuration/live-blocks.ts';
import { createRestorer } from '#detection/sources/restore-event.ts';
import { createFeed } from '#intake/feed.ts';
import { createFlow } from '#intake/flow.ts';
import { followLive } from '#intake/follow-live.ts';
import { createOrderedFeed } from '#intake/ordered-feed.ts';
import { openSourceHealth } from '#intake/source-health.ts';
import { createStreamBook } from '#intake/stream-book.ts';
import { createHooks, type Hooks } from '#intake/take-hooks.ts';
import type { Event } from '#model/event.ts';
import type { LiveSource } from '#model/live-source.ts';
import type { KeptGap, Store } from '#model/records.ts';
import type { Source } from '#model/source.ts';
import type { SourceHealth } from '#model/wire.ts';
import { openStore } from '#store/open-store.ts';

/** Waits are cut to this, so that a trial takes no longer than it must. */
const longestSleepMs = 20;

export interface LiveLife {
  readonly store: Store;
  /** Keys in the order in which detection was shown them, since the first life. */
  readonly observed: string[];
  readonly bugs: readonly unknown[];
  readonly hooks: Hooks;
  gaps(): Promise<readonly KeptGap[]>;
  sources(): readonly SourceHealth[];
  close(): Promise<void>;
}

export interface LifeWish {
  readonly directory: string;
  readonly live: LiveSource;
  readonly source: Source;
  readonly settings: unknown;
  /** Continued from earlier lives. */
  readonly observed?: string[];
  readonly withinMs?: number;
}

export async function openLife({ directory, live, source, settings, observed = [], withinMs = 100 }: LifeWish) {
  const opened = await openStore({ directory });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  const store = opened.value;
  const stop = new AbortController();
  const bugs: unknown[] = [];
  const health = openSourceHealth([source], undefined);
  const observe = (events: readonly Event[]) => {
    observed.push(...events.map(({ key }) => key));
    return { findings: [], incidents: [] };
  };
  const feed = createOrderedFeed({
    feed: createFeed({
      store,
      health,
      flow: createFlow(),
      houseClock: Date.now,
      restore: createRestorer([source]),
      tell: () => undefined,
      total: await store.events.total(),
      detection: { observe, grantHistory: () => undefined },
    }),
    withinMs,
    clock: Date.now,
    alarm(ms, ring) {
      const timer = setTimeout(ring, ms);
      return () => clearTimeout(timer);
    },
  });
  const block: LiveBlock = { source: live, name: live.name, since: { beforeMs: 86_400_000 }, settings };
  const streams = createStreamBook([source], store.gaps);
  const intake = {
    feed,
    sources: [source],
    health,
    streams,
    store,
    clock: Date.now,
    random: Math.random,
    signal: stop.signal,
    sleep: (ms: number) => wait(Math.min(ms, longestSleepMs), undefined, { signal: stop.signal }),
    reportBug: (error: unknown) => void bugs.push(error),
  };
  const hooks = createHooks([block], intake);
  await hooks.open();
  const following = followLive([block], intake);
  following.catch((error: unknown) => bugs.push(error));
  const life: LiveLife = {
    store,
    observed,
    bugs,
    hooks,
    gaps: () => store.gaps.touching(0, Number.MAX_SAFE_INTEGER),
    sources: () => streams.beside(health.views(Date.now()), Date.now()),
    async close() {
      stop.abort();
      await feed.close();
      await following;
      await hooks.settled();
      await store.close();
    },
  };
  return life;
}
