import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { host, openTestServer, type TestServer } from '../server-for-tests/open-server.ts';

const password = 'a long and quiet sentence';

const send = (server: TestServer, url: string, payload: object) =>
  server.app.inject({ method: 'POST', url, payload, headers: { host } });

async function join(server: TestServer) {
  const { secret } = await server.signIn.invitations.forOwner();
  const wish = { name: 'Owner', email: 'owner@house.example' };
  const setup = await send(server, `/api/welcome/${secret}/password/options`, { email: wish.email });
  const totp = new TOTP({ secret: Secret.fromBase32(setup.json().secret) });
  const code = () => totp.generate({ timestamp: server.clock() });
  const answer = await send(server, `/api/welcome/${secret}/password`, { ...wish, password, code: code() });
  assert.equal(answer.statusCode, 200, answer.body);
  return { code, email: wish.email };
}

test('switched off unless configured', async () => {
  const server = await openTestServer();
  const answer = await send(server, '/api/sign-in/password', { email: 'a@b.example', password, code: '000000' });
  assert.equal(answer.statusCode, 403);
  await server.close();
});

test('password and code sign in; a code is good once', async () => {
  const server = await openTestServer({ yaml: 'signIn: { password: true }' });
  const { code, email } = await join(server);
  const signIn = (payload: object) => send(server, '/api/sign-in/password', { email, password, ...payload });
  assert.equal((await signIn({ code: code() })).statusCode, 401, 'the code that joined is used');
  server.clock.forward(30_000);
  const once = code();
  const both = await Promise.all([signIn({ code: once }), signIn({ code: once })]);
  assert.deepEqual(both.map(({ statusCode }) => statusCode).sort(), [200, 401], 'one of two at the same moment');
  server.clock.forward(30_000);
  assert.equal((await signIn({ code: code(), password: 'another long sentence' })).statusCode, 401);
  await server.close();
});

test('guessing is slowed down per account, also for accounts that do not exist', async () => {
  const server = await openTestServer({ yaml: 'signIn: { password: true }' });
  const { code, email } = await join(server);
  server.clock.forward(60_000);
  for (const address of [email, 'nobody@house.example']) {
    const guess = () => send(server, '/api/sign-in/password', { email: address, password: 'guess', code: '123456' });
    const statuses = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await guess()).statusCode);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429], address);
  }
  const right = () => send(server, '/api/sign-in/password', { email, password, code: code() });
  assert.equal((await right()).statusCode, 429, 'even the right one waits');
  server.clock.forward(30_000);
  assert.equal((await right()).statusCode, 200);
  await server.close();
});

test('many guesses at one moment are not all the first', async () => {
  const server = await openTestServer({ yaml: 'signIn: { password: true }' });
  const guess = () =>
    send(server, '/api/sign-in/password', { email: 'a@house.example', password: 'guess', code: '123456' });
  const answers = await Promise.all(Array.from({ length: 20 }, guess));
  assert.equal(answers.filter(({ statusCode }) => statusCode === 401).length, 5);
  await server.close();
});

test('a short password is refused with what would be right', async () => {
  const server = await openTestServer({ yaml: 'signIn: { password: true }' });
  const { secret } = await server.signIn.invitations.forOwner();
  const wish = { name: 'Owner', email: 'owner@house.example', password: 'short', code: '123456' };
  const answer = await send(server, `/api/welcome/${secret}/password`, wish);
  assert.equal(answer.statusCode, 400);
  assert.match(answer.json().error.message, /at least 15 characters/);
  await server.close();
});
