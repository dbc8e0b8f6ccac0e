import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { errorCodeOf, lines, rawGet, recordsInLedger, speak, until } from './attack.fixture.ts';
import { openStand, queryPath, type Stand } from './gateway.fixture.ts';

/** Where readers of HTTP differ: whatever has two readings must have no answer. */
const policy = `objects:
  Contact:
    customer: Id
    fields: [FirstName, LastName, Email]
operations: [query, retrieve, bulk, describe]
hours: always
networks: any
budgets: [1,000 records per hour, 10 counts per hour]
`.replace('[1,000 records per hour, 10 counts per hour]', '\n  - 1,000 records per hour\n  - 10 counts per hour');

const limits = '/services/data/v64.0/limits';
const oneContact = queryPath('SELECT Email FROM Contact LIMIT 1');
let stand: Stand;
let token: string;
before(async () => {
  stand = await openStand();
  token = await stand.signIn(await stand.register('agenda-sync', policy));
});
after(() => stand.close());
const forwarded = (): number => stand.salesforce.control.requests().length;
const say = (bytes: string, mostMs?: number) => speak(stand.gateway.port, bytes, mostMs);

test('other versions and methods of HTTP', async () => {
  const bearer = `authorization: Bearer ${token}`;
  const requests: readonly string[] = [
    lines(`GET ${oneContact} HTTP/1.0`, 'host: a', bearer),
    lines(`GET ${oneContact} HTTP/1.0`, bearer),
    lines(`GET ${oneContact} HTTP/0.9`, 'host: a', bearer),
    lines(`GET ${oneContact} HTTP/2.0`, 'host: a', bearer),
    `GET ${oneContact}\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    lines(`get ${oneContact} HTTP/1.1`, 'host: a', bearer),
    ...['HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'SEARCH', 'PURGE', 'LINK', 'M-SEARCH', 'DELETE'].map((method) =>
      lines(`${method} ${oneContact} HTTP/1.1`, 'host: a', bearer, 'connection: close'),
    ),
    lines(`CONNECT crm.example:443 HTTP/1.1`, 'host: a', bearer),
    lines(`OPTIONS * HTTP/1.1`, 'host: a', bearer, 'connection: close'),
  ];
  for (const request of requests) {
    const before = forwarded();
    const { statuses, text } = await say(request, 300);
    assert.ok(
      statuses.every((status) => status >= 400),
      `${request.slice(0, 30)}: ${text.slice(0, 200)}`,
    );
    assert.equal(forwarded(), before, `${request.slice(0, 30)} reached the CRM`);
  }
});

test('Host: none, two, and others’ lead to no other CRM', async () => {
  const bearer = `authorization: Bearer ${token}`;
  assert.deepEqual((await say(lines(`GET ${limits} HTTP/1.1`, bearer))).statuses, [400]);
  assert.deepEqual(
    (await say(lines(`GET ${limits} HTTP/1.1`, 'host: a', 'host: a', bearer, 'connection: close'))).statuses,
    [400],
  );
  const before = stand.salesforce.control.requests().length;
  const forwards = ['x-forwarded-host: evil.example', 'x-forwarded-for: 203.0.113.9', 'forwarded: host=evil.example'];
  const rewrites = [
    'x-original-url: /services/data/v64.0/search?q=a',
    'x-rewrite-url: /services/data/v64.0/search?q=a',
  ];
  const request = lines(
    `GET ${limits} HTTP/1.1`,
    'host: evil.example',
    bearer,
    ...forwards,
    ...rewrites,
    'connection: close',
  );
  assert.deepEqual((await say(request)).statuses, [200]);
  const sent = stand.salesforce.control.requests().slice(before).at(-1);
  assert.equal(sent!.target, limits);
  assert.equal(sent!.headers['host'], new URL(stand.salesforce.url).host);
  for (const name of ['x-forwarded-host', 'x-forwarded-for', 'forwarded', 'x-original-url', 'x-rewrite-url'])
    assert.equal(sent!.headers[name], undefined, name);
});

test('headers that would change the answer, or sign in another way, stay here', async () => {
  const before = forwarded();
  const answer = await stand.call(token, oneContact, {
    headers: {
      cookie: 'sid=00D!other',
      'x-sfdc-session': '00D!other',
      'x-prettyprint': '1',
      range: 'bytes=0-10',
      'if-none-match': '"x"',
      'if-modified-since': 'Mon, 23 Nov 2026 00:00:00 GMT',
      'sforce-auto-assign': 'TRUE',
      'accept-encoding': 'br, zstd, deflate',
      accept: 'application/xml',
    },
  });
  assert.equal(answer.status, 200, answer.text);
  const sent = stand.salesforce.control.requests().slice(before).at(-1);
  for (const name of [
    'cookie',
    'x-sfdc-session',
    'x-prettyprint',
    'range',
    'if-none-match',
    'if-modified-since',
    'sforce-auto-assign',
  ])
    assert.equal(sent!.headers[name], undefined, name);
  assert.equal(sent!.headers['accept-encoding'], 'identity');
  assert.equal(sent!.headers['accept'], 'application/json');
  assert.doesNotMatch(String(sent!.headers['authorization']), /cordon/);
});

test('a namespace or a page size by header: known ones or none', async () => {
  for (const headers of [
    { 'sforce-call-options': 'client=a, defaultNamespace=evil' },
    { 'sforce-query-options': 'batchSize=1, x=2' },
    { 'sforce-query-options': 'batchSize=-5' },
  ]) {
    const before = forwarded();
    const answer = await stand.call(token, oneContact, { headers });
    assert.equal(answer.status, 400, JSON.stringify(headers));
    assert.equal(forwarded(), before);
  }
});

test('two Authorization headers, in whatever spelling', async () => {
  for (const second of [`authorization: Bearer ${token}`, 'Authorization: Bearer other', 'AUTHORIZATION: Basic x']) {
    const heard = await say(rawGet(token, limits, second, 'connection: close'));
    assert.deepEqual(heard.statuses, [400], second);
  }
  const folded = `GET ${limits} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer\r\n ${token}\r\n\r\n`;
  assert.ok((await say(folded, 300)).statuses.every((status) => status >= 400));
});

test('Upgrade and WebSockets: answered as the request that they are, or not at all', async () => {
  for (const protocol of ['websocket', 'h2c', 'TLS/1.0']) {
    const heard = await say(
      rawGet(token, limits, 'connection: upgrade', `upgrade: ${protocol}`, 'http2-settings: AAMAAABk'),
      300,
    );
    assert.ok(
      heard.statuses.every((status) => status !== 101),
      protocol,
    );
  }
});

test('Expect: 100-continue is answered once the body is wanted, anything else refused', async () => {
  const head = [`authorization: Bearer ${token}`, 'host: a', 'content-type: application/json', 'content-length: 2'];
  const unwanted = await say(lines('POST /services/data/v64.0/search HTTP/1.1', ...head, 'expect: 100-continue'), 300);
  assert.ok(!unwanted.statuses.includes(100) && unwanted.statuses[0]! >= 400, unwanted.text);
  const strange = await say(lines('POST /services/data/v64.0/composite HTTP/1.1', ...head, 'expect: 200-ok'), 300);
  assert.ok(
    strange.statuses.every((status) => status >= 400),
    strange.text,
  );
  const wanted = await say(
    `${lines('POST /services/data/v64.0/composite HTTP/1.1', ...head, 'expect: 100-continue')}{}`,
    300,
  );
  assert.deepEqual(wanted.statuses, [100, 400]);
});

test('trailers change nothing', async () => {
  const body = JSON.stringify({ compositeRequest: [{ method: 'GET', url: oneContact, referenceId: 'a' }] });
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\nauthorization: Bearer other\r\nx-http-method-override: DELETE\r\n\r\n`;
  const head = lines(
    'POST /services/data/v64.0/composite HTTP/1.1',
    'host: a',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
    'trailer: authorization',
    'connection: close',
  );
  const records = await recordsInLedger(stand, 'agenda-sync');
  const heard = await say(head + chunked);
  assert.deepEqual(heard.statuses, [200]);
  await until(async () => (await recordsInLedger(stand, 'agenda-sync')) === records + 1);
});

test('a pipeline of calls is answered in order, and each is counted', async () => {
  const records = await recordsInLedger(stand, 'agenda-sync');
  const heard = await say(
    `${rawGet(token, oneContact).repeat(20)}${rawGet('nobody', oneContact, 'connection: close')}`,
    4000,
  );
  assert.deepEqual(heard.statuses, [...Array.from({ length: 20 }, () => 200), 401]);
  await until(async () => (await recordsInLedger(stand, 'agenda-sync')) === records + 20);
});

test('a client that goes before its answer is counted all the same', async () => {
  const records = await recordsInLedger(stand, 'agenda-sync');
  const before = forwarded();
  const socket = connect({ host: '127.0.0.1', port: stand.gateway.port });
  socket.on('error', () => {});
  socket.write(rawGet(token, oneContact));
  await until(() => forwarded() > before);
  socket.resetAndDestroy();
  await stand.call(token, limits);
  const after = await recordsInLedger(stand, 'agenda-sync');
  assert.ok(after === records || after === records + 1, String(after - records));
});

test('what the CRM must not see, or answers with, goes in no log line and no error of the gateway', async () => {
  const answer = await stand.call(
    token,
    '/services/data/v64.0/query?q=SELECT%20Secret%0d%0aX-Evil%3a%201%20FROM%20Contact',
  );
  assert.ok(answer.status >= 400);
  assert.equal(answer.headers.get('x-evil'), null);
  const identity = await fetch(
    `${stand.url}/id/${stand.salesforce.organizationId}/005000000000001AAA?oauth_token=stolen-text`,
  );
  assert.doesNotMatch(await identity.text(), /stolen-text/);
});

test('the identity of somebody else is not to be had', async () => {
  const [, other] = stand.salesforce.users;
  const answer = await stand.call(token, `/id/${stand.salesforce.organizationId}/${other!.id}`);
  assert.ok(answer.status === 403 || answer.status === 404, `${answer.status}: ${answer.text}`);
  assert.match(errorCodeOf(answer.json), /^[A-Z_]+$/);
});

test('the gateway’s own pages are not where integrations call', async () => {
  for (const path of ['/cordon/metrics', '/cordon/health', '/metrics', '/healthz'])
    assert.equal((await stand.call(token, path)).status, 404, path);
});
