import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { findSources } from '#detection/sources/find-sources.ts';
import type { Event } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import type { Fed } from './feed.ts';
import { type Alarm, createOrderedFeed } from './ordered-feed.ts';
import { readLivePiece } from './read-live-piece.ts';
import { openSourceHealth } from './source-health.ts';
import { watchFiles } from './watch-files.ts';

const okta = (uuid: string): string =>
  `${JSON.stringify({
    uuid,
    published: '2026-11-23T10:00:00.000Z',
    eventType: 'user.session.start',
    version: '0',
    severity: 'INFO',
    actor: { id: '00u1', type: 'User', alternateId: 'a@house.example', displayName: 'A' },
    outcome: { result: 'SUCCESS' },
    client: { ipAddress: '203.0.113.5' },
    target: [],
  })}\n`;

let directory: string;
let sources: readonly Source[];
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-watch-'));
  sources = await findSources();
});
after(() => rmSync(directory, { recursive: true }));

/** Watches `path` on a store that keeps what it is given, until `until` holds or the time is over. */
async function watch(
  path: string,
  settings: Map<string, unknown>,
  seen: Set<string>,
  until: () => boolean,
  longestMs = 5_000,
) {
  const stop = new AbortController();
  const health = openSourceHealth(sources, undefined);
  const batches: (readonly Event[])[] = [];
  const feed = {
    async feed(events: readonly Event[]): Promise<Fed> {
      batches.push(events);
      const added = new Set(events.map(({ key }) => key).filter((key) => !seen.has(key)));
      for (const key of added) seen.add(key);
      health.arrived(events, added);
      return { added: added.size, keys: added, findings: [], incidents: [] };
    },
    replay: async () => undefined,
    total: () => seen.size,
  };
  const store = {
    get: async (key: string) => settings.get(key),
    set: async (key: string, value: unknown) => void settings.set(key, JSON.parse(JSON.stringify(value))),
  };
  const ordered = {
    add: async (events: readonly Event[]) => ({ added: (await feed.feed(events)).added, duplicates: 0 }),
    room: async () => undefined,
  };
  const intake = { feed, ordered, health, sources, settings: store, clock: Date.now, signal: stop.signal };
  const watching = watchFiles([{ path, everySeconds: 0.02 }], intake);
  for (let waited = 0; waited < longestMs && !until(); waited += 20) await setTimeout(20);
  stop.abort();
  await watching;
  return { health, events: batches.flat() };
}

test('new and grown files are read once, over restarts too', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const path = join(directory, 'logs');
  mkdirSync(path);
  writeFileSync(join(path, 'one.ndjson'), okta('a'));
  const first = await watch(path, settings, seen, () => seen.size === 1 && settings.size > 0);
  assert.equal(first.events.length, 1);
  const rested = await watch(path, settings, seen, () => false, 300);
  assert.equal(rested.events.length, 0, 'nothing is read twice');
  appendFileSync(join(path, 'one.ndjson'), okta('b'));
  writeFileSync(join(path, 'two.ndjson'), okta('c'));
  await watch(path, settings, seen, () => seen.size === 3);
  assert.deepEqual([...seen].map((key) => key.split(':')[1]).sort(), ['a', 'b', 'c']);
});

const read = (events: readonly Event[]): readonly string[] => events.map(({ key }) => key.split(':')[1]!);

test('a file of lines is read on where the last reading ended, and a line once it is ended', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const path = join(directory, 'lines');
  mkdirSync(path);
  const file = join(path, 'one.ndjson');
  writeFileSync(file, okta('a') + okta('b'));
  await watch(path, settings, seen, () => settings.size > 0);
  const [head, tail] = [okta('d').slice(0, 40), okta('d').slice(40)];
  const { events, health } = await watch(path, settings, seen, () => {
    if (seen.size === 2) appendFileSync(file, okta('c') + head);
    if (seen.size === 3) appendFileSync(file, tail + okta('e'));
    return seen.size >= 5;
  });
  assert.deepEqual(read(events).slice(0, 3).sort(), ['c', 'd', 'e']);
  const { duplicates, quarantined } = health.views(Date.now()).find(({ name }) => name === 'okta-system-log')!;
  assert.deepEqual({ duplicates, quarantined }, { duplicates: 0, quarantined: 0 });
  const offset = Buffer.byteLength(okta('a') + okta('b'));
  assert.deepEqual(events[0]!.origin, { file, offset, bytes: Buffer.byteLength(okta('c')) - 1 });
});

test('a last line without its end is read when the file rests', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const file = join(directory, 'endless.ndjson');
  writeFileSync(file, okta('a'));
  await watch(file, settings, seen, () => settings.size > 0);
  appendFileSync(file, okta('b').trimEnd());
  await watch(file, settings, seen, () => seen.size === 2);
  assert.equal(seen.size, 2);
  const rested = await watch(file, settings, seen, () => false, 200);
  assert.equal(rested.events.length, 0);
});

test('rotated, begun anew or cut short, a file of lines loses nothing and tells nothing twice', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const path = join(directory, 'rotated');
  mkdirSync(path);
  const file = join(path, 'log.ndjson');
  writeFileSync(file, okta('a') + okta('b'));
  await watch(path, settings, seen, () => settings.size > 0);
  appendFileSync(file, okta('c'));
  renameSync(file, join(path, 'log.ndjson.1'));
  writeFileSync(file, okta('d') + okta('e') + okta('f') + okta('g'));
  const rotated = await watch(path, settings, seen, () => seen.size === 7);
  assert.deepEqual([...read(rotated.events)].sort(), ['c', 'd', 'e', 'f', 'g']);
  writeFileSync(file, okta('h'));
  const short = await watch(path, settings, seen, () => seen.size === 8);
  assert.deepEqual(read(short.events), ['h']);
  writeFileSync(file, okta('i') + okta('j') + okta('k'));
  const anew = await watch(path, settings, seen, () => seen.size === 11);
  assert.deepEqual([...read(anew.events)].sort(), ['i', 'j', 'k']);
});

test('a place that is not there fails with words, and recovers when it comes', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const path = join(directory, 'later');
  const { health } = await watch(path, settings, seen, () => false, 300);
  const failing = health.views(Date.now()).find(({ name }) => name === path);
  assert.equal(failing?.state, 'failing');
  assert.match(String(failing?.lastError), /nothing there/);
  mkdirSync(path);
  writeFileSync(join(path, 'one.ndjson'), okta('d'));
  const there = await watch(path, settings, seen, () => seen.size === 1);
  assert.ok(there.health.views(Date.now()).every(({ name }) => name !== path));
});

const zeekHead =
  '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tconn_state\torig_bytes\n#types\ttime\tstring\taddr\taddr\tstring\tcount\n';
const zeekRow = (uid: string): string => `1795946400.120000\t${uid}\t10.0.0.1\t203.0.113.5\tSF\t42\n`;
const uidsOf = (events: readonly Event[]): readonly string[] =>
  events.map(({ slots }) => slots['metadata.correlation_uid'] ?? '').sort();

test('Zeek’s tab-separated log is read on by lines, and rotated into gzip it tells what was not read yet, once', async () => {
  const [settings, seen] = [new Map<string, unknown>(), new Set<string>()];
  const path = join(directory, 'zeek');
  mkdirSync(path);
  const file = join(path, 'conn.log');
  writeFileSync(file, zeekHead + zeekRow('a'));
  await watch(path, settings, seen, () => settings.size > 0);
  const grown = await watch(path, settings, seen, () => {
    if (seen.size === 1) appendFileSync(file, zeekRow('b'));
    return seen.size === 2;
  });
  assert.deepEqual(uidsOf(grown.events), ['b'], 'only what was added is read');
  appendFileSync(file, `${zeekRow('c')}#close\t2026-11-23-11-00-00\n`);
  mkdirSync(join(path, '2026-11-23'));
  writeFileSync(join(path, '2026-11-23', 'conn.log.gz'), gzipSync(readFileSync(file)));
  writeFileSync(file, zeekHead + zeekRow('d'));
  await watch(path, settings, seen, () => seen.size === 4);
  assert.equal(seen.size, 4, 'each record has the one key wherever it stands');
});

test('what files and streams bring at one time is fed in the order in which it happened', async () => {
  const fed: string[] = [];
  const feed = {
    async feed(events: readonly Event[]): Promise<Fed> {
      fed.push(...read(events));
      return { added: events.length, keys: new Set(events.map(({ key }) => key)), findings: [], incidents: [] };
    },
    replay: async () => undefined,
    total: () => fed.length,
  };
  const begin = Date.now();
  const at = (name: string, ms: number): string =>
    okta(name).replace('2026-11-23T10:00:00.000Z', new Date(begin + ms).toISOString());
  const ordered = createOrderedFeed({ feed, withinMs: 400, clock: Date.now, alarm });
  const stop = new AbortController();
  const health = openSourceHealth(sources, undefined);
  const settings = { get: async () => undefined, set: async () => undefined };
  const file = join(directory, 'order.ndjson');
  writeFileSync(file, at('third', 30) + at('first', 10));
  const intake = { feed, ordered, health, sources, settings, clock: Date.now, signal: stop.signal };
  const watching = watchFiles([{ path: file, everySeconds: 0.02 }], intake);
  await setTimeout(100);
  const piece = { name: 'a stream', content: Buffer.from(at('second', 20)), arrivedAt: Date.now() };
  await readLivePiece(piece, {
    sources,
    quarantined: () => undefined,
    take: async (events) => void ordered.add(events).catch(() => undefined),
  });
  for (let waited = 0; waited < 2_000 && fed.length < 3; waited += 20) await setTimeout(20);
  stop.abort();
  await ordered.close();
  await watching;
  assert.deepEqual(fed, ['first', 'second', 'third']);
});

const alarm: Alarm = (ms, ring) => {
  const timer = globalThis.setTimeout(ring, ms);
  return () => clearTimeout(timer);
};
