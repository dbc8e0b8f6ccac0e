import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { may, permissions, type Role, roles } from '#model/staff.ts';
import { type Route, routes } from './routes.ts';
import { makeEvent, openTestServer, type Staff, type TestServer } from './server-for-tests/open-server.ts';

let server: TestServer;
before(async () => {
  server = await openTestServer();
  await server.cordon.feed([makeEvent({ key: 'e1', time: server.clock(), incident: 'inc-a' })]);
});
after(() => server.close());

/** A request of the route's shape about nothing that exists, so that asking changes nothing. */
const shaped: Readonly<Record<string, unknown>> = {
  'POST /api/incidents/:id/changes': { from: 'open', to: 'closed', reason: 'A test' },
  'POST /api/incidents/:id/notes': { text: 'A test' },
  'PUT /api/incidents/:id/restriction': { readers: [], reason: 'A test' },
  'PUT /api/rules/:name': { enabled: true, reason: 'A test' },
  'PUT /api/demo': {},
  'PUT /api/staff/:id/role': { role: 'analyst' },
};

/** Of the demonstration and of a gateway, which this server has not. */
const notThere = /^\/api\/(demo|gateway)/;

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

async function ask(route: Route, staff: Staff | undefined, extra: Record<string, string> = {}) {
  const { cookie, ...rest } = staff?.headers ?? { cookie: undefined, host: 'localhost:8420' };
  const answer = await server.app.inject({
    method: route.method,
    url: route.path.replace(/:\w+/g, 'nobody'),
    headers: { ...(cookie && { cookie }), ...rest, ...extra },
    payloadAsStream: true,
    ...(route.method !== 'GET' && { payload: (shaped[nameOf(route)] ?? {}) as object }),
  });
  answer.stream().destroy();
  return answer.statusCode;
}

test('every route says whom it admits', () => {
  assert.ok(routes.length > 30, `only ${routes.length} routes`);
  const known = new Set<string>([...permissions, 'anyone', 'staff']);
  assert.deepEqual(routes.filter(({ admits }) => !known.has(admits)).map(nameOf), []);
  assert.equal(new Set(routes.map(nameOf)).size, routes.length, 'no route stands twice');
});

test('only the way in is open to anyone', () => {
  for (const route of routes.filter(({ admits }) => admits === 'anyone')) {
    assert.match(route.path, /^\/api\/(session|sign-in|welcome)\b/, nameOf(route));
  }
});

for (const role of Object.keys(roles) as Role[]) {
  test(`${role}: each route answers as the table of roles says`, async () => {
    for (const route of routes) {
      if (route.admits === 'anyone' || nameOf(route) === 'DELETE /api/session') continue;
      const status = await ask(route, await server.hire(role));
      const admitted = route.admits === 'staff' || may(role, route.admits);
      if (!admitted) assert.equal(status, 403, `${nameOf(route)} as ${role}`);
      else assert.ok([200, 400, 404].includes(status), `${nameOf(route)} as ${role}: ${status}`);
      if (admitted && route.method === 'GET' && !route.path.includes(':') && !notThere.test(route.path)) {
        assert.equal(status, 200, nameOf(route));
      }
    }
  });
}

test('without a session nothing but the way in answers', async () => {
  for (const route of routes.filter(({ admits }) => admits !== 'anyone')) {
    assert.equal(await ask(route, undefined), 401, nameOf(route));
  }
});

test('what changes something needs the session’s own token and a page of our own', async () => {
  const owner = await server.hire('owner');
  for (const route of routes.filter(({ admits, method }) => admits !== 'anyone' && method !== 'GET')) {
    assert.equal(await ask(route, owner, { 'x-csrf': 'guess' }), 403, nameOf(route));
    assert.equal(await ask(route, owner, { origin: 'https://evil.example' }), 403, nameOf(route));
    assert.equal(await ask(route, owner, { origin: 'https://localhost:8420' }), 403, 'the same name, another scheme');
    assert.equal(await ask(route, owner, { origin: 'null' }), 403, nameOf(route));
    assert.equal(await ask(route, owner, { 'sec-fetch-site': 'cross-site' }), 403, nameOf(route));
    assert.equal(await ask(route, owner, { 'sec-fetch-site': 'same-site' }), 403, nameOf(route));
  }
});

test('a name that was pointed at this machine gets no answer', async () => {
  const owner = await server.hire('owner');
  const evil = await server.app.inject({ url: '/api/now', headers: { ...owner.headers, host: 'evil.example:8420' } });
  assert.equal(evil.statusCode, 421);
});

test('answers carry the headers that keep a browser in bounds', async () => {
  const owner = await server.hire('owner');
  const { headers } = await server.app.inject({ url: '/api/now', headers: owner.headers });
  assert.equal(headers['cache-control'], 'no-store');
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('the OpenAPI document names every route', async () => {
  const { paths } = (await server.app.inject({ url: '/api/openapi.json', headers: { host: 'localhost' } })).json();
  for (const { path, method } of routes) {
    const written = path.replace(/:(\w+)/g, '{$1}');
    assert.ok(paths[written]?.[method.toLowerCase()], `${method} ${written}`);
  }
});

test('who sends slowly is let go: 10 s for the headers, 30 s for the whole request', () => {
  const { headersTimeout, requestTimeout, maxConnections } = server.app.server;
  assert.deepEqual([headersTimeout, requestTimeout, maxConnections], [10_000, 30_000, 2_000]);
});

test('an address that a client makes up does not get around the limits', async () => {
  const attempt = (each: number) =>
    server.app.inject({
      method: 'POST',
      url: '/api/sign-in/passkey/options',
      payload: {},
      headers: { host: 'localhost:8420', 'x-forwarded-for': `203.0.113.${each}` },
    });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, each) => attempt(each)));
  assert.ok(answers.filter(({ statusCode }) => statusCode === 429).length >= 10);
});

test('a bug is written down and not sent out', async () => {
  const owner = await server.hire('owner');
  const { desk } = server.cordon;
  const broken: TestServer['cordon'] = server.cordon;
  Object.assign(broken, {
    desk: () => {
      throw new Error('the secret of the house');
    },
  });
  const answer = await server.app.inject({ url: '/api/now', headers: owner.headers });
  Object.assign(broken, { desk });
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.body, /secret of the house|\.ts/);
  assert.match(String(server.bugs.pop()), /secret of the house/);
});
