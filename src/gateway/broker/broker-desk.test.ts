import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { describeFailure } from '#model/result.ts';
import {
  bearing,
  clientOf,
  from,
  home,
  isIdentity,
  must,
  openDesk,
  plainRegistration,
  refreshWith,
  register,
  signIn,
} from './broker.fixture.ts';
import { openRecords } from './broker-records.ts';
import type { Registration } from './registration.ts';

const day = 24 * 3_600_000;
const certificate = 'A'.repeat(43);
const weakKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;

const faulty: readonly (readonly [string, Partial<Registration>, string])[] = [
  ['a name that is none', { name: 'Loyalty Mail' }, 'name'],
  ['no owner', { owner: '' }, 'owner'],
  ['an organization that is none', { organization: '001000000000001' }, 'organization'],
  ['a user that is none', { user: 'me' }, 'user'],
  ['no way in', { ways: [] }, 'ways'],
  ['no grant at the CRM', { grants: [] }, 'grants'],
  ['certificates missing', { sender: { tier: 'certificate' } }, 'sender certificates'],
  ['certificates of no use', { sender: { tier: 'unbound', certificates: [certificate] } }, 'sender certificates'],
  [
    'a thumbprint in hex',
    { sender: { tier: 'certificate', certificates: ['ab'.repeat(32)] } },
    'sender certificates 0',
  ],
  ['keys of no use', { sender: { tier: 'network', networks: ['203.0.113.0/24'], keys: [certificate] } }, 'sender keys'],
  ['networks missing', { sender: { tier: 'network' } }, 'sender networks'],
  ['the whole internet', { sender: { tier: 'network', networks: ['0.0.0.0/0'] } }, 'sender networks 0'],
  ['the whole internet in halves', { sender: { tier: 'network', networks: ['128.0.0.0/1'] } }, 'sender networks 0'],
  ['an address without length', { sender: { tier: 'network', networks: ['203.0.113.7'] } }, 'sender networks 0'],
  ['a network that is called unbound', { sender: { tier: 'unbound', networks: ['203.0.113.0/24'] } }, 'sender tier'],
  ['a long life for a token anyone may use', { accessMs: 3_600_000 }, 'accessMs'],
  ['no rotation for a token anyone may use', { rotates: false }, 'rotates'],
  ['any key for whoever has the secret', { sender: { tier: 'dpop' } }, 'sender'],
  ['signing without a key', { ways: ['jwt-bearer'] }, 'assertionKey'],
  ['a key that never signs', { assertionKey: publicPem() }, 'assertionKey'],
  [
    'a key too small',
    { ways: ['jwt-bearer'], assertionKey: weakKey.export({ type: 'spki', format: 'pem' }).toString() },
    'assertionKey',
  ],
];

function publicPem(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

test('a registration that would not hold is refused, with the place and never with what stood there', async () => {
  const desk = openDesk();
  for (const [what, change, where] of faulty) {
    const refused = await desk.broker.register({ ...plainRegistration, ...change }, 'Ines');
    assert.ok(!refused.ok && refused.failure.kind === 'invalid', what);
    assert.equal(refused.failure.where, `registration ${where}`, what);
    assert.doesNotMatch(describeFailure(refused.failure), /crm-secret/);
  }
  for (const nobody of ['', ' ', 'gateway'])
    assert.equal((await desk.broker.register(plainRegistration, nobody)).ok, false);
  assert.equal(desk.broker.list().length, 0);
  assert.ok(
    (await desk.broker.register({ ...plainRegistration, ways: ['jwt-bearer'], assertionKey: publicPem() }, 'Ines')).ok,
  );
});

test('a name and a client id are taken once, also by two at the same moment', async () => {
  const desk = openDesk();
  const both = await Promise.all([
    desk.broker.register({ ...plainRegistration, clientId: 'consumer-key' }, 'Ines'),
    desk.broker.register({ ...plainRegistration, clientId: 'consumer-key' }, 'Paul'),
  ]);
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
  assert.equal(
    (await desk.broker.register({ ...plainRegistration, name: 'other', clientId: 'consumer-key' }, 'Ines')).ok,
    false,
  );
  assert.deepEqual(
    desk.broker.list().map(({ name, clientId }) => [name, clientId]),
    [['loyalty-mail', 'consumer-key']],
  );
});

test('what is printed, listed, recorded or noticed holds no secret', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { ways: ['refresh-token', 'client-credentials', 'password'] });
  const { body } = await signIn(desk, credentials);
  await desk.broker.upstreamToken('loyalty-mail', false);
  const secrets = [credentials.clientSecret, credentials.refreshToken!, credentials.password!].map((one) =>
    one.plaintext(),
  );
  const shown = [desk.broker, desk.broker.list(), desk.broker.liveTokens(), desk.broker.acts(0, 100), credentials]
    .flatMap((each) => [inspect(each, { depth: 20, showHidden: true }), JSON.stringify(each)])
    .join('\n');
  for (const secret of [...secrets, body.access_token, 'crm-secret', 'upstream-1']) assert.ok(!shown.includes(secret));
});

test('a client secret changes with an overlap, and both end when told', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const next = { ...credentials, clientSecret: must(desk.broker.rotateSecret('loyalty-mail', 3_600_000, 'Ines')) };
  const restarted = openDesk(database, desk.time.now);
  assert.equal((await signIn(restarted, credentials)).status, 200);
  assert.equal((await signIn(restarted, next)).status, 200);
  assert.equal(restarted.broker.list()[0]?.oldSecretUntil, desk.time.now + 3_600_000);
  restarted.time.now += 3_600_000;
  assert.equal((await signIn(restarted, credentials)).body.error, 'invalid_client');
  assert.equal((await signIn(restarted, next)).status, 200);
  const last = { ...credentials, clientSecret: must(restarted.broker.rotateSecret('loyalty-mail', 0, 'Ines')) };
  assert.equal((await signIn(restarted, next)).body.error, 'invalid_client');
  assert.equal((await signIn(restarted, last)).status, 200);
});

test('a suspended integration stands still in every way until a person resumes it', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const { access_token: token } = (await signIn(desk, credentials)).body;
  assert.ok(desk.broker.suspendIntegration('loyalty-mail', 'Ines', 'vendor breached').ok);
  const restarted = openDesk(database, desk.time.now);
  const refusal = restarted.broker.identify(bearing(token), home);
  assert.ok(!isIdentity(refusal) && refusal.status === 403 && refusal.message.includes('vendor breached'));
  assert.match((await signIn(restarted, credentials)).body.error_description, /vendor breached/);
  const refreshed = await refreshWith(restarted, credentials, credentials.refreshToken!.plaintext());
  assert.match(refreshed.body.error_description, /vendor breached/);
  assert.deepEqual(restarted.broker.liveTokens(), []);
  assert.deepEqual(restarted.broker.list()[0]?.suspension, { at: desk.time.now, by: 'Ines', why: 'vendor breached' });
  assert.ok(restarted.broker.resume('loyalty-mail', 'Paul', 'new keys').ok);
  assert.ok(isIdentity(restarted.broker.identify(bearing(token), home)));
  assert.equal((await refreshWith(restarted, credentials, credentials.refreshToken!.plaintext())).status, 200);
});

test('what is revoked stays revoked: one token, a family, all, the integration itself', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const lives = (token: string): boolean =>
    isIdentity(openDesk(database, desk.time.now).broker.identify(bearing(token), home)) &&
    isIdentity(desk.broker.identify(bearing(token), home));
  const tokenOf = (token: string) => {
    const identity = desk.broker.identify(bearing(token), home);
    assert.ok(isIdentity(identity));
    return identity;
  };
  const [one, two] = [(await signIn(desk, credentials)).body, (await signIn(desk, credentials)).body];
  const refreshed = (await refreshWith(desk, credentials, credentials.refreshToken!.plaintext())).body;
  assert.ok(desk.broker.revoke({ token: tokenOf(one.access_token).token }, 'Ines', 'test').ok);
  assert.deepEqual(
    [one, two, refreshed].map(({ access_token }) => lives(access_token)),
    [false, true, true],
  );
  assert.ok(desk.broker.revoke({ family: tokenOf(refreshed.access_token).family }, 'Ines', 'test').ok);
  assert.deepEqual(
    [one, two, refreshed].map(({ access_token }) => lives(access_token)),
    [false, true, false],
  );
  assert.ok(desk.broker.revoke({ integration: 'loyalty-mail' }, 'Ines', 'test').ok);
  assert.ok(!lives(two.access_token));
  const again = (await signIn(desk, credentials)).body;
  assert.ok(lives(again.access_token));
  assert.ok(desk.broker.remove('loyalty-mail', 'Ines').ok);
  assert.ok(!lives(again.access_token));
  assert.equal((await signIn(desk, credentials)).body.error, 'invalid_client');
  assert.equal(database.prepare('select count(*) as count from vault_secrets').get()?.['count'], 0);
  const gone = desk.broker.revoke({ integration: 'loyalty-mail' }, 'Ines', 'test');
  assert.ok(!gone.ok && gone.failure.kind === 'gone');
});

test('live tokens say who used them last and from where; a change of tier voids them', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  const { access_token: token } = (await signIn(desk, credentials)).body;
  desk.broker.identify(bearing(token), from('203.0.113.99'));
  const [live] = desk.broker.liveTokens();
  assert.deepEqual(
    [live?.integration, live?.way, live?.tier, live?.lastAddress, live?.lastUsedAt],
    ['loyalty-mail', 'client-credentials', 'unbound', '203.0.113.99', desk.time.now],
  );
  const { owner, vendor, ways } = plainRegistration;
  const changed = desk.broker.change(
    'loyalty-mail',
    { owner, vendor, ways, sender: { tier: 'network', networks: ['203.0.113.0/24'] } },
    'Ines',
  );
  assert.equal(must(changed).tier, 'network');
  assert.deepEqual(desk.broker.liveTokens(), []);
  assert.ok(!isIdentity(desk.broker.identify(bearing(token), home)));
  assert.equal((await signIn(desk, credentials)).status, 200);
});

test('the history tells every act in order, by whom and when', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const { body } = await signIn(desk, credentials);
  const identity = desk.broker.identify(bearing(body.access_token), home);
  assert.ok(isIdentity(identity));
  await desk.broker.suspend(identity, 'budget reached');
  desk.broker.resume('loyalty-mail', 'Ines', 'announced');
  const { broker } = openDesk(database, desk.time.now);
  const acts = broker.acts(0, 100);
  assert.deepEqual(
    acts.map(({ sequence, by, act, subject }) => [sequence, by, act, subject]),
    [
      [1, 'Ines', 'registered', 'loyalty-mail'],
      [2, 'integration loyalty-mail', 'got a token', 'loyalty-mail'],
      [3, 'gateway', 'suspended tokens', 'loyalty-mail'],
      [4, 'Ines', 'resumed', 'loyalty-mail'],
    ],
  );
  assert.deepEqual(broker.acts(2, 1), [acts[2]]);
  assert.equal(acts[1]?.details['address'], home.address);
});

test('the history forgets what integrations did after 90 days, and what persons did after three years', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const told = (): readonly string[] => desk.broker.acts(0, 100).map(({ act }) => act);
  assert.equal((await signIn(desk, credentials)).status, 200);
  desk.time.now += 89 * day;
  assert.equal((await signIn(desk, credentials)).status, 200);
  assert.deepEqual(told(), ['registered', 'got a token', 'got a token']);
  desk.time.now += 2 * day;
  assert.equal((await signIn(desk, credentials)).status, 200);
  assert.deepEqual(told(), ['registered', 'got a token', 'got a token']);
  const restarted = openDesk(database, desk.time.now + 91 * day).broker;
  assert.deepEqual(
    restarted.acts(0, 100).map(({ act }) => act),
    ['registered'],
  );
  assert.deepEqual(openDesk(database, desk.time.now + 1096 * day).broker.acts(0, 100), []);
});

test('of what happens by itself no more than the latest are kept, and all that persons did', () => {
  const records = openRecords(new DatabaseSync(':memory:'));
  const record = (by: string): void => records.record({ at: 1, by, act: 'a', subject: 's', details: {} });
  record('Ines');
  for (let each = 0; each < 50; each++) record(each % 2 === 0 ? 'integration mail' : 'gateway');
  record('Tom');
  records.forgetActs(2, 10);
  const kept = records.acts(0, 100).map(({ by }) => by);
  assert.equal(kept.length, 11);
  assert.deepEqual([kept[0], kept.at(-1)], ['Ines', 'Tom']);
});

test('nobody acts under the name of the gateway or of an integration', async () => {
  const desk = openDesk();
  await register(desk);
  for (const by of ['', ' ', 'gateway', 'integration loyalty-mail']) {
    const result = desk.broker.suspendIntegration('loyalty-mail', by, 'why');
    assert.ok(!result.ok && result.failure.kind === 'refused', by);
  }
});

test('every refusal of the desk names what is not there, and changes nothing', async () => {
  const { broker } = openDesk();
  const results = [
    broker.rotateSecret('nobody', 0, 'Ines'),
    broker.suspendIntegration('nobody', 'Ines', ''),
    broker.resume('nobody', 'Ines', ''),
    broker.remove('nobody', 'Ines'),
    broker.handOutRefreshToken('nobody', 'Ines'),
    broker.revoke({ token: 'token-0' }, 'Ines', ''),
    broker.revoke({ family: 'family-0' }, 'Ines', ''),
    await broker.replaceGrants('nobody', [], 'Ines'),
  ];
  for (const result of results) assert.ok(!result.ok && result.failure.kind === 'gone');
  assert.deepEqual(broker.acts(0, 10), []);
});

test('a client id that holds odd characters still signs in', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { clientId: '3MVG9+odd/=&id' });
  assert.equal((await signIn(desk, credentials)).status, 200);
  assert.equal(clientOf(credentials).client_id, '3MVG9+odd/=&id');
});
