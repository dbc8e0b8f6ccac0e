import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { describeFailure, failure, success } from '#model/result.ts';
import { type Desk, must, openDesk, register } from './broker.fixture.ts';
import type { UpstreamGrant } from './registration.ts';
import { parseSignedJson } from './signed-json.ts';

const refreshGrant: UpstreamGrant = {
  ...{ kind: 'refresh-token', clientId: 'crm-client', clientSecret: 'crm-secret' },
  refreshToken: 'R1',
};
const spare: UpstreamGrant = { kind: 'client-credentials', clientId: 'spare', clientSecret: 'spare-secret' };

/** A CRM that rotates refresh tokens: each is good once. */
function rotating(desk: Desk): void {
  let current = 1;
  desk.answer = async (form) => {
    if (form.get('grant_type') === 'client_credentials')
      return success({ status: 200, body: { access_token: 'from-spare' } });
    if (form.get('refresh_token') !== `R${current}`)
      return success({
        status: 400,
        body: { error: 'invalid_grant', error_description: 'expired access/refresh token' },
      });
    current++;
    return success({ status: 200, body: { access_token: `A${current}`, refresh_token: `R${current}` } });
  };
}

test('many who need the CRM’s token at once make one request; it is then in memory', async () => {
  const desk = openDesk();
  await register(desk);
  const tokens = await Promise.all(Array.from({ length: 50 }, () => desk.broker.upstreamToken('loyalty-mail', false)));
  assert.deepEqual(new Set(tokens.map(must)), new Set(['upstream-1']));
  assert.equal(desk.asked.length, 1);
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'upstream-1');
  const unknown = await desk.broker.upstreamToken('nobody', false);
  assert.ok(!unknown.ok && unknown.failure.kind === 'gone');
});

test('when the CRM refuses the token, all who saw it get one new one together', async () => {
  const desk = openDesk();
  await register(desk);
  await desk.broker.upstreamToken('loyalty-mail', false);
  desk.time.now += 3_600_000;
  const stale = await Promise.all(Array.from({ length: 20 }, () => desk.broker.upstreamToken('loyalty-mail', true)));
  assert.deepEqual(new Set(stale.map(must)), new Set(['upstream-2']));
  desk.time.now += 4_000;
  assert.equal(
    must(await desk.broker.upstreamToken('loyalty-mail', true)),
    'upstream-2',
    'a late report of the old one',
  );
  desk.time.now += 2_000;
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', true)), 'upstream-3');
});

test('a token that is being replaced is not handed out meanwhile', async () => {
  const desk = openDesk();
  await register(desk);
  await desk.broker.upstreamToken('loyalty-mail', false);
  desk.time.now += 60_000;
  const [replaced, joined] = await Promise.all([
    desk.broker.upstreamToken('loyalty-mail', true),
    desk.broker.upstreamToken('loyalty-mail', false),
  ]);
  assert.deepEqual([must(replaced), must(joined)], ['upstream-2', 'upstream-2']);
});

test('no answer is tried again, a refusal is not, and is remembered for half a minute', async () => {
  const desk = openDesk();
  await register(desk);
  const answers = [
    failure({ kind: 'later', afterMs: 1, why: 'no route' } as const),
    success({ status: 503, body: '' }),
  ];
  desk.answer = async () => answers.shift() ?? success({ status: 200, body: { access_token: 'at last' } });
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'at last');
  assert.equal(desk.asked.length, 3);

  desk.time.now += 10_000;
  desk.answer = async () =>
    success({ status: 400, body: { error: 'invalid_client', error_description: 'crm-secret?' } });
  for (let call = 0; call < 10; call++) {
    const refused = await desk.broker.upstreamToken('loyalty-mail', true);
    assert.ok(!refused.ok && refused.failure.kind === 'refused');
    assert.doesNotMatch(describeFailure(refused.failure), /crm-secret/);
  }
  assert.equal(desk.asked.length, 4);
  desk.time.now += 30_000;
  await desk.broker.upstreamToken('loyalty-mail', true);
  assert.equal(desk.asked.length, 5);
  for (const body of [{}, { access_token: '' }, { access_token: 7 }, 'html', null, []]) {
    desk.time.now += 30_000;
    desk.answer = async () => success({ status: 200, body });
    assert.equal((await desk.broker.upstreamToken('loyalty-mail', true)).ok, false, JSON.stringify(body));
  }
});

test('each new refresh token of the CRM is in the vault before the access token is used, across restarts', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  await register(desk, { grants: [refreshGrant] });
  rotating(desk);
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'A2');
  const { answer } = desk;
  let current = desk;
  for (let round = 3; round < 7; round++) {
    current = openDesk(database, current.time.now + 60_000);
    current.answer = answer;
    assert.equal(must(await current.broker.upstreamToken('loyalty-mail', false)), `A${round}`);
    assert.deepEqual(database.prepare('select * from broker_rotations').all(), []);
  }
  const form = Object.fromEntries(current.asked[0] ?? []);
  const { clientId: client_id, clientSecret: client_secret } = { clientId: 'crm-client', clientSecret: 'crm-secret' };
  assert.deepEqual(form, { grant_type: 'refresh_token', refresh_token: 'R5', client_id, client_secret });
});

test('a new refresh token that the vault cannot take at once is kept until it can', async () => {
  const database = new DatabaseSync(':memory:');
  let isAway = false;
  const desk = openDesk(database, undefined, (vault) => ({
    ...vault,
    put: async (...written) =>
      isAway ? failure({ kind: 'later', afterMs: 1000, why: 'the key is away' }) : vault.put(...written),
  }));
  await register(desk, { grants: [refreshGrant] });
  rotating(desk);
  isAway = true;
  for (const expected of ['A2', 'A3']) {
    assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', true)), expected);
    assert.equal(database.prepare('select * from broker_rotations').all().length, 1, 'marked as under way');
    desk.time.now += 60_000;
  }
  isAway = false;
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', true)), 'A4');
  assert.equal(database.prepare('select * from broker_rotations').all().length, 0);
  const restarted = openDesk(database, desk.time.now);
  restarted.answer = desk.answer;
  assert.equal(must(await restarted.broker.upstreamToken('loyalty-mail', false)), 'A5');
});

test('a grant that the CRM refuses gives way to the next and is named', async () => {
  const desk = openDesk();
  await register(desk, { grants: [{ ...refreshGrant, refreshToken: 'R0' }, spare] });
  rotating(desk);
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'from-spare');
  assert.deepEqual(
    desk.broker.acts(0, 100).map(({ by, act }) => `${by} ${act}`),
    ['Ines registered', 'gateway grant refused'],
  );
  assert.equal(desk.broker.list()[0]?.grants[0]?.lost, undefined, 'refused, not lost: nothing was cut short');
});

test('a lost answer is told from a refusal: the grant is named lost, the spare serves, a person heals it', async () => {
  const desk = openDesk();
  await register(desk, { grants: [refreshGrant, spare] });
  rotating(desk);
  const { answer } = desk;
  let lostAnswers = 0;
  desk.answer = async (form) => {
    const answered = await answer(form);
    if (form.get('grant_type') !== 'refresh_token' || lostAnswers++ > 0) return answered;
    return failure({ kind: 'later', afterMs: 1, why: 'the connection was reset' });
  };
  const first = await desk.broker.upstreamToken('loyalty-mail', false);
  assert.equal(must(first), 'from-spare');
  assert.match(desk.broker.list()[0]?.grants[0]?.lost?.why ?? '', /cut short/);
  assert.ok((await desk.broker.replaceGrants('loyalty-mail', [{ ...refreshGrant, refreshToken: 'R2' }], 'Ines')).ok);
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'A3');
  assert.equal(desk.broker.list()[0]?.grants[0]?.lost, undefined);
});

test('a signing key asks with an assertion that the CRM can check', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const desk = openDesk();
  const signing: UpstreamGrant = {
    ...{ kind: 'jwt-bearer', clientId: 'crm-client', user: 'sync@maison.example' },
    audience: 'https://login.salesforce.com',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  await register(desk, { grants: [signing] });
  assert.equal(must(await desk.broker.upstreamToken('loyalty-mail', false)), 'upstream-1');
  const form = desk.asked[0];
  assert.equal(form?.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const assertion = parseSignedJson(form?.get('assertion') ?? '');
  assert.ok(assertion !== undefined && verify('sha256', assertion.signed, publicKey, assertion.signature));
  const { iss, sub, aud, exp } = assertion.claims;
  const expected = ['crm-client', 'sync@maison.example', 'https://login.salesforce.com', desk.time.now / 1000 + 180];
  assert.deepEqual([iss, sub, aud, exp], expected);
});
