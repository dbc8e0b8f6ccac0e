import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PubSub } from '#emulators/salesforce/pub-sub/serve-pub-sub.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Cursor, LiveStream, Step } from '#model/live-source.ts';
import type { Failure } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const topic = '/event/ApiEventStream';
const keepAliveMs = 100;
const hour = 3_600_000;
let now = Date.UTC(2026, 10, 23, 12);
let crm: Salesforce;
let bus: PubSub;
let closing = new AbortController();

before(async () => {
  crm = await startSalesforce({ pubSub: { keepAliveMs }, clock: () => now });
  bus = crm.pubSub!;
});
beforeEach(() => {
  closing = new AbortController();
});
afterEach(() => {
  closing.abort();
  bus.clearFaults();
  bus.forget();
});
after(() => crm.close());

function streamsOf(more: JsonObject = {}): readonly LiveStream[] {
  const { clientId, clientSecret } = crm.apps[0]!;
  const settings = live.settings.parse({
    instanceUrl: crm.url,
    endpoint: bus.endpoint,
    signIn: { grant: 'client_credentials', clientId, clientSecret },
    topics: [topic],
    silentAfterSeconds: 0.5,
    ...more,
  });
  const surroundings = {
    clock: () => now,
    sleep: (ms: number) => delay(ms),
    random: () => 0.5,
    signal: closing.signal,
  };
  return live.streams(settings, surroundings);
}

const event = (name: string, time = now): JsonObject => ({
  EventDate: new Date(time).toISOString(),
  EventIdentifier: name,
  UserId: '0055j00000HouSEAA0',
  Username: 'Loyalty@House.example',
  ApiType: 'REST',
  Operation: 'Query',
  Query: 'SELECT Id FROM Contact',
  RowsReturned: 2000,
  ElapsedTime: 7,
});
const publish = (names: readonly string[], time = now) => {
  for (const name of names) bus.publish(topic, event(name, time));
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `e${from + at}`);

interface Read {
  readonly steps: readonly Step[];
  readonly keys: readonly string[];
  readonly cursor: Cursor | undefined;
  readonly failure: Failure | undefined;
  readonly gaps: readonly Extract<Step, { kind: 'gap' }>[];
}

/** Takes steps until enough is there or the stream fails. */
async function readUntil(
  isEnough: (keys: readonly string[], step: Step) => boolean,
  from: { readonly cursor?: Cursor | undefined; readonly since?: number; readonly stream?: LiveStream } = {},
): Promise<Read> {
  const { cursor, since = now - 24 * hour, stream = streamsOf()[0]! } = from;
  const steps: Step[] = [];
  const keys: string[] = [];
  for await (const step of stream.read(cursor, since)) {
    steps.push(step);
    if (step.kind === 'read') keys.push(...step.pieces.flatMap(({ content }) => keysIn(content as Uint8Array)));
    if (step.kind === 'failed' || isEnough(keys, step)) break;
  }
  const last = steps.at(-1);
  return {
    steps,
    keys,
    cursor: steps.findLast((step) => step.kind === 'read' || step.kind === 'gap')?.cursor ?? cursor,
    failure: last?.kind === 'failed' ? last.failure : undefined,
    gaps: steps.filter((step) => step.kind === 'gap'),
  };
}

function keysIn(content: Uint8Array): readonly string[] {
  const lines = Buffer.from(content).toString().trim().split('\n');
  return lines.map((line) => {
    const reading = source.readObject!(JSON.parse(line) as JsonObject);
    assert.ok(!('invalid' in reading), line);
    return String(reading.key);
  });
}

test('events come as the format reads them, with all that the real ones hold', async () => {
  publish(['one']);
  const { steps } = await readUntil((keys) => keys.length === 1);
  const step = steps[0]!;
  assert.ok(step.kind === 'read');
  const line = JSON.parse(Buffer.from(step.pieces[0]!.content as Uint8Array).toString()) as JsonObject;
  const reading = source.readObject!(line);
  assert.ok(!('invalid' in reading));
  const { slots } = reading;
  assert.deepEqual(
    [reading.time, reading.key, slots['metadata.event_code'], slots['unmapped.rows'], slots['actor.user.name']],
    [now, 'one', 'ApiEvent', 2000, 'loyalty@house.example'],
  );
  assert.deepEqual(slots['resources.type'], ['Contact']);
});

test('reading goes on behind the cursor, whatever step it comes from', async () => {
  publish(range(0, 130));
  const whole = await readUntil((keys) => keys.length >= 130);
  assert.deepEqual(whole.keys, range(0, 130));
  for (const [at, step] of whole.steps.entries()) {
    if (step.kind !== 'read') continue;
    const before = whole.steps
      .slice(0, at + 1)
      .flatMap((each) => (each.kind === 'read' ? each.pieces : []))
      .flatMap(({ content }) => keysIn(content as Uint8Array)).length;
    publish([`later${at}`]);
    const rest = await readUntil((keys) => keys.includes(`later${at}`), { cursor: step.cursor });
    assert.deepEqual(rest.keys.slice(0, 130 - before), range(before, 130));
  }
});

test('nothing is asked for ahead of the runner, and never more than 100', async () => {
  publish(range(0, 400));
  const steps = streamsOf()[0]!.read(undefined, 0)[Symbol.asyncIterator]();
  await steps.next();
  await delay(80);
  const before = now;
  now += 1;
  let had = 0;
  let arrivals = new Set<number>();
  for (;;) {
    const { value } = (await steps.next()) as { readonly value: Step };
    if (value.kind !== 'read' || value.pieces.length === 0) break;
    had += value.pieces.flatMap(({ content }) => keysIn(content as Uint8Array)).length;
    arrivals = arrivals.add(value.pieces[0]!.arrivedAt);
    if (had >= 360) break;
  }
  assert.equal(had, 360);
  assert.ok(!arrivals.has(before));
  await steps.return?.();
});

test('a keep-alive moves the cursor, so that a silent topic does not grow stale', async () => {
  const quiet = await readUntil((_, step) => step.kind === 'read');
  assert.deepEqual(quiet.steps[0]?.kind === 'read' && quiet.steps[0].pieces, []);
  publish(['later']);
  const next = await readUntil((keys) => keys.length === 1, { cursor: quiet.cursor });
  assert.deepEqual([next.keys, next.gaps], [['later'], []]);
});

test('what is older than the beginning asked for is left out', async () => {
  publish(['old'], now - 30 * hour);
  publish(['new'], now - hour);
  const { keys } = await readUntil((found) => found.length === 1);
  assert.deepEqual(keys, ['new']);
});

test('a replay id that has expired costs a gap, told before what follows it, and no loop', async () => {
  publish(['had'], now - hour);
  const first = await readUntil((keys) => keys.length === 1);
  publish(['lost']);
  now += 73 * hour;
  publish(['kept'], now);
  const second = await readUntil((keys) => keys.length === 1, { cursor: first.cursor, since: now - 100 * hour });
  assert.deepEqual(
    second.steps.map(({ kind }) => kind),
    ['gap', 'read'],
  );
  const { gap, cursor } = second.gaps[0]!;
  assert.ok(gap.from <= now - 73 * hour && gap.to >= now - 73 * hour, JSON.stringify(gap));
  assert.match(gap.why, /replayid\.corrupted/);
  assert.deepEqual(second.keys, ['kept']);
  const again = await readUntil((keys) => keys.length === 1, { cursor, since: now - 100 * hour });
  assert.deepEqual([again.gaps, again.keys], [[], ['kept']]);
});

test('where nothing is kept the gap reaches until now', async () => {
  publish(['had'], now - hour);
  const first = await readUntil((keys) => keys.length === 1);
  bus.forget();
  const second = await readUntil((_, step) => step.kind === 'read', { cursor: first.cursor });
  assert.deepEqual(
    second.gaps.map(({ gap }) => gap.to),
    [now],
  );
});

test('replay ids that are refused while the events are all there cost no gap', async () => {
  publish(range(0, 3));
  const first = await readUntil((keys) => keys.length === 3);
  bus.expireReplayIds();
  publish(['next']);
  const second = await readUntil((keys) => keys.includes('next'), { cursor: first.cursor });
  assert.deepEqual([second.gaps, second.keys], [[], [...range(0, 3), 'next']]);
  const nonsense = await readUntil((keys) => keys.includes('next'), { cursor: { replayId: 'bm9uc2Vuc2U=' } });
  assert.equal(nonsense.keys.length, 4);
});

test('a new release changes the schema in mid-stream', async () => {
  publish(['before']);
  bus.changeSchema(topic);
  publish(['behind']);
  const { keys } = await readUntil((found) => found.length === 2);
  assert.deepEqual(keys, ['before', 'behind']);
});

test('a token that ends is replaced without a failure', async () => {
  const stream = streamsOf()[0]!;
  publish(['before']);
  const read = readUntil((keys) => keys.includes('behind'), { stream });
  await delay(50);
  crm.control.expireAccess(crm.apps[0]!.clientId);
  publish(['behind']);
  const { keys, failure } = await read;
  assert.deepEqual([keys, failure], [['before', 'behind'], undefined]);
});

test('a session that is refused at once fails, and says why', async () => {
  const stream = streamsOf({ tenantId: '00D000000000000AAA' })[0]!;
  const { failure } = await readUntil(() => false, { stream });
  assert.ok(failure?.kind === 'refused');
  assert.match(failure.why, /service\.auth\.error/);
});

test('silence on a connection that stands is a failure', async () => {
  bus.setFault('half-open', true);
  const opened = await readUntil(() => false, { stream: streamsOf({ silentAfterSeconds: 0.2 })[0]! });
  assert.ok(opened.failure?.kind === 'broken');
  bus.setFault('half-open', false);
  const stream = streamsOf({ silentAfterSeconds: 0.2 })[0]!;
  const steps: Step[] = [];
  for await (const step of stream.read(undefined, 0)) {
    steps.push(step);
    bus.setFault('half-open', true);
    if (step.kind === 'failed') break;
  }
  const failed = steps.at(-1);
  assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'broken');
  assert.match(failed.failure.why, /nothing came for 0\.2 s/);
});

test('what the org does not stream fails alone, in words that say what to do', async () => {
  const [off, gone, on] = streamsOf({ topics: ['/event/LoginEventStream', '/event/NoSuchEvent', topic] });
  bus.switchOff('/event/LoginEventStream', true);
  publish(['one']);
  const [refused, missing, fine] = await Promise.all([
    readUntil(() => false, { stream: off! }),
    readUntil(() => false, { stream: gone! }),
    readUntil((keys) => keys.length === 1, { stream: on! }),
  ]);
  bus.switchOff('/event/LoginEventStream', false);
  assert.ok(refused.failure?.kind === 'refused');
  assert.match(refused.failure.why, /Event Manager/);
  assert.ok(missing.failure?.kind === 'gone');
  assert.deepEqual(fine.keys, ['one']);
});

test('a bus that refuses or breaks is broken for the runner to wait, and nothing is passed over', async () => {
  publish(range(0, 90));
  for (const fault of ['exhausted', 'unavailable'] as const) {
    bus.setFault(fault, true);
    const keys: string[] = [];
    let cursor: Cursor | undefined;
    let failures = 0;
    while (new Set(keys).size < 90) {
      const part = await readUntil((found) => keys.length + found.length >= 90, { cursor });
      keys.push(...part.keys);
      cursor = part.cursor;
      if (part.failure === undefined) continue;
      assert.equal(part.failure.kind, 'broken');
      assert.ok(++failures < 20);
    }
    assert.ok(failures > 0);
    assert.deepEqual(keys, range(0, 90));
    bus.clearFaults();
  }
});

test('a bus killed and started again is read on', async () => {
  publish(['before']);
  const stream = streamsOf()[0]!;
  const read = readUntil(() => false, { stream });
  await delay(80);
  await bus.restart();
  const { keys, cursor, failure } = await read;
  assert.equal(failure?.kind, 'broken');
  publish(['behind']);
  const rest = await readUntil((found) => found.length === 1, { stream, cursor });
  assert.deepEqual([keys, rest.keys], [['before'], ['behind']]);
});

test('closing ends a stream that waits', async () => {
  const steps = streamsOf()[0]!.read(undefined, 0)[Symbol.asyncIterator]();
  await steps.next();
  const next = steps.next();
  await delay(10);
  closing.abort();
  const { value } = (await next) as { readonly value: Step };
  assert.notEqual(value.kind, 'read');
});

test('gRPC is not loaded before an event bus is followed', () => {
  const file = new URL('live.ts', import.meta.url).href;
  const script = `await import('${file}');
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire('${file}').cache).filter((path) => /grpc|avsc|protobuf/.test(path)).length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout.trim(), '0', stderr);
});

test('settings say what is wrong with them', () => {
  const signIn = { grant: 'client_credentials', clientId: 'x', clientSecret: 'y' };
  const parse = (more: JsonObject) =>
    live.settings.safeParse({ instanceUrl: 'https://house.my.salesforce.com', signIn, ...more }).success;
  assert.equal(parse({}), true);
  for (const wrong of [
    { topics: [] },
    { topics: [topic, topic] },
    { topics: ['ApiEvent'] },
    { endpoint: 'https://api.pubsub.salesforce.com' },
    { tenantId: 'house' },
    { silentAfterSeconds: 0 },
    { instanceUrl: 'nonsense' },
    { colour: 'blue' },
  ])
    assert.equal(parse(wrong), false, JSON.stringify(wrong));
});
