import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Google, startGoogle } from '#emulators/google/google.ts';
import type { LiveStream, Step } from '#model/live-source.ts';
import { cursorAfter, keysIn, piecesIn, quickSurroundings, takeSteps } from '../live-steps-for-tests/live-steps.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const minuteMs = 60_000;
let google: Google;
before(async () => {
  google = await startGoogle();
});
after(() => google.close());
beforeEach(() => {
  google.control.mend();
  google.control.forget();
});

const settingsOf = (of: Google, more: object = {}) => ({
  serviceAccountKey: of.serviceAccountKey,
  administrator: of.administrator,
  apiUrl: of.url,
  pollSeconds: 0.1,
  lookBackSeconds: 3600,
  lookBackEverySeconds: 0.1,
  answerSeconds: 2,
  ...more,
});
const streamOf = (application: string, settings: object, surroundings = quickSurroundings()): LiveStream =>
  live.streams(live.settings.parse(settings), surroundings).find(({ name }) => name === application)!;
const since = () => Date.now() - 90 * minuteMs;
const sorted = (keys: Iterable<string>) => [...new Set(keys)].sort();
const keysOf = async (put: readonly { readonly value: object }[]) =>
  sorted(
    await keysIn(
      [{ name: 'put', content: Buffer.from(JSON.stringify(put.map(({ value }) => value))), arrivedAt: 0 }],
      source,
    ),
  );
const hasSettled = (steps: readonly Step[]): boolean => {
  const last = steps.at(-1);
  return last?.kind === 'read' && (last.reachedUntil ?? 0) > Date.now() - 61 * minuteMs;
};

test('each application is a stream of its own; an act of several events gives each of them', async () => {
  const times = [9, 7, 5].map((minutes) => Date.now() - minutes * minuteMs);
  for (const application of ['login', 'token', 'saml', 'admin'] as const) {
    const put = google.control.put(times, application);
    const steps = await takeSteps(streamOf(application, settingsOf(google)), undefined, since(), hasSettled);
    const keys = sorted(await keysIn(piecesIn(steps), source));
    assert.deepEqual(keys, await keysOf(put));
    assert.equal(keys.length, application === 'admin' ? 6 : 3);
  }
});

test('a crash in the middle of pages that come newest first loses nothing', async () => {
  const put = google.control.put(
    Array.from({ length: 2500 }, (_, at) => Date.now() - minuteMs - at),
    'login',
  );
  const first = await takeSteps(
    streamOf('login', settingsOf(google)),
    undefined,
    since(),
    (steps) => piecesIn(steps).length === 1,
  );
  google.control.expireCursors();
  const second = await takeSteps(streamOf('login', settingsOf(google)), cursorAfter(first), since(), hasSettled);
  assert.deepEqual(sorted(await keysIn(piecesIn(second), source)), await keysOf(put));
});

test('what becomes visible an hour later is read', async () => {
  const time = Date.now() - 50 * minuteMs;
  const put = google.control.put([time], 'token', 50 * minuteMs + 300);
  const steps = await takeSteps(
    streamOf('token', settingsOf(google)),
    undefined,
    since(),
    (taken) => piecesIn(taken).length > 0,
  );
  assert.deepEqual(sorted(await keysIn(piecesIn(steps), source)), await keysOf(put));
});

for (const [refusesBy, waitMs] of [
  ['rateLimitExceeded', 30_000],
  ['quotaExceeded', 3_600_000],
] as const) {
  test(`403 ${refusesBy} is a wait, not a refusal`, async () => {
    const busy = await startGoogle({ refusesBy });
    busy.control.fault('throttled');
    const surroundings = quickSurroundings();
    const put = busy.control.put([Date.now() - minuteMs], 'login');
    const steps = await takeSteps(
      streamOf('login', settingsOf(busy), surroundings),
      undefined,
      since(),
      hasSettled,
    ).finally(busy.close);
    assert.ok(surroundings.waits.includes(waitMs));
    assert.ok(steps.every(({ kind }) => kind !== 'failed'));
    assert.deepEqual(sorted(await keysIn(piecesIn(steps), source)), await keysOf(put));
  });
}

test('an administrator for whom the account may not act is refused in words that hold no key', async () => {
  const settings = settingsOf(google, { administrator: 'nobody@orfevre.example' });
  const [failed] = await takeSteps(
    streamOf('login', settings),
    undefined,
    since(),
    (steps) => steps.at(-1)?.kind === 'failed',
  );
  assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'refused');
  assert.match(failed.failure.why, /unauthorized_client/);
  assert.doesNotMatch(JSON.stringify(failed), /PRIVATE/);
});

test('settings: a key file that holds no key, or sends it anywhere in the clear, is none', () => {
  const accepts = (change: object) => {
    const key = { ...(JSON.parse(google.serviceAccountKey) as object), ...change };
    return live.settings.safeParse(settingsOf(google, { serviceAccountKey: JSON.stringify(key) })).success;
  };
  assert.ok(accepts({}));
  assert.ok(!accepts({ private_key: 'none' }));
  assert.ok(!accepts({ token_uri: 'http://elsewhere.example/token' }));
  assert.ok(!live.settings.safeParse(settingsOf(google, { serviceAccountKey: 'no JSON' })).success);
});
