import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Provider from 'oidc-provider';
import { openTestServer, type TestServer } from '../server-for-tests/open-server.ts';

/** The people of a sign-in provider of this machine, and what it says of them. */
const people: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  known: { email: 'known@house.example', email_verified: true, name: 'Known' },
  unverified: { email: 'known@house.example', email_verified: false },
  stranger: { email: 'stranger@elsewhere.example', email_verified: true },
  grouped: { email: 'new@house.example', email_verified: true, name: 'New', groups: ['staff', 'crm-analysts'] },
};

let provider: Server;
let issuer: string;
let server: TestServer;
let origin: string;

before(async () => {
  provider = createServer();
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://localhost:${(provider.address() as AddressInfo).port}`;
  server = await openTestServer({
    clock: Object.assign(() => Date.now(), { forward: () => undefined }),
    yaml: `signIn: { oidc: { name: House, issuer: "${issuer}", clientId: cordon, roles: { crm-analysts: analyst } } }`,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
  const oidc = new Provider(issuer, {
    clients: [
      {
        client_id: 'cordon',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${origin}/api/sign-in/oidc/return`],
        application_type: 'native',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people[id] }),
    }),
  });
  provider.on('request', oidc.callback());
});
after(async () => {
  await server.close();
  provider.close();
});

/** A browser that keeps cookies per host and follows the provider's own pages. */
function openBrowser() {
  const jars = new Map<string, Map<string, string>>();
  const visit = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const jar = jars.get(new URL(url).host) ?? new Map<string, string>();
    jars.set(new URL(url).host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  /** One page of the provider: its form is filled in, everything else is looked at. */
  const pass = async (at: string, account: string): Promise<Response> => {
    const page = await visit(at);
    if (page.headers.has('location')) return page;
    const prompt = /name="prompt" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
    const body = new URLSearchParams({ prompt, ...(prompt === 'login' && { login: account, password: 'any' }) });
    return visit(at, { method: 'POST', body });
  };
  const follow = async (url: string, account: string): Promise<string> => {
    let at = url;
    for (let steps = 0; steps < 15; steps += 1) {
      const next = (await pass(at, account)).headers.get('location');
      if (next === null) throw new Error(`the provider stops at ${at}`);
      at = new URL(next, at).href;
      if (at.startsWith(`${origin}/api/sign-in/oidc/return`)) return at;
    }
    throw new Error('the provider leads in circles');
  };
  return { visit, follow };
}

/** From our page to the provider and to where it leads back. */
async function goThere(account: string) {
  const browser = openBrowser();
  const begun = await browser.visit(`${origin}/api/sign-in/oidc`);
  assert.equal(begun.status, 303);
  const to = new URL(begun.headers.get('location') ?? '');
  const back = await browser.follow(to.href, account);
  return { browser, to, back };
}

async function signIn(account: string) {
  const { browser, back } = await goThere(account);
  const arrived = await browser.visit(back);
  const session = await (await browser.visit(`${origin}/api/session`)).json();
  return { arrived, person: (session as { person?: { email: string; role: string } }).person };
}

test('a known person with a verified address is signed in, with PKCE, state and nonce', async () => {
  await server.hire('responder', 'known@house.example');
  const { to } = await goThere('known');
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.match(String(to.searchParams.get(name)), /^[\w-]{43}$/);
  assert.equal(to.searchParams.get('code_challenge_method'), 'S256');
  const { arrived, person } = await signIn('known');
  assert.equal(arrived.headers.get('location'), '/');
  assert.equal(person?.role, 'responder');
});

test('an address that is not verified, and a stranger, stay outside', async () => {
  const why = { unverified: /does not say that your e-mail address is verified/, stranger: /not on the staff list/ };
  for (const [account, reason] of Object.entries(why)) {
    const { arrived, person } = await signIn(account);
    const { pathname, searchParams } = new URL(arrived.headers.get('location') ?? '', origin);
    assert.equal(pathname, '/sign-in');
    assert.match(String(searchParams.get('refused')), reason);
    assert.equal(person, undefined, account);
  }
});

test('a group that the configuration maps lets somebody new in, with that role', async () => {
  const { person } = await signIn('grouped');
  assert.deepEqual([person?.email, person?.role], ['new@house.example', 'analyst']);
});

test('an answer is taken once, by the browser that asked, with the state it was given', async () => {
  const { browser, back } = await goThere('known');
  const refused = async (answer: Response) => /^\/sign-in\?refused=/.test(answer.headers.get('location') ?? '');
  assert.ok(await refused(await openBrowser().visit(back)), 'another browser: its own sign-in was never begun');
  assert.ok(!(await refused(await browser.visit(back))));
  assert.ok(await refused(await browser.visit(back)), 'twice');
  const other = await goThere('known');
  const forged = new URL(other.back);
  forged.searchParams.set('state', 'x'.repeat(43));
  assert.ok(await refused(await other.browser.visit(forged.href)), 'another state');
});
