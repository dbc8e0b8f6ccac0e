import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAuthenticator } from './server-for-tests/authenticator.ts';
import { openTestServer, type TestServer } from './server-for-tests/open-server.ts';

const origin = 'https://cordon.house.example';
const host = 'cordon.house.example';
let server: TestServer;
before(async () => {
  server = await openTestServer({ yaml: `publicUrl: ${origin}` });
});
after(() => server.close());

const send = (url: string, payload: object, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  server.app.inject({ method: 'POST', url, payload, remoteAddress, headers: { host, origin, ...headers } });

test('under TLS the cookie is bound to this host, Secure, and out of reach of scripts and other sites', async () => {
  const { secret } = await server.signIn.invitations.forOwner();
  const wish = { name: 'Owner', email: 'owner@house.example' };
  const options = (await send(`/api/welcome/${secret}/passkey/options`, wish)).json();
  assert.equal(options.rp.id, host);
  const response = createAuthenticator(origin).create(options);
  const answer = await send(`/api/welcome/${secret}/passkey`, { ...wish, response });
  assert.equal(answer.statusCode, 200, answer.body);
  const cookie = String(answer.headers['set-cookie']);
  assert.match(cookie, /^__Host-cordon=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  assert.match(String(answer.headers['strict-transport-security']), /max-age=\d+/);
});

test('only the public name counts, and only its https pages may change anything', async () => {
  const answer = (headers: Record<string, string>) => send('/api/sign-in/passkey/options', {}, headers);
  assert.equal((await answer({})).statusCode, 200);
  assert.equal((await answer({ origin: `http://${host}` })).statusCode, 403);
  assert.equal((await answer({ host: 'evil.example', origin: 'https://evil.example' })).statusCode, 421);
});

test('the proxy on this machine is believed about addresses; a client is not, neither directly nor through it', async () => {
  const limited = async (forwarded: (each: number) => string, remoteAddress: string) => {
    const answers = [];
    for (let each = 0; each < 40; each += 1) {
      const headers = { 'x-forwarded-for': forwarded(each) };
      answers.push((await send('/api/sign-in/passkey/options', {}, headers, remoteAddress)).statusCode);
    }
    return answers.filter((status) => status === 429).length;
  };
  assert.equal(await limited((each) => `203.0.113.${each}`, '127.0.0.1'), 0, 'forty people behind the proxy');
  assert.equal(await limited((each) => `203.0.113.${each}`, '198.51.100.1'), 10, 'one client past the proxy');
  const through = await limited((each) => `10.0.0.${each}, 198.51.100.2`, '127.0.0.1');
  assert.equal(through, 10, 'one client that sent the header through the proxy');
});
