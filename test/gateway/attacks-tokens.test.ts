import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { callSecurely, type SecureOptions } from './attack.fixture.ts';
import { makeCertificates } from './certificates.fixture.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** Whoever stole a vendor's whole token store, and the races of those who use it rightly. */
const policy = `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email]
operations: [query]
hours: always
networks: any
budgets:
  - 1,000 records per hour
`;
const limits = '/services/data/v64.0/limits';
let stand: Stand;
before(async () => {
  stand = await openStand();
});
after(() => stand.close());

const post = async (
  path: string,
  form: Readonly<Record<string, string>> | string,
): Promise<{ status: number; body: Record<string, string> }> => {
  const answer = await fetch(`${stand.url}/services/oauth2/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, string> };
};

test('a refresh token used by thief and owner: the second use of the old one ends both', async () => {
  const registered = await stand.register('rotating', policy, { app: 0, ways: ['refresh-token'] });
  const { clientId: client_id, clientSecret: client_secret, refreshToken } = registered;
  const refresh = (refresh_token: string) =>
    post('token', { grant_type: 'refresh_token', client_id, client_secret, refresh_token });
  const thief = await refresh(refreshToken!);
  assert.equal(thief.status, 200);
  const next = await refresh(thief.body['refresh_token']!);
  assert.equal(next.status, 200);
  const owner = await refresh(refreshToken!);
  assert.equal(owner.status, 400);
  assert.equal((await stand.call(next.body['access_token']!, limits)).status, 401, 'the thief’s token lives on');
  assert.equal((await refresh(next.body['refresh_token']!)).status, 400, 'the thief’s refresh token lives on');
});

test('fifty refreshes at once with one token: one successor, never two', async () => {
  const registered = await stand.register('racing', policy, { app: 1, ways: ['refresh-token'] });
  const { clientId: client_id, clientSecret: client_secret, refreshToken } = registered;
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      post('token', { grant_type: 'refresh_token', client_id, client_secret, refresh_token: refreshToken! }),
    ),
  );
  const successors = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body['refresh_token']));
  assert.equal(successors.size, 1);
});

test('another integration’s refresh token, secret and token', async () => {
  const one = await stand.register('first', policy, { app: 2, ways: ['refresh-token', 'client-credentials'] });
  const two = await stand.register('second', policy, { app: 3, ways: ['refresh-token', 'client-credentials'] });
  const crossed = {
    grant_type: 'refresh_token',
    client_id: two.clientId,
    client_secret: two.clientSecret,
    refresh_token: one.refreshToken!,
  };
  assert.equal((await post('token', crossed)).status, 400);
  assert.notEqual((await post('token', { ...crossed, client_id: one.clientId })).status, 200);
  const token = await stand.signIn(one);
  const seen = await post('introspect', { client_id: two.clientId, client_secret: two.clientSecret, token });
  assert.deepEqual(seen.body, { active: false });
  assert.equal((await post('introspect', { token })).status, 400);
});

test('forms that two readers read in two ways', async () => {
  const { clientId, clientSecret } = await stand.register('forms', policy, { app: 4 });
  const good = `grant_type=client_credentials&client_id=${encodeURIComponent(clientId)}&client_secret=${clientSecret}`;
  assert.equal((await post('token', good)).status, 200);
  for (const form of [
    `${good}&client_id=other`,
    `${good}&grant_type=password`,
    good.replace('client_credentials', 'CLIENT_CREDENTIALS'),
    good.replace(clientSecret, `${clientSecret}%00`),
    good.replace(clientSecret, ''),
    good.replaceAll('&', ';'),
    '',
  ])
    assert.equal((await post('token', form)).status, 400, form.slice(0, 40));
  const asJson = await fetch(`${stand.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  assert.equal(asJson.status, 415);
  const inQuery = await fetch(`${stand.url}/services/oauth2/token?${good}`, { method: 'POST' });
  assert.ok(inQuery.status >= 400);
});

test('neither the CRM’s tokens nor its secrets are in any answer, and neither those nor Cordon’s own are on the disk in the clear', async () => {
  const registered = await stand.register('secrets', policy, { app: 5 });
  const token = await stand.signIn(registered);
  await stand.call(token, queryPath('SELECT Email FROM Contact LIMIT 1'));
  const app = stand.salesforce.apps[5]!;
  const sent = stand.salesforce.control.requests().map(({ headers }) => String(headers['authorization'] ?? ''));
  const crmTokens = sent.flatMap((text) => (/^Bearer (.+)$/.exec(text) ?? []).slice(1));
  assert.ok(crmTokens.length > 0);
  const secrets = [...new Set([app.clientSecret, ...crmTokens, token, registered.clientSecret])];
  for (const path of [limits, '/services/data', '/services/data/v64.0', '/services/oauth2/userinfo']) {
    const { text, headers } = await stand.call(token, path);
    for (const secret of [app.clientSecret, ...crmTokens])
      assert.ok(!(text + JSON.stringify([...headers])).includes(secret), path);
    assert.ok(!text.includes(stand.salesforce.url), `${path} names the CRM itself`);
  }
  const { dataDirectory } = stand.configuration;
  const files = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${file.name} holds a secret in the clear`);
  }
});

test('a token of the tier network is worth nothing elsewhere', async () => {
  const elsewhere = { tier: 'network', networks: ['203.0.113.0/24'] };
  const registered = await stand.register('elsewhere', policy, { app: 6, sender: elsewhere });
  await assert.rejects(() => stand.signIn(registered), /refused this sender/);
  const forged = await fetch(registered.tokenUrl, {
    method: 'POST',
    headers: { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7', forwarded: 'for=203.0.113.7' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: registered.clientId,
      client_secret: registered.clientSecret,
    }),
  });
  assert.equal(forged.status, 400);
});

test('guessing at the token endpoint is slowed down', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      post('token', { grant_type: 'client_credentials', client_id: 'guess', client_secret: String(index) }),
    ),
  );
  assert.ok(answers.every(({ status }) => status === 400));
  assert.ok(answers.some(({ body }) => body['error_description'] === 'login rate exceeded'));
});

test('the tier certificate: only with the certificate itself, and never without TLS', async () => {
  const certificates = await makeCertificates();
  const plain = await openStand();
  const bound = { tier: 'certificate', certificates: [certificates.owner.thumbprint] };
  const registered = await plain.register('bound', policy, { sender: bound });
  await assert.rejects(() => plain.signIn(registered), /without its certificate/);
  const pretended = await fetch(registered.tokenUrl, {
    method: 'POST',
    headers: {
      'x-forwarded-client-cert': `Hash=${certificates.owner.thumbprint}`,
      'x-ssl-client-cert': encodeURIComponent(certificates.owner.cert),
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: registered.clientId,
      client_secret: registered.clientSecret,
    }),
  });
  assert.equal(pretended.status, 400);
  await plain.close();

  const files = {
    certificate: join(plain.configuration.dataDirectory, '..', `cordon-attack-${process.pid}.crt`),
    key: join(plain.configuration.dataDirectory, '..', `cordon-attack-${process.pid}.key`),
  };
  await writeFile(files.certificate, certificates.server.cert);
  await writeFile(files.key, certificates.server.key);
  const secure = await openStand({}, `tls: { certificate: '${files.certificate}', key: '${files.key}' }`);
  try {
    const { clientId, clientSecret } = await secure.register('bound', policy, { sender: bound });
    const { port } = secure.gateway;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signIn = (own: Pick<SecureOptions, 'cert' | 'key'>) =>
      callSecurely({ port, path: '/services/oauth2/token', method: 'POST', headers, body: form.toString(), ...own });
    const { owner, thief, twin } = certificates;
    const signed = await signIn({ cert: owner.cert, key: owner.key });
    assert.equal(signed.status, 200, signed.text);
    const token = (JSON.parse(signed.text) as { readonly access_token: string }).access_token;
    const see = (own: Pick<SecureOptions, 'cert' | 'key'>) =>
      callSecurely({ port, path: limits, headers: { authorization: `Bearer ${token}` }, ...own });
    assert.equal((await see({ cert: owner.cert, key: owner.key })).status, 200);
    assert.equal((await see({})).status, 403, 'without a certificate');
    assert.equal((await see({ cert: thief.cert, key: thief.key })).status, 403, 'with another');
    assert.equal((await see({ cert: twin.cert, key: twin.key })).status, 403, 'with one of the same name');
    await assert.rejects(() => see({ cert: owner.cert, key: thief.key }), 'with the certificate but not its key');
    for (const own of [{}, { cert: thief.cert, key: thief.key }, { cert: twin.cert, key: twin.key }])
      assert.equal((await signIn(own)).status, 400);
  } finally {
    await secure.close();
  }
});

test('hashes, not tokens: what the gateway keeps of a token does not open it', async () => {
  const registered = await stand.register('hashes', policy, { app: 7 });
  const token = await stand.signIn(registered);
  const digest = createHash('sha256').update(token);
  for (const text of [digest.copy().digest('base64url'), digest.copy().digest('hex'), digest.copy().digest('base64')])
    assert.equal((await stand.call(text, limits)).status, 401);
});
