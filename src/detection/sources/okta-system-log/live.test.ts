import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { type Okta, type OktaOptions, startOkta } from '#emulators/okta/okta.ts';
import type { HookAnswer, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import {
  cursorAfter,
  gapsIn,
  keysIn,
  piecesIn,
  quickSurroundings,
  takeSteps,
} from '../live-steps-for-tests/live-steps.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const minuteMs = 60_000;
let now = Date.now();
const options: OktaOptions = { requestsPerMinute: 1_000_000, clock: () => now };
let okta: Okta;
before(async () => {
  okta = await startOkta(options);
});
after(() => okta.close());
beforeEach(() => {
  now = Date.now();
  okta.control.mend();
  okta.control.forget();
});

const tokenSettings = () => ({
  url: okta.url,
  signIn: { grant: 'api_token', apiToken: okta.apiToken },
  hookSecret: 'a secret of sixteen',
  pollSeconds: 0.1,
  answerSeconds: 1,
});
const keySettings = (of: Okta) => ({
  ...tokenSettings(),
  url: of.url,
  signIn: { grant: 'private_key', clientId: of.clientId, privateKey: of.privateKey },
});
const streamOf = (settings: object, surroundings: Surroundings = quickSurroundings(() => now)): LiveStream =>
  live.streams(live.settings.parse(settings), surroundings)[0]!;

/** Events some minutes ago; their keys. */
async function put(...minutesAgo: readonly number[]): Promise<readonly string[]> {
  const added = await okta.control.put(minutesAgo.map((minutes) => now - minutes * minuteMs));
  return keysIn(
    [{ name: 'put', content: Buffer.from(JSON.stringify(added.map(({ value }) => value))), arrivedAt: now }],
    source,
  );
}
const since = () => now - 60 * minuteMs;
const sorted = (keys: Iterable<string>) => [...new Set(keys)].sort();
const isCaughtUp = (steps: readonly Step[]): boolean => {
  const last = steps.at(-1);
  return last?.kind === 'read' && last.reachedUntil !== undefined && last.pieces.length === 0;
};

test('everything is yielded once, page after page, and a later reading goes on behind it', async () => {
  const first = await put(...Array.from({ length: 2300 }, (_, at) => 50 - at / 50));
  const steps = await takeSteps(streamOf(tokenSettings()), undefined, since(), isCaughtUp);
  const keys = await keysIn(piecesIn(steps), source);
  assert.equal(keys.length, 2300);
  assert.deepEqual(sorted(keys), sorted(first));
  now += minuteMs;
  const second = await put(30, 0.5);
  const more = await takeSteps(streamOf(tokenSettings()), cursorAfter(steps), since(), isCaughtUp);
  assert.deepEqual(sorted(await keysIn(piecesIn(more), source)), sorted(second));
  const asked = okta.control.calls().filter(({ path }) => path === '/api/v1/logs');
  assert.ok(asked.every(({ query }) => !query.includes('until') && query.includes('sortOrder=ASCENDING')));
});

for (const fault of ['throttled', 'broken', 'half-open', 'duplicates', 'reordering'] as const) {
  test(`${fault}: nothing is lost`, async () => {
    const keys = await put(40, 30, 20, 10);
    okta.control.fault(fault);
    if (fault === 'half-open') setTimeout(() => okta.control.mend(), 1500);
    const steps = await takeSteps(streamOf({ ...tokenSettings(), answerSeconds: 1 }), undefined, since(), isCaughtUp);
    assert.deepEqual(sorted(await keysIn(piecesIn(steps), source)), sorted(keys));
    assert.deepEqual(gapsIn(steps), []);
    if (fault === 'throttled' || fault === 'broken' || fault === 'half-open')
      assert.ok(
        steps.some(({ kind }) => kind === 'rest'),
        'the wait was not shown',
      );
  });
}

test('an expired cursor: resumed by time, nothing lost, no gap', async () => {
  const first = await put(40, 30);
  const steps = await takeSteps(streamOf(tokenSettings()), undefined, since(), isCaughtUp);
  const second = await put(29, 20);
  okta.control.expireCursors();
  const more = await takeSteps(streamOf(tokenSettings()), cursorAfter(steps), since(), isCaughtUp);
  assert.deepEqual(gapsIn(more), []);
  assert.deepEqual(sorted(await keysIn(piecesIn([...steps, ...more]), source)), sorted([...first, ...second]));
});

test('an expired cursor behind which events have gone: a gap up to the first that is there', async () => {
  await put(40, 30);
  const steps = await takeSteps(streamOf(tokenSettings()), undefined, since(), isCaughtUp);
  await put(25, 20);
  okta.control.forget();
  okta.control.expireCursors();
  const [kept] = [await put(10)];
  const more = await takeSteps(streamOf(tokenSettings()), cursorAfter(steps), since(), isCaughtUp);
  assert.deepEqual(
    gapsIn(more).map(({ from, to }) => [from, to]),
    [[now - 30 * minuteMs, now - 10 * minuteMs]],
  );
  assert.deepEqual(await keysIn(piecesIn(more), source), kept);
});

test('the rate limit is not used up: it rests until the minute is over', async () => {
  const slow = await startOkta({ requestsPerMinute: 20, clock: () => now });
  const surroundings = quickSurroundings(() => now);
  const rested = await takeSteps(
    streamOf({ ...tokenSettings(), ...keySettings(slow) }, surroundings),
    undefined,
    since(),
    (steps) => steps.some(({ kind }) => kind === 'rest'),
  ).finally(slow.close);
  const rest = rested.at(-1);
  assert.ok(rest?.kind === 'rest' && rest.until % minuteMs === 0 && rest.until > now);
  assert.equal(rested.filter(({ kind }) => kind === 'read').length, 18);
});

for (const requiresDpop of [false, true]) {
  test(`a service app signs in by its key${requiresDpop ? ' and proves possession of another' : ''}; an ended token is replaced`, async () => {
    const other = await startOkta({ ...options, requiresDpop });
    try {
      await other.control.put([now - minuteMs]);
      const stream = streamOf(keySettings(other));
      const steps = await takeSteps(stream, undefined, since(), isCaughtUp);
      assert.equal(piecesIn(steps).length, 1);
      other.control.expireTokens();
      await takeSteps(stream, cursorAfter(steps), since(), isCaughtUp);
      const signIns = other.control.calls().filter(({ path, status }) => path === '/oauth2/v1/token' && status === 200);
      assert.equal(signIns.length, 2);
    } finally {
      await other.close();
    }
  });
}

test('wrong credentials are refused in words that do not hold them', async () => {
  const settings = { ...tokenSettings(), signIn: { grant: 'api_token', apiToken: '00wrongtoken' } };
  const steps = await takeSteps(streamOf(settings), undefined, since(), (taken) => taken.at(-1)?.kind === 'failed');
  const [failed] = steps;
  assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'refused');
  assert.doesNotMatch(JSON.stringify(failed), /00wrongtoken/);
  const foreign = { ...keySettings(okta), signIn: { ...keySettings(okta).signIn, clientId: 'someone else' } };
  const [refused] = await takeSteps(streamOf(foreign), undefined, since(), (taken) => taken.at(-1)?.kind === 'failed');
  assert.ok(refused?.kind === 'failed' && refused.failure.kind === 'refused');
});

test('settings: no plain HTTP but to this machine, no key that does not sign', () => {
  const accepts = (settings: object) => live.settings.safeParse({ ...tokenSettings(), ...settings }).success;
  assert.ok(accepts({ url: 'https://brand.okta.com' }));
  assert.ok(!accepts({ url: 'http://brand.okta.com' }));
  assert.ok(!accepts({ url: 'https://token@brand.okta.com' }));
  assert.ok(!accepts({ signIn: { grant: 'private_key', clientId: 'x', privateKey: 'no PEM' } }));
  assert.ok(!accepts({ hookSecret: 'short' }));
  assert.ok(!accepts({ unknown: 1 }));
});

test('event hooks: verified, let in by their secret, and the same events as by polling', async () => {
  const surroundings = quickSurroundings(() => now);
  const settings = live.settings.parse(tokenSettings());
  const taken: Extract<HookAnswer, { kind: 'take' }>['pieces'][number][] = [];
  let refusals = 1;
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = request.headers as Record<string, string | undefined>;
    const asked = { method: request.method ?? '', headers, body: Buffer.concat(chunks) };
    const answer = live.hook!(settings, asked, surroundings);
    if (answer.kind === 'reply') {
      response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
      return;
    }
    // Once it is not durable: then it comes again.
    const isLost = refusals-- > 0;
    if (!isLost) taken.push(...answer.pieces);
    response.writeHead(isLost ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const register = async (value: string): Promise<string> => {
    const config = { uri, authScheme: { type: 'HEADER', key: 'Authorization', value } };
    const items = ['user.session.start', 'user.authentication.sso', 'user.authentication.auth_via_mfa'];
    const body = JSON.stringify({
      name: 'Cordon',
      events: { type: 'EVENT_TYPE', items },
      channel: { type: 'HTTP', version: '1.0.0', config },
    });
    const headers = { authorization: `SSWS ${okta.apiToken}`, 'content-type': 'application/json' };
    const made = await (await fetch(`${okta.url}/api/v1/eventHooks`, { method: 'POST', headers, body })).json();
    const verify = `${okta.url}/api/v1/eventHooks/${Object(made).id}/lifecycle/verify`;
    return Object(await (await fetch(verify, { method: 'POST', headers })).json()).verificationStatus;
  };
  try {
    assert.equal(await register('a wrong secret, long'), 'VERIFIED');
    assert.equal(await register(settings.hookSecret!), 'VERIFIED');
    okta.control.fault('duplicates');
    const keys = await put(3, 2, 1);
    assert.equal(taken.length, 2);
    assert.deepEqual(sorted(await keysIn(taken, source)), sorted(keys));
    okta.control.mend();
    const polled = await takeSteps(streamOf(tokenSettings()), undefined, since(), isCaughtUp);
    assert.deepEqual(sorted(await keysIn(piecesIn(polled), source)), sorted(keys));
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

test('a hook refuses what is not from Okta', () => {
  const settings = live.settings.parse(tokenSettings());
  const ask = (
    request: { method?: string; headers?: Record<string, string>; body?: string },
    of: typeof settings = settings,
  ) => {
    const {
      method = 'POST',
      headers = { authorization: settings.hookSecret! },
      body = '{"data":{"events":[{}]}}',
    } = request;
    const answer = live.hook!(of, { method, headers, body: Buffer.from(body) }, quickSurroundings());
    return answer.kind === 'reply' ? answer.status : answer.kind;
  };
  assert.equal(ask({}), 'take');
  assert.equal(ask({ headers: {} }), 401);
  assert.equal(ask({ headers: { authorization: `${settings.hookSecret} ` } }), 401);
  assert.equal(ask({ body: 'no JSON' }), 400);
  assert.equal(ask({ body: 'null' }), 400);
  assert.equal(ask({ method: 'PUT' }), 405);
  assert.equal(ask({ method: 'GET', headers: { 'x-okta-verification-challenge': 'x'.repeat(300) } }), 400);
  const { hookSecret: _, ...without } = settings;
  assert.equal(ask({}, without), 404);
});
