import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createHouse } from '#emulators/house/house.ts';
import { createApps } from '#emulators/salesforce/oauth/app.ts';
import { type Salesforce, startSalesforce } from '#emulators/salesforce/salesforce.ts';
import type { Surroundings } from '#model/live-source.ts';
import { openSalesforce } from './ask-salesforce.ts';
import {
  type SalesforceSignIn,
  salesforceInstanceUrl,
  salesforceSignIn,
  signInToSalesforce,
} from './salesforce-sign-in.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const apps = createApps(createHouse({ seed: 1 }))
  .slice(0, 2)
  .map((app) => ({ ...app, publicKey: keys.publicKey }));
const [first, second] = apps as [(typeof apps)[number], (typeof apps)[number]];
const around: Surroundings = {
  clock: Date.now,
  sleep: (ms) => delay(ms),
  random: Math.random,
  signal: new AbortController().signal,
};
const limits = '/services/data/v64.0/limits';
let crm: Salesforce;
before(async () => {
  crm = await startSalesforce({ apps });
});
after(() => crm.close());

const secretOf = (clientSecret = first.clientSecret) =>
  ({ grant: 'client_credentials', clientId: first.clientId, clientSecret }) as const;
/** The org's REST API by this sign-in. */
const askBy = (signIn: SalesforceSignIn) => {
  const api = openSalesforce({ instanceUrl: crm.url, signIn, silenceMs: 30_000 }, around);
  return () => api.ask({ path: limits, needs: '"API Enabled"' });
};
const signIns = () => crm.control.requests().filter(({ target }) => target.endsWith('/token')).length;

test('client credentials open one session for all who ask', async () => {
  const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: secretOf() }, around);
  const before = signIns();
  const answers = await Promise.all([1, 2, 3].map(askBy(signIn)));
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, true, true],
  );
  assert.equal(signIns() - before, 1);
  const session = await signIn.session();
  assert.equal(session.ok && session.value.organizationId, crm.organizationId);
});

test('a token that has ended is replaced, once', async () => {
  const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: secretOf() }, around);
  const ask = askBy(signIn);
  await ask();
  crm.control.expireAccess(first.clientId);
  const before = signIns();
  const answers = await Promise.all([ask(), ask()]);
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, true],
  );
  assert.equal(signIns() - before, 1);
});

test('neither a missing right nor a spent budget is a reason to sign in again', async () => {
  const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: secretOf() }, around);
  const before = signIns();
  for (const [errorCode, kind] of [
    ['INSUFFICIENT_ACCESS', 'refused'],
    ['REQUEST_LIMIT_EXCEEDED', 'later'],
  ] as const) {
    crm.control.inject({ fault: { kind: 'refuse', status: 403, errorCode, message: 'no' }, path: /limits/, times: 9 });
    const answer = await askBy(signIn)();
    crm.control.clearFaults();
    assert.equal(!answer.ok && answer.failure.failure.kind, kind);
  }
  assert.equal(signIns() - before, 1);
});

test('a JWT opens a session', async () => {
  const { clientId, username } = second;
  const jwt = { grant: 'jwt_bearer', clientId, username, privateKey: keys.privateKey } as const;
  const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: salesforceSignIn.parse(jwt) }, around);
  assert.equal((await askBy(signIn)()).ok, true);
  const wrong = signInToSalesforce(
    { instanceUrl: crm.url, signIn: salesforceSignIn.parse({ ...jwt, privateKey: 'no key' }) },
    around,
  );
  const answer = await wrong.session();
  assert.deepEqual(!answer.ok && answer.failure, {
    kind: 'invalid',
    where: 'signIn.privateKey',
    found: 'no private RSA key',
    expected: 'a PEM',
  });
});

test('wrong credentials are refused, without being told', async () => {
  const signIn = signInToSalesforce({ instanceUrl: crm.url, signIn: secretOf('not-the-secret') }, around);
  const answer = await signIn.session();
  assert.ok(!answer.ok && answer.failure.kind === 'refused');
  assert.match(answer.failure.why, /invalid_client/);
  assert.ok(!answer.failure.why.includes('not-the-secret'));
  crm.control.inject({ fault: { kind: 'refuse', status: 500, errorCode: 'X', message: 'x' }, path: /token/ });
  const broken = await signIn.session();
  assert.equal(!broken.ok && broken.failure.kind, 'broken');
});

test('tokens go by TLS, or stay on this machine', () => {
  assert.equal(salesforceInstanceUrl.parse('https://house.my.salesforce.com/'), 'https://house.my.salesforce.com');
  assert.equal(salesforceInstanceUrl.parse('http://127.0.0.1:8080/'), 'http://127.0.0.1:8080');
  for (const url of [
    'http://house.my.salesforce.com',
    'http://127.0.0.1.evil.example/',
    'http://localhost@evil.example',
    'http://127.0.0.1:80@evil.example',
    'https://me@house.my.salesforce.com',
    'nonsense',
  ])
    assert.equal(salesforceInstanceUrl.safeParse(url).success, false, url);
});
