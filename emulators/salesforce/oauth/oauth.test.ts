import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createHouse } from '#emulators/house/house.ts';
import { base, createClient, postForm } from '../client-for-tests.ts';
import { type Salesforce, startSalesforce } from '../salesforce.ts';
import { createApps } from './app.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const [plain, rotating, signing] = createApps(createHouse({ seed: 1 }));
const apps = [
  { ...plain!, accessTokenMs: 60_000 },
  { ...rotating!, rotatesRefreshTokens: true },
  { ...signing!, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
];
const secretsOf = ({ clientId, clientSecret }: (typeof apps)[number]) => ({
  client_id: clientId,
  client_secret: clientSecret,
});

let now = Date.UTC(2026, 10, 23, 10);
let address = '10.0.0.1';
let crm: Salesforce;
before(async () => {
  crm = await startSalesforce({ clock: () => now, apps, addressOf: () => address });
});
after(() => crm.close());

const statusOf = async (token: string): Promise<number> =>
  (await fetch(`${crm.url}${base}/limits`, { headers: { authorization: `Bearer ${token}` } })).status;

test('client credentials: a token, and absolute addresses that lead back here', async () => {
  const { status, json } = await postForm(crm, 'token', { grant_type: 'client_credentials', ...secretsOf(apps[0]!) });
  const told = json() as Record<string, string>;
  assert.equal(status, 200);
  assert.equal(told['token_type'], 'Bearer');
  assert.equal(told['instance_url'], crm.url);
  assert.match(told['access_token']!, new RegExp(`^${crm.organizationId.slice(0, 15)}![\\w.]+$`));
  assert.equal(told['issued_at'], String(now));
  assert.equal(told['refresh_token'], undefined);
  assert.equal(await statusOf(told['access_token']!), 200);
  const authorization = `Bearer ${told['access_token']}`;
  const read = async (url: string) => Object(await (await fetch(url, { headers: { authorization } })).json());
  const identity = await read(told['id']!);
  assert.equal(identity.username, apps[0]!.username);
  const info = await read(`${crm.url}/services/oauth2/userinfo`);
  assert.deepEqual([info.user_id, info.organization_id], [identity.user_id, crm.organizationId]);
  assert.equal(info.preferred_username, apps[0]!.username);
});

test('a secret in the Authorization header serves as well; a wrong one does not', async () => {
  const { clientId, clientSecret } = apps[0]!;
  const ask = (secret: string) =>
    fetch(`${crm.url}/services/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  assert.equal((await ask(clientSecret)).status, 200);
  const refused = await ask('wrong');
  assert.deepEqual([refused.status, Object(await refused.json()).error], [400, 'invalid_client']);
  const unknown = await postForm(crm, 'token', {
    grant_type: 'client_credentials',
    client_id: 'x',
    client_secret: 'y',
  });
  assert.equal(unknown.json()['error'], 'invalid_client_id');
});

test('refresh tokens: kept, or rotated so that the old one is dead', async () => {
  const kept = crm.control.grant(apps[0]!.clientId).refreshToken;
  const refresh = (app: (typeof apps)[number], token: string) =>
    postForm(crm, 'token', { grant_type: 'refresh_token', refresh_token: token, ...secretsOf(app) });
  assert.equal((await refresh(apps[0]!, kept)).json()['refresh_token'], undefined);
  assert.equal((await refresh(apps[0]!, kept)).status, 200);
  assert.equal((await refresh(apps[1]!, kept)).json()['error'], 'invalid_grant', "another app's token");
  const first = crm.control.grant(apps[1]!.clientId).refreshToken;
  const second = String((await refresh(apps[1]!, first)).json()['refresh_token']);
  assert.notEqual(second, first);
  const reused = await refresh(apps[1]!, first);
  assert.deepEqual(
    [reused.status, reused.json()],
    [400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }],
  );
  assert.equal((await refresh(apps[1]!, second)).status, 200);
});

test('access tokens end with their time, or when a test says so', async () => {
  const { clientId } = apps[0]!;
  const { accessToken } = crm.control.grant(clientId);
  now += 59_999;
  assert.equal(await statusOf(accessToken), 200);
  now += 1;
  assert.equal(await statusOf(accessToken), 401);
  const other = crm.control.grant(clientId);
  crm.control.expireAccess(clientId);
  assert.equal(await statusOf(other.accessToken), 401);
  const refreshed = await postForm(crm, 'token', {
    grant_type: 'refresh_token',
    refresh_token: other.refreshToken,
    ...secretsOf(apps[0]!),
  });
  assert.equal(refreshed.status, 200);
});

test('revoking an access token ends it alone, a refresh token ends all that stem from it', async () => {
  const client = createClient(crm);
  const refreshed = await postForm(crm, 'token', {
    grant_type: 'refresh_token',
    refresh_token: client.refreshToken,
    ...secretsOf(apps[0]!),
  });
  const second = String(refreshed.json()['access_token']);
  assert.equal((await postForm(crm, 'revoke', { token: client.token })).status, 200);
  assert.deepEqual([await statusOf(client.token), await statusOf(second)], [401, 200]);
  assert.equal((await postForm(crm, 'revoke', { token: client.refreshToken })).status, 200);
  assert.equal(await statusOf(second), 401);
  const again = await postForm(crm, 'revoke', { token: client.refreshToken });
  assert.deepEqual([again.status, again.json()['error']], [400, 'invalid_token']);
});

test('introspection tells what a token is, to its own app only', async () => {
  const { accessToken, refreshToken } = crm.control.grant(apps[0]!.clientId);
  const ask = async (app: (typeof apps)[number], token: string) =>
    (await postForm(crm, 'introspect', { token, ...secretsOf(app) })).json();
  const told = await ask(apps[0]!, accessToken);
  assert.deepEqual([told['active'], told['username'], told['exp']], [true, apps[0]!.username, (now + 60_000) / 1000]);
  assert.equal((await ask(apps[0]!, refreshToken))['token_type'], 'refresh_token');
  assert.deepEqual(await ask(apps[1]!, accessToken), { active: false });
  crm.control.revoke(accessToken);
  assert.deepEqual(await ask(apps[0]!, accessToken), { active: false });
});

test('a frozen user signs in no more, and goes on with the session at hand', async () => {
  const { accessToken, refreshToken } = crm.control.grant(apps[0]!.clientId);
  crm.control.freeze(apps[0]!.username);
  const refreshed = await postForm(crm, 'token', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...secretsOf(apps[0]!),
  });
  const fresh = await postForm(crm, 'token', { grant_type: 'client_credentials', ...secretsOf(apps[0]!) });
  assert.deepEqual([refreshed.status, fresh.status, await statusOf(accessToken)], [400, 400, 200]);
  crm.control.unfreeze(apps[0]!.username);
  assert.equal(
    (await postForm(crm, 'token', { grant_type: 'client_credentials', ...secretsOf(apps[0]!) })).status,
    200,
  );
});

test('networks: neither sign-in nor call from elsewhere', async () => {
  const { clientId } = apps[0]!;
  const { accessToken } = crm.control.grant(clientId);
  crm.control.allowNetworks(clientId, ['10.0.0.0/24', '2001:db8::/32']);
  assert.equal(await statusOf(accessToken), 200);
  address = '2001:db8::7';
  assert.equal(await statusOf(accessToken), 200);
  address = '10.0.1.1';
  assert.equal(await statusOf(accessToken), 401);
  const refused = await postForm(crm, 'token', { grant_type: 'client_credentials', ...secretsOf(apps[0]!) });
  assert.deepEqual(refused.json(), { error: 'invalid_grant', error_description: 'ip restricted' });
  address = '10.0.0.1';
  crm.control.allowNetworks(clientId, undefined);
});

test('a password', async () => {
  const { username } = apps[0]!;
  const sign = (password: string) =>
    postForm(crm, 'token', { grant_type: 'password', username, password, ...secretsOf(apps[0]!) });
  assert.equal((await sign(crm.control.passwordOf(username))).status, 200);
  assert.equal((await sign('wrong')).json()['error_description'], 'authentication failure');
});

test('a signed assertion (RFC 7523), and what is wrong with others', async () => {
  const app = apps[2]!;
  const seconds = Math.floor(now / 1000);
  const said = { iss: app.clientId, sub: app.username, aud: 'https://login.salesforce.com', exp: seconds + 180 };
  const ask = async (claims: object, algorithm = 'RS256') => {
    const text = [{ alg: algorithm }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const assertion = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    const got = await postForm(crm, 'token', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    return got.status === 200 ? 'signed in' : String(got.json()['error_description']);
  };
  assert.equal(await ask(said), 'signed in');
  assert.equal(await ask({ ...said, aud: 'https://elsewhere.example' }), 'audience is invalid');
  assert.equal(await ask({ ...said, exp: seconds - 1 }), 'token validity expired');
  assert.equal(await ask({ ...said, sub: apps[0]!.username }), "user hasn't approved this consumer");
  assert.equal(await ask({ ...said, iss: apps[0]!.clientId }), 'client identifier invalid');
  assert.equal(await ask(said, 'none'), 'invalid assertion');
  const forged = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(JSON.stringify(said)).toString('base64url')}.AAAA`;
  const got = await postForm(crm, 'token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: forged,
  });
  assert.equal(got.json()['error_description'], 'invalid assertion');
});
