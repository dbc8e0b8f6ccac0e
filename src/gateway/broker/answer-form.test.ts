import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import {
  ask,
  bearing,
  clientOf,
  from,
  headOf,
  home,
  isIdentity,
  openDesk,
  publicUrl,
  refreshWith,
  register,
  signIn,
  signJson,
  tokenHead,
} from './broker.fixture.ts';

test('client credentials give a token in the shape the CRM has and clients insist on', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  const { status, body } = await signIn(desk, credentials);
  assert.equal(status, 200);
  assert.match(body.access_token, /^(00D\w{12,15})![.\w]*$/, 'as the CRM’s own command line tells a token');
  assert.equal(body.instance_url, publicUrl);
  assert.equal(body.id, `${publicUrl}/id/00D000000000001EAA/005000000000001AAA`);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.issued_at, String(desk.time.now));
  const expected = createHmac('sha256', credentials.clientSecret.plaintext()).update(body.id + body.issued_at);
  assert.equal(body.signature, expected.digest('base64'));
  const identity = desk.broker.identify(bearing(body.access_token), home);
  assert.ok(isIdentity(identity));
  assert.equal(identity.integration, 'loyalty-mail');
  assert.equal(identity.tier, 'unbound');
  assert.ok(desk.broker.isAlive(identity.token));
});

test('a client says who it is in the form or as Basic, never both', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  const { clientId, clientSecret } = credentials;
  const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const form = { grant_type: 'client_credentials' };
  const asBasic = (id: string, secret: string, more: Readonly<Record<string, string>> = {}) =>
    ask(
      desk,
      { ...form, ...more },
      home,
      headOf('POST', '/services/oauth2/token', { authorization: basic(id, secret) }),
    );
  const secret = clientSecret.plaintext();
  assert.equal((await asBasic(encodeURIComponent(clientId), encodeURIComponent(secret))).status, 200);
  for (const refused of [
    asBasic(clientId, `${secret}x`),
    asBasic(clientId, ''),
    asBasic('client-unknown', secret),
    asBasic('%zz', secret),
    asBasic(clientId, secret, clientOf(credentials)),
    asBasic(clientId, secret, { client_id: 'another' }),
    ask(desk, { ...form, client_id: clientId, client_secret: 'wrong' }),
    ask(desk, { ...form, client_id: clientId }),
    ask(desk, form),
  ]) {
    const { status, body } = await refused;
    assert.deepEqual([status, body.error], [400, 'invalid_client']);
  }
  const nforce = headOf('POST', '/services/oauth2/token', { authorization: 'OAuth oauth_nonsense' });
  assert.equal((await ask(desk, { ...form, ...clientOf(credentials) }, home, nforce)).status, 200);
});

test('what is not a grant of the integration is refused in the CRM’s words', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { ways: ['refresh-token'] });
  const errorOf = async (form: Readonly<Record<string, string>>) => (await ask(desk, form)).body.error;
  assert.equal(await errorOf({ grant_type: 'device', ...clientOf(credentials) }), 'unsupported_grant_type');
  assert.equal(await errorOf({}), 'unsupported_grant_type');
  assert.equal(await errorOf({ grant_type: 'client_credentials', ...clientOf(credentials) }), 'unauthorized_client');
  const password = await ask(desk, {
    ...{ grant_type: 'password', username: 'loyalty@maison.example', password: 'x' },
    ...clientOf(credentials),
  });
  assert.deepEqual(password.body, { error: 'invalid_grant', error_description: 'authentication failure' });
  const twice = new URLSearchParams('grant_type=refresh_token&grant_type=client_credentials');
  assert.equal((await desk.broker.answerForm('token', twice, tokenHead, home)).status, 400);
});

test('a password is taken only where registered, with all four texts right', async () => {
  const desk = openDesk();
  const credentials = await register(desk, { ways: ['password'] });
  const form = {
    grant_type: 'password',
    username: 'loyalty@maison.example',
    password: credentials.password?.plaintext() ?? '',
    ...clientOf(credentials),
  };
  const { status, body } = await ask(desk, form);
  assert.equal(status, 200);
  assert.ok(isIdentity(desk.broker.identify(bearing(body.access_token), home)));
  for (const key of ['username', 'password', 'client_id', 'client_secret'])
    assert.equal((await ask(desk, { ...form, [key]: 'other' })).body.error, 'invalid_grant', key);
});

test('an assertion opens once, signed by the registered key, for this gateway, for a short while', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const desk = openDesk();
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const { clientId } = await register(desk, { ways: ['jwt-bearer'], assertionKey: pem });
  const seconds = Math.floor(desk.time.now / 1000);
  const right = { iss: clientId, sub: 'loyalty@maison.example', aud: publicUrl, exp: seconds + 180 };
  const use = async (claims: object, key: KeyObject = privateKey, header: object = { alg: 'RS256' }) => {
    const assertion = signJson('RS256', key, header, claims);
    return ask(desk, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  };
  const { status, body } = await use({ ...right, jti: 'one' });
  assert.equal(status, 200);
  assert.equal(body.signature, undefined, 'no client secret was sent to sign with');
  for (const [claims, key, header] of [
    [{ ...right, jti: 'one' }],
    [{ ...right, iss: 'client-other' }],
    [{ ...right, sub: 'admin@maison.example' }],
    [{ ...right, aud: 'https://login.salesforce.com' }],
    [{ ...right, aud: undefined }],
    [{ ...right, exp: seconds }],
    [{ ...right, exp: seconds + 3600 }],
    [{ ...right, exp: undefined }],
    [{ ...right, nbf: seconds + 100 }],
    [right, foreign],
    [right, privateKey, { alg: 'none' }],
    [right, privateKey, { alg: 'HS256' }],
    [right, privateKey, { alg: 'RS256', crit: ['b64'] }],
  ] as const)
    assert.equal((await use(claims, key, header)).body.error, 'invalid_grant', JSON.stringify([claims, header]));
  assert.equal((await use(right)).status, 200);
  assert.equal((await use(right)).body.error, 'invalid_grant', 'the same bytes again, even without a jti');
  const [head, body64, signature = ''] = signJson('RS256', privateKey, { alg: 'RS256' }, right).split('.');
  const respelled = `${head}.${body64}.${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(342 - 1) + 1)}`;
  assert.deepEqual(Buffer.from(respelled.split('.')[2] ?? '', 'base64url'), Buffer.from(signature, 'base64url'));
  const again = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: respelled };
  assert.equal((await ask(desk, again)).body.error, 'invalid_grant', 'the same signature, spelled otherwise');
  assert.deepEqual(new Set(desk.notices.map(({ reason }) => reason)), new Set(['stolen-token']));
});

test('a token ends with revocation; a refresh token takes its family along', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  const first = (await refreshWith(desk, credentials, credentials.refreshToken!.plaintext())).body;
  const other = (await signIn(desk, credentials)).body;
  const revoke = (token: string) =>
    desk.broker.answerForm('revoke', new URLSearchParams({ token }), tokenHead, from('198.51.100.1'));
  assert.deepEqual((await revoke('00D000000000001!nonsense')).status, 400);
  assert.equal((await revoke(first.refresh_token)).status, 200);
  assert.ok(!isIdentity(desk.broker.identify(bearing(first.access_token), home)));
  assert.equal((await refreshWith(desk, credentials, first.refresh_token)).body.error, 'invalid_grant');
  assert.ok(isIdentity(desk.broker.identify(bearing(other.access_token), home)));
  assert.equal((await revoke(other.access_token)).status, 200);
  const refusal = desk.broker.identify(bearing(other.access_token), home);
  assert.ok(!isIdentity(refusal) && refusal.status === 401 && refusal.reason === 'revoked-token');
});

test('introspection tells an integration about its own tokens and nobody about others', async () => {
  const desk = openDesk();
  const one = await register(desk);
  const two = await register(desk, { name: 'survey' });
  const { body } = await signIn(desk, one);
  const look = async (token: string, client: Readonly<Record<string, string>>) =>
    (await desk.broker.answerForm('introspect', new URLSearchParams({ token, ...client }), tokenHead, home)).body;
  const seconds = Math.floor(desk.time.now / 1000);
  assert.deepEqual(await look(body.access_token, clientOf(one)), {
    active: true,
    scope: 'api',
    client_id: one.clientId,
    username: 'loyalty@maison.example',
    sub: body.id,
    token_type: 'access_token',
    exp: seconds + 900,
    iat: seconds,
    nbf: seconds,
  });
  assert.deepEqual(await look(body.access_token, clientOf(two)), { active: false });
  assert.deepEqual(await look('nonsense', clientOf(one)), { active: false });
  assert.deepEqual(await look(body.access_token, {}), {
    error: 'invalid_client',
    error_description: 'invalid client credentials',
  });
  assert.equal(((await look(one.refreshToken!.plaintext(), clientOf(one))) as { active: boolean }).active, true);
  desk.time.now += 900_000;
  assert.deepEqual(await look(body.access_token, clientOf(one)), { active: false });
});

test('guessing is slowed down for its address alone, asking too often for its client alone', async () => {
  const desk = openDesk();
  const credentials = await register(desk);
  const guess = (caller = home) =>
    ask(desk, { grant_type: 'client_credentials', client_id: credentials.clientId, client_secret: 'guess' }, caller);
  const thief = from('198.51.100.66');
  let guesses = 0;
  while (guesses < 300 && (await guess(thief)).body.error === 'invalid_client') guesses++;
  assert.ok(guesses >= 10 && guesses < 30, `${guesses} guesses in a minute`);
  assert.equal((await guess(thief)).body.error_description, 'login rate exceeded');
  assert.equal((await signIn(desk, credentials, from('203.0.113.8'))).status, 200, 'the vendor does not feel it');
  let asked = 1;
  while (asked < 300 && (await signIn(desk, credentials, from(`203.0.113.${asked % 250}`))).status === 200) asked++;
  assert.equal(asked, 60);
  desk.time.now += 1_000;
  assert.equal((await signIn(desk, credentials)).status, 200, 'one more a second later');
});
