import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAuthenticator } from '../server-for-tests/authenticator.ts';
import { host, openTestServer, type TestServer } from '../server-for-tests/open-server.ts';

const hourMs = 3_600_000;
let server: TestServer;
before(async () => {
  server = await openTestServer();
});
after(() => server.close());

const send = (url: string, payload: object = {}, headers: Record<string, string> = {}) =>
  server.app.inject({ method: 'POST', url, payload, headers: { host, ...headers } });
const get = (url: string, headers: Record<string, string> = {}) =>
  server.app.inject({ url, headers: { host, ...headers } });
const cookieOf = (answer: { readonly headers: Record<string, unknown> }): string =>
  String(answer.headers['set-cookie']).split(';')[0] ?? '';
const acts = async () => {
  const answer = await server.operator.inject({ url: '/api/audit-log' });
  return answer.json().map((entry: { act: string }) => entry.act) as string[];
};

async function becomeOwner(authenticator = createAuthenticator(), email = 'owner@house.example') {
  const { secret } = await server.signIn.invitations.forOwner();
  const wish = { name: 'First Owner', email };
  const options = (await send(`/api/welcome/${secret}/passkey/options`, wish)).json();
  const response = authenticator.create(options);
  const answer = await send(`/api/welcome/${secret}/passkey`, { ...wish, response });
  return { answer, secret, options, response, authenticator };
}

async function signInWith(authenticator: ReturnType<typeof createAuthenticator>, wish = {}) {
  const options = (await send('/api/sign-in/passkey/options')).json();
  const response = authenticator.get(options, wish);
  return { answer: await send('/api/sign-in/passkey', { response }), response, options };
}

test('the first owner: one link, one passkey, one session', async () => {
  assert.equal((await get('/api/session')).json().needsOwner, true);
  const { answer, secret, options, response } = await becomeOwner();
  assert.equal(options.authenticatorSelection.userVerification, 'required');
  assert.equal(options.authenticatorSelection.residentKey, 'required');
  assert.equal(options.rp.id, 'localhost');
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.json().person.role, 'owner');
  const cookie = String(answer.headers['set-cookie']);
  assert.match(cookie, /^cordon=[\w-]{43}; .*HttpOnly; SameSite=Strict/);

  const session = (await get('/api/session', { cookie: cookieOf(answer) })).json();
  assert.equal(session.needsOwner, false);
  assert.equal(session.person.email, 'owner@house.example');
  assert.equal(session.csrf, answer.json().csrf);

  const again = await send(`/api/welcome/${secret}/passkey`, { name: 'Thief', email: 'thief@evil.example', response });
  assert.equal(again.statusCode, 404, 'the link is used up');
  assert.equal((await get(`/api/welcome/${secret}`)).statusCode, 404);
});

test('two claims on one link at the same moment: one owner, and the loser leaves nothing behind', async () => {
  const { secret } = await server.signIn.invitations.forOwner();
  const claims = await Promise.all(
    ['early@house.example', 'late@house.example'].map(async (email) => {
      const wish = { name: 'Claimant', email };
      const options = (await send(`/api/welcome/${secret}/passkey/options`, wish)).json();
      return { ...wish, response: createAuthenticator().create(options) };
    }),
  );
  const answers = await Promise.all(claims.map((claim) => send(`/api/welcome/${secret}/passkey`, claim)));
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [200, 404]);
  const claimants = (await server.cordon.staff.people()).filter(({ name }) => name === 'Claimant');
  assert.equal(claimants.length, 1);
});

test('a passkey that somebody has makes nobody new, and the invitation stays good', async () => {
  const { authenticator } = await becomeOwner(createAuthenticator(), 'holder@house.example');
  const { answer, secret } = await becomeOwner(authenticator, 'copycat@house.example');
  assert.equal(answer.statusCode, 400, answer.body);
  assert.equal(await server.cordon.staff.personByEmail('copycat@house.example'), undefined);
  assert.equal((await get(`/api/welcome/${secret}`)).statusCode, 200);
  assert.deepEqual(server.bugs, []);
});

test('an owner’s link ends after an hour, and when a newer one is made', async () => {
  const first = await server.signIn.invitations.forOwner();
  const second = await server.signIn.invitations.forOwner();
  assert.equal((await get(`/api/welcome/${first.secret}`)).statusCode, 404);
  assert.equal((await get(`/api/welcome/${second.secret}`)).statusCode, 200);
  server.clock.forward(hourMs);
  assert.equal((await get(`/api/welcome/${second.secret}`)).statusCode, 404);
});

test('a passkey signs in; a challenge is good once, for five minutes, from our page, with the user verified', async () => {
  const { authenticator } = await becomeOwner(createAuthenticator(), 'second@house.example');
  const { answer, response, options: used } = await signInWith(authenticator);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.json().person.email, 'second@house.example');
  assert.equal((await send('/api/sign-in/passkey', { response })).statusCode, 401, 'the same answer again');
  const fresh = authenticator.get(used);
  assert.equal((await send('/api/sign-in/passkey', { response: fresh })).statusCode, 401, 'the same challenge again');

  const elsewhere = { origin: 'https://cordon.evil.example', relyingParty: 'localhost' };
  assert.equal((await signInWith(authenticator, elsewhere)).answer.statusCode, 401);
  assert.equal((await signInWith(authenticator, { relyingParty: 'evil.example' })).answer.statusCode, 401);
  assert.equal((await signInWith(authenticator, { userVerified: false })).answer.statusCode, 401);

  const options = (await send('/api/sign-in/passkey/options')).json();
  server.clock.forward(5 * 60_000);
  const late = await send('/api/sign-in/passkey', { response: authenticator.get(options) });
  assert.equal(late.statusCode, 401, 'too late');
  assert.equal((await signInWith(authenticator)).answer.statusCode, 200, 'and it still works');
});

test('a copied authenticator shows by its counter and is refused', async () => {
  const { authenticator } = await becomeOwner(createAuthenticator(), 'copied@house.example');
  assert.equal((await signInWith(authenticator)).answer.statusCode, 200);
  authenticator.counter = 0;
  assert.equal((await signInWith(authenticator)).answer.statusCode, 401);
  assert.ok((await acts()).includes('sign-in.failed'));
});

test('a passkey made without verifying the user is refused, and the invitation stays good', async () => {
  const { secret } = await server.signIn.invitations.forOwner();
  const wish = { name: 'Careless', email: 'careless@house.example' };
  const challenge = (await send(`/api/welcome/${secret}/passkey/options`, wish)).json();
  const response = createAuthenticator().create(challenge, { userVerified: false });
  assert.equal((await send(`/api/welcome/${secret}/passkey`, { ...wish, response })).statusCode, 400);
  assert.equal((await get(`/api/welcome/${secret}`)).statusCode, 200);
});

test('browsers keep no passkey for a bare address: the answer says where to go', async () => {
  const answer = await send('/api/sign-in/passkey/options', {}, { host: '127.0.0.1:8420' });
  assert.equal(answer.statusCode, 400);
  assert.match(answer.json().error.message, /http:\/\/localhost/);
});

test('sessions end after 12 idle hours, after 24 in all, and at sign-out', async () => {
  const seen = async (cookie: string) => (await get('/api/session', { cookie })).json().person !== undefined;
  const idle = await server.hire('analyst');
  server.clock.forward(11 * hourMs);
  assert.ok(await seen(idle.headers.cookie));
  server.clock.forward(11 * hourMs);
  assert.ok(await seen(idle.headers.cookie), 'used in between');
  server.clock.forward(2 * hourMs);
  assert.ok(!(await seen(idle.headers.cookie)), '24 hours in all');

  const away = await server.hire('analyst');
  server.clock.forward(12 * hourMs);
  assert.ok(!(await seen(away.headers.cookie)), '12 hours idle');

  const watching = await server.hire('analyst');
  server.clock.forward(11 * hourMs);
  assert.ok(await server.signIn.enter(undefined, watching.secret, 'looked'));
  server.clock.forward(hourMs);
  assert.ok(!(await seen(watching.headers.cookie)), 'a page left open is not a person');

  const leaver = await server.hire('analyst');
  const out = await server.app.inject({ method: 'DELETE', url: '/api/session', headers: leaver.headers });
  assert.equal(out.statusCode, 200);
  assert.ok(!(await seen(leaver.headers.cookie)));
});

test('a change of role or the end of an account holds at once', async () => {
  const owner = await server.hire('owner');
  const analyst = await server.hire('analyst');
  const token = await server.app.inject({
    method: 'POST',
    url: '/api/tokens',
    headers: analyst.headers,
    payload: { name: 'script', scopes: ['read', 'investigate'], days: 30 },
  });
  assert.equal(token.statusCode, 200, token.body);
  const bearer = { authorization: `Bearer ${token.json().secret}` };
  const role = { role: 'awareness' };
  const url = `/api/staff/${analyst.person.id}`;
  const changed = await server.app.inject({ method: 'PUT', url: `${url}/role`, headers: owner.headers, payload: role });
  assert.equal(changed.statusCode, 200, changed.body);
  assert.equal((await get('/api/incidents', { cookie: analyst.headers.cookie })).statusCode, 401, 'session ended');
  assert.equal((await get('/api/incidents', bearer)).statusCode, 403, 'the token lost what the role lost');
  const ended = await server.app.inject({ method: 'POST', url: `${url}/disable`, headers: owner.headers, payload: {} });
  assert.equal(ended.statusCode, 200, ended.body);
  assert.equal((await get('/api/tokens', bearer)).statusCode, 401, 'the token is good for nothing');
});

test('an API token holds its scopes, ends, and cannot make a stronger one', async () => {
  const analyst = await server.hire('analyst');
  const make = (payload: object, headers: Record<string, string> = analyst.headers) =>
    server.app.inject({ method: 'POST', url: '/api/tokens', headers: { host, ...headers }, payload });
  assert.equal((await make({ name: 'x', scopes: ['administer'], days: 1 })).statusCode, 400, 'beyond the role');
  assert.equal((await make({ name: 'x', scopes: ['read'], days: 366 })).statusCode, 400, 'longer than a year');
  assert.equal((await make({ name: 'x', scopes: ['read'] })).statusCode, 400, 'without an end');
  const made = await make({ name: 'reader', scopes: ['read'], days: 1 });
  const { secret, id } = made.json();
  assert.match(secret, /^cordon_[\w-]{43}$/);
  const bearer = { authorization: `Bearer ${secret}` };
  assert.equal((await get('/api/incidents', bearer)).statusCode, 200);
  const note = await send('/api/incidents/inc-x/notes', { text: 'x' }, bearer);
  assert.equal(note.statusCode, 403, 'read only');
  for (const [method, url] of [
    ['POST', '/api/tokens'],
    ['POST', '/api/staff/invitations'],
    ['PUT', `/api/staff/${analyst.person.id}/role`],
  ] as const) {
    const owner = await server.signIn.tokens.make((await server.hire('owner')).person, {
      name: 'all',
      scopes: ['read', 'administer'],
      days: 1,
    });
    assert.ok(owner.ok);
    const headers = { host, authorization: `Bearer ${owner.value.secret}` };
    const payload = { name: 'y', scopes: ['read'], days: 365, email: 'next@house.example', role: 'owner' };
    const answer = await server.app.inject({ method, url, headers, payload });
    assert.equal(answer.statusCode, 403, `${url}: a successor that outlives the token`);
    assert.match(answer.json().error.message, /sign in at the console/);
  }
  server.clock.forward(24 * hourMs);
  assert.equal((await get('/api/incidents', bearer)).statusCode, 401, 'expired');
  const listed = await server.operator.inject({ url: '/api/audit-log' });
  assert.doesNotMatch(listed.body, new RegExp(secret.slice(7)), 'the secret is nowhere');
  assert.match(listed.body, new RegExp(id));
});

test('the last owner stays', async () => {
  const people = await server.cordon.staff.people();
  const owners = people.filter((person) => person.role === 'owner' && person.disabledAt === undefined);
  const [last, ...others] = owners;
  for (const other of others) await server.cordon.staff.disable(other.id, server.clock());
  const answer = await server.operator.inject({ method: 'POST', url: `/api/staff/${last?.id}/disable`, payload: {} });
  assert.equal(answer.statusCode, 403);
  assert.match(answer.json().error.message, /last owner/);
});
