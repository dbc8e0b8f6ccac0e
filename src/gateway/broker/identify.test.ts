import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  bearing,
  type Desk,
  dataPath,
  from,
  headOf,
  home,
  isIdentity,
  openDesk,
  refreshWith,
  register,
  signIn,
} from './broker.fixture.ts';

const ownCertificate = 'A'.repeat(43);
const nextCertificate = 'B'.repeat(43);
const foreignCertificate = 'C'.repeat(43);

const refusalOf = (desk: Desk, ...[head, caller]: Parameters<Desk['broker']['identify']>) => {
  const answer = desk.broker.identify(head, caller);
  return isIdentity(answer) ? undefined : { status: answer.status, reason: answer.reason };
};

test('the token stands in Authorization, as Bearer or in nforce’s way, and nowhere else', async () => {
  const desk = openDesk();
  const { access_token: token } = (await signIn(desk, await register(desk))).body;
  const passes = (headers: Readonly<Record<string, string>>, target = dataPath): boolean =>
    isIdentity(desk.broker.identify(headOf('GET', target, headers), home));
  for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `OAuth ${token}`])
    assert.ok(passes({ authorization }), authorization);
  for (const authorization of [
    '',
    'Bearer',
    `Bearer  ${token}`,
    token,
    `Basic ${token}`,
    `Bearer ${token} `,
    'Bearer !',
  ])
    assert.ok(!passes({ authorization }), authorization);
  assert.ok(!passes({}));
  const who = '/id/00D000000000001EAA/005000000000001AAA';
  const asParameter = `?format=json&oauth_token=${encodeURIComponent(token)}`;
  assert.ok(passes({}, who + asParameter));
  assert.ok(!passes({}, `${who}${asParameter}&oauth_token=x`));
  assert.ok(!passes({ authorization: 'Bearer wrong' }, who + asParameter), 'the header is what counts');
  for (const path of ['/services/data/v64.0', '/services/oauth2/userinfo', `${who}/more`, '/id', `/services${who}`])
    assert.ok(!passes({}, path + asParameter), path);
});

test('no token but those given out, whatever is sent', async () => {
  const desk = openDesk();
  const { access_token: token } = (await signIn(desk, await register(desk))).body;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: token.length - 1 }), fc.string({ maxLength: 3 }), (at, other) => {
      const altered = token.slice(0, at) + other + token.slice(at + 1);
      fc.pre(altered !== token);
      assert.deepEqual(refusalOf(desk, bearing(altered), home), { status: 401, reason: 'unknown-token' });
    }),
  );
  assert.deepEqual(refusalOf(desk, bearing('x'.repeat(1000)), home), { status: 401, reason: 'no-token' });
});

test('a token ends with its time, not an answer that began in time', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { accessMs: 120_000 });
  const { access_token: token } = (await signIn(desk, credentials)).body;
  const identity = desk.broker.identify(bearing(token), home);
  assert.ok(isIdentity(identity));
  desk.time.now += 119_999;
  assert.ok(desk.broker.isAlive(identity.token));
  desk.time.now += 1;
  assert.deepEqual(refusalOf(desk, bearing(token), home), { status: 401, reason: 'expired-token' });
  desk.time.now += 3_600_000;
  await signIn(desk, credentials);
  assert.ok(desk.broker.isAlive(identity.token), 'an hour later, its answer still streams');
  assert.ok(desk.broker.revoke({ token: identity.token }, 'Ines', 'test').ok);
  assert.ok(!desk.broker.isAlive(identity.token), 'until somebody stops it');
  assert.ok(!desk.broker.isAlive('token-unknown'));
});

test('a certificate-bound token is worth nothing without its certificate, and that is told once a minute', async () => {
  const desk = openDesk();
  const credentials = await register(desk, {
    sender: { tier: 'certificate', certificates: [ownCertificate, nextCertificate] },
  });
  const vendor = from('203.0.113.7', ownCertificate);
  const { access_token: token } = (await signIn(desk, credentials, vendor)).body;
  const identity = desk.broker.identify(bearing(token), vendor);
  assert.ok(isIdentity(identity) && identity.tier === 'certificate');
  assert.deepEqual(refusalOf(desk, bearing(token), from('203.0.113.7', nextCertificate)), {
    status: 401,
    reason: 'other-certificate',
  });
  assert.equal(desk.notices.length, 0, 'a vendor that changes its certificate is no thief');

  const stolen = { status: 403, reason: 'stolen-token' };
  for (let call = 0; call < 100; call++) {
    assert.deepEqual(refusalOf(desk, bearing(token), from('198.51.100.9')), stolen);
    assert.deepEqual(refusalOf(desk, bearing(token), from('198.51.100.10', foreignCertificate)), stolen);
  }
  assert.deepEqual(
    desk.notices.map(({ reason, level, identity: { token: id, address } }) => [reason, level, id, address]),
    [
      ['stolen-token', 'high', identity.token, '198.51.100.9'],
      ['stolen-token', 'high', identity.token, '198.51.100.10'],
    ],
  );
  assert.doesNotMatch(inspect(desk.notices, { depth: 9 }), /cordon_/, 'ids, never tokens');
  desk.time.now += 60_000;
  refusalOf(desk, bearing(token), from('198.51.100.9'));
  assert.equal(desk.notices.length, 3);
  assert.ok(isIdentity(desk.broker.identify(bearing(token), vendor)), 'the owner is not disturbed');
});

test('credentials alone do not open a certificate-bound integration', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { sender: { tier: 'certificate', certificates: [ownCertificate] } });
  const refreshToken = credentials.refreshToken!.plaintext();
  for (const thief of [from('198.51.100.9'), from('198.51.100.9', foreignCertificate)]) {
    assert.equal((await signIn(desk, credentials, thief)).body.error, 'invalid_grant');
    assert.equal((await refreshWith(desk, credentials, refreshToken, thief)).body.error, 'invalid_grant');
  }
  assert.ok(desk.notices.length >= 2 && desk.notices.every(({ reason }) => reason === 'stolen-token'));
  assert.equal((await refreshWith(desk, credentials, refreshToken, from('10.0.0.1', ownCertificate))).status, 200);
});

test('a certificate taken off the register ends its tokens at once', async () => {
  const desk = openDesk();
  const sender = { tier: 'certificate', certificates: [ownCertificate, nextCertificate] } as const;
  const credentials = await register(desk, { sender: { ...sender, certificates: [...sender.certificates] } });
  const vendor = from('203.0.113.7', ownCertificate);
  const { access_token: token } = (await signIn(desk, credentials, vendor)).body;
  const changed = desk.broker.change(
    'loyalty-mail',
    {
      ...{ owner: 'crm team', vendor: 'Mailer', ways: ['client-credentials'] },
      sender: { tier: 'certificate', certificates: [nextCertificate] },
    },
    'Ines',
  );
  assert.ok(changed.ok);
  assert.deepEqual(desk.broker.liveTokens(), [], 'streams under way end too');
  assert.deepEqual(refusalOf(desk, bearing(token), vendor), { status: 401, reason: 'revoked-token' });
  assert.equal((await signIn(desk, credentials, vendor)).body.error, 'invalid_grant', 'and a new one is not given');
});

test('a network-bound token is refused outside its networks, IPv6 and mapped addresses included', async () => {
  const desk = openDesk();
  const networks = ['203.0.113.0/24', '2001:db8:7::/48'];
  const credentials = await register(desk, { sender: { tier: 'network', networks } });
  const { access_token: token } = (await signIn(desk, credentials)).body;
  const identity = desk.broker.identify(bearing(token), from('2001:db8:7::1'));
  assert.ok(isIdentity(identity) && identity.tier === 'network');
  for (const address of ['203.0.113.0', '203.0.113.255', '::ffff:203.0.113.9', '2001:db8:7:ffff::1'])
    for (let twice = 0; twice < 2; twice++)
      assert.ok(isIdentity(desk.broker.identify(bearing(token), from(address))), address);
  for (const address of ['203.0.112.255', '203.0.114.0', '2001:db8:8::1', '::1', '', 'unknown', '203.0.113.7.evil'])
    assert.equal(refusalOf(desk, bearing(token), from(address))?.status, 403, address);
  assert.equal((await signIn(desk, credentials, from('198.51.100.1'))).body.error, 'invalid_grant');
  assert.equal(desk.notices.length, 8);
});

test('addresses are in a network exactly when their first bits are', () => {
  const desk = openDesk();
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  return fc.assert(
    fc.asyncProperty(octets, octets, fc.integer({ min: 8, max: 32 }), fc.nat(), async (network, other, bits, name) => {
      const numberOf = (quad: readonly number[]): number => quad.reduce((sum, octet) => sum * 256 + octet, 0);
      const near = [...network.slice(0, 3), other[3]] as const;
      const sender = { tier: 'network', networks: [`${network.join('.')}/${bits}`] } as const;
      const credentials = await register(desk, {
        name: `n${name}-${desk.broker.list().length}`,
        sender: { ...sender, networks: [...sender.networks] },
      });
      for (const quad of [other, near]) {
        desk.time.now += 60_000;
        const isInside =
          Math.floor(numberOf(quad) / 2 ** (32 - bits)) === Math.floor(numberOf(network) / 2 ** (32 - bits));
        const { status } = await signIn(desk, credentials, from(quad.join('.')));
        assert.equal(status === 200, isInside, `${quad.join('.')} in ${sender.networks[0]}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a suspension stops every token of the family at once, blocks new sign-ins, and only a person undoes it', async () => {
  const database = new DatabaseSync(':memory:');
  const desk = openDesk(database);
  const credentials = await register(desk);
  const { access_token: token } = (await signIn(desk, credentials)).body;
  const { access_token: second } = (await signIn(desk, credentials)).body;
  const refreshed = (await refreshWith(desk, credentials, credentials.refreshToken!.plaintext())).body;
  const identity = desk.broker.identify(bearing(token), home);
  assert.ok(isIdentity(identity));
  const suspending = desk.broker.suspend(identity, 'budget reached');
  const suspended = { status: 403, reason: 'suspended' };
  assert.deepEqual(refusalOf(desk, bearing(token), home), suspended, 'before it is durable');
  await suspending;
  for (const each of [desk, openDesk(database, desk.time.now)]) {
    assert.deepEqual(refusalOf(each, bearing(second), home), suspended);
    assert.ok(!each.broker.isAlive(identity.token));
    assert.equal((await signIn(each, credentials)).body.error, 'invalid_grant', 'not round it by signing in anew');
    assert.ok(isIdentity(each.broker.identify(bearing(refreshed.access_token), home)), 'another family goes on');
    assert.equal(each.broker.resume('loyalty-mail', 'gateway', 'why not').ok, false);
    assert.equal(each.broker.resume('loyalty-mail', ' ', 'why not').ok, false);
    assert.deepEqual(refusalOf(each, bearing(token), home), suspended);
    assert.deepEqual(
      each.broker.list()[0]?.suspendedFamilies.map(({ suspension }) => suspension.why),
      ['budget reached'],
    );
  }
  assert.ok(desk.broker.resume('loyalty-mail', 'Ines', 'the export was announced').ok);
  for (const each of [desk, openDesk(database, desk.time.now)]) {
    assert.ok(isIdentity(each.broker.identify(bearing(token), home)));
    assert.equal((await signIn(each, credentials)).status, 200);
  }
});
