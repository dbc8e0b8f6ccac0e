import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDetection } from '#detection/detect.ts';
import { compileHouse } from '#detection/rules/compile-house.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { readRecords } from '#detection/sources/read-records.ts';
import { createRestorer } from '#detection/sources/restore-event.ts';
import type { Event } from '#model/event.ts';
import { openStore } from '#store/open-store.ts';
import { createFeed } from './feed.ts';
import { createFlow } from './flow.ts';
import { openSourceHealth } from './source-health.ts';

/** In the words of the vendor's own columns and fields, as public rules are written. */
const text = `
title: A call by URI
name: call
logsource: { product: salesforce }
detection:
  rest: { EVENT_TYPE: RestApi, URI|startswith: /services/ }
  condition: rest
---
title: Three calls in one session
name: three-calls
level: high
correlation:
  type: event_count
  rules: [call]
  group-by: [SESSION_KEY]
  timespan: 30d
  condition: { gte: 3 }
`;

const sources = await findSources();
const logs = new URL('../../examples/stolen-token/logs/event-log-files/', import.meta.url);

async function storyEvents(): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (const name of (await readdir(logs)).filter((each) => each.endsWith('_RestApi.csv')))
    for await (const spans of readRecords([await readFile(new URL(name, logs))], { file: name, sources }))
      for (const span of spans) if (span.fate === 'accepted') events.push(span.event);
  return events.sort((one, other) => one.time - other.time);
}

/** One life of the house, from opening its store to closing it. Tells the keys of its findings. */
async function live(directory: string, events: readonly Event[]): Promise<readonly string[]> {
  const rules = await compileHouse([{ name: 'own.yml', text }], []);
  assert.ok(rules.ok, JSON.stringify(rules));
  const opened = await openStore({ directory });
  assert.ok(opened.ok);
  const store = opened.value;
  const found: string[] = [];
  const detection = createDetection({ rules: rules.value.ruleSet });
  const feed = createFeed({
    store,
    detection,
    health: openSourceHealth(sources, undefined),
    flow: createFlow(),
    houseClock: Date.now,
    restore: createRestorer(sources),
    tell: ({ findings }) => found.push(...findings.map(({ key }) => key)),
    total: await store.events.total(),
  });
  await feed.replay(0);
  await feed.feed(events);
  await store.close();
  return found;
}

test('a correlation over the vendor’s own columns goes on after a restart as if there had been none', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-restart-'));
  try {
    const events = await storyEvents();
    const without = await live(join(directory, 'whole'), events);
    assert.ok(without.length > 0);
    for (const at of [1, 2, Math.floor(events.length / 2)]) {
      const place = join(directory, `cut-${at}`);
      const before = await live(place, events.slice(0, at));
      assert.deepEqual([...before, ...(await live(place, events.slice(at)))], without, `restarted after ${at} events`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
