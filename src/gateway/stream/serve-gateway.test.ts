import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  answerWith,
  call,
  contact,
  contactId,
  errorOf,
  openGateway,
  page,
  queryTarget,
  startCrm,
  until,
} from './stream.fixture.ts';

const query = queryTarget('SELECT Id, LastName FROM Contact');

/** Sends bytes as they are and resolves with all that comes until the connection ends. */
function sendRaw(port: number, bytes: string, mostMs = 3000): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const end = () => {
      socket.destroy();
      resolve(got);
    };
    const timer = setTimeout(end, mostMs);
    socket.on('data', (chunk) => {
      got += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
  });
}

async function openPlain(t: TestContext, change: Parameters<typeof openGateway>[2] = {}) {
  const crm = await startCrm(t, (socket) => socket.write(answerWith(page([contact(1)]))));
  return { ...(await openGateway(t, crm.port, change)), crm };
}

test('whatever two readers could read in two ways is refused, and the CRM never hears of it', async (t) => {
  const { gateway, crm } = await openPlain(t);
  const start = `GET ${query} HTTP/1.1\r\n`;
  const host = 'Host: x\r\n';
  const bearer = 'Authorization: Bearer t1\r\n';
  const attempts: [string, string][] = [
    ['a length twice', `${start}${host}${bearer}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`],
    ['the same length twice', `${start}${host}${bearer}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
    [
      'length and chunks',
      `POST ${query} HTTP/1.1\r\n${host}${bearer}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a coding that is not chunked',
      `POST ${query} HTTP/1.1\r\n${host}${bearer}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    ['coding in disguise', `POST ${query} HTTP/1.1\r\n${host}${bearer}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['two hosts', `${start}${host}Host: y\r\n${bearer}\r\n`],
    ['no host', `${start}${bearer}\r\n`],
    ['two tokens', `${start}${host}${bearer}Authorization: Bearer t2\r\n\r\n`],
    ['the same token twice', `${start}${host}${bearer}${bearer}\r\n`],
    ['a folded header', `${start}${host}${bearer}X-A: b\r\n c\r\n\r\n`],
    ['a bare line feed', `${start}${host}${bearer}X-A: b\nX-B: c\r\n\r\n`],
    ['an older version', `GET ${query} HTTP/1.0\r\n${host}${bearer}\r\n`],
    ['an absolute target', `GET http://elsewhere.example${query} HTTP/1.1\r\n${host}${bearer}\r\n`],
    ['a tunnel', `CONNECT elsewhere.example:443 HTTP/1.1\r\n${host}${bearer}\r\n`],
    ['oversize headers', `${start}${host}${bearer}X-A: ${'a'.repeat(40_000)}\r\n\r\n`],
    ['an oversize target', `GET /${'a'.repeat(25_000)} HTTP/1.1\r\n${host}${bearer}\r\n`],
    ['another header with two values', `${start}${host}${bearer}Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n\r\n`],
    ['a body where none belongs', `${start}${host}${bearer}Content-Length: 5\r\n\r\nhello`],
    ['rubbish', '\x16\x03\x01\x02\x00'],
  ];
  for (const [name, bytes] of attempts) {
    const got = await sendRaw(gateway.port, bytes, 700);
    assert.doesNotMatch(got, /^HTTP\/1\.1 [23]/, name);
    if (got !== '')
      assert.match(got, /^HTTP\/1\.1 4\d\d [\s\S]*\[\{"message":".*","errorCode":"\w+"\}\]$/, `${name}: ${got}`);
  }
  assert.deepEqual(crm.requests, []);
});

test('leading slashes are collapsed before anything is judged', async (t) => {
  const { gateway, ledger, crm } = await openPlain(t);
  assert.equal((await call(gateway.port, `//${query.slice(1)}`)).status, 200);
  assert.deepEqual(ledger.ids, [contactId(1)]);
  assert.match(crm.requests[0]!, /^GET \/services\//);
});

test('the token of the caller stays here, and the token of the CRM never leaves', async (t) => {
  const { gateway, crm, logs, calls } = await openPlain(t);
  const got = await call(gateway.port, query, { headers: { cookie: 'sid=1', 'x-prettyprint': '1', 'x-a': 'b' } });
  assert.equal(got.status, 200);
  assert.match(crm.requests[0]!, /authorization: Bearer crm-1/);
  assert.doesNotMatch(crm.requests[0]!, /Bearer t1|cookie|prettyprint|x-a/i);
  assert.doesNotMatch(JSON.stringify([got.headers, logs, calls]), /crm-1|Bearer|SELECT/);
});

test('a slow request is ended with 408, a slow body too', async (t) => {
  const { gateway } = await openPlain(t, { limits: { headMs: 600, requestMs: 900 } });
  assert.match(await sendRaw(gateway.port, `GET ${query} HTTP/1.1\r\nHost: x\r\n`), /^HTTP\/1\.1 408 /);
  const started = `POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na`;
  const got = await sendRaw(gateway.port, started, 4000);
  assert.doesNotMatch(got, /^HTTP\/1\.1 200/);
});

test('a body is bounded, whether it says its length or not', async (t) => {
  const { gateway, crm } = await openPlain(t);
  const options = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  const got = await call(gateway.port, '/services/oauth2/token', { ...options, body: 'a'.repeat(40_000) });
  assert.equal(got.status, 413);
  assert.equal(errorOf(got), 'REQUEST_TOO_LARGE');
  const headers = { ...options.headers, 'transfer-encoding': 'chunked' };
  const chunked = await call(gateway.port, '/services/oauth2/token', {
    ...options,
    headers,
    body: 'a'.repeat(400_000),
  });
  assert.ok(chunked.status === 413 || chunked.error !== undefined);
  assert.deepEqual(crm.requests, []);
});

test('the OAuth endpoint answers forms through the broker', async (t) => {
  const { gateway } = await openPlain(t);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const got = await call(gateway.port, '//services/oauth2/token', {
    method: 'POST',
    headers,
    body: 'grant_type=refresh_token',
  });
  assert.deepEqual(JSON.parse(got.body.toString()), { path: 'token', grant: 'refresh_token' });
  assert.equal(got.headers['cache-control'], 'no-store');
});

test('a connection that the CRM closed meanwhile costs the caller nothing', async (t) => {
  const { gateway, crm } = await openPlain(t);
  assert.equal((await call(gateway.port, query)).status, 200);
  for (const socket of crm.sockets) socket.end();
  assert.equal((await call(gateway.port, query)).status, 200);
  assert.equal(crm.requests.length, 2);
});

test('what the CRM does wrong with HTTP ends as a refusal', async (t) => {
  const body = page([contact(1)]);
  const type = { 'Content-Type': 'application/json;charset=UTF-8' };
  const head = (lines: string) => `HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n${lines}\r\n\r\n`;
  const odd: [string, string | Buffer][] = [
    ['two lengths', head(`Content-Length: ${body.length}\r\nContent-Length: 3`) + body],
    ['length and chunks', head(`Content-Length: ${body.length}\r\nTransfer-Encoding: chunked`) + body],
    ['neither', head('X-A: b') + body],
    ['a redirect', answerWith('', { Location: 'https://elsewhere.example' }, '302 Found')],
    ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['an older version', answerWith(body).toString().replace('HTTP/1.1', 'HTTP/1.0')],
    ['more than its length', Buffer.concat([answerWith(body), Buffer.from('{"Email":"a@b.c"}')])],
    ['less than its length', answerWith(body, { ...type, 'Content-Length': String(body.length + 5) })],
    ['a huge head', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(50_000)}\r\n\r\n`],
    ['a folded header', answerWith(body).toString().replace('\r\n\r\n', '\r\n folded\r\n\r\n')],
    ['a wrong chunk', `${head('Transfer-Encoding: chunked')}zz\r\n`],
  ];
  for (const [name, answer] of odd) {
    const crm = await startCrm(t, (socket) => socket.write(answer));
    const { gateway, ledger } = await openGateway(t, crm.port, {
      limits: { upstreamBodyMs: 300, upstreamHeadMs: 300 },
    });
    const got = await call(gateway.port, query);
    assert.ok(got.status >= 400 && !got.body.includes('a@b.c'), `${name}: ${got.status}`);
    assert.equal(ledger.ids.length, 0, name);
  }
});

test('an unreachable CRM is a 502 and shows on the readiness page', async (t) => {
  const { gateway } = await openGateway(t, 1);
  assert.equal((await call(gateway.port, query)).status, 502);
  const ready = await call(gateway.adminPort, '/cordon/ready');
  assert.deepEqual([ready.status, JSON.parse(ready.body.toString()).obstacles], [503, ['crm-unreachable']]);
});

test('health, readiness and metrics are apart from the callers, and hold no data of theirs', async (t) => {
  const { gateway } = await openPlain(t);
  await call(gateway.port, query);
  assert.notEqual((await call(gateway.port, '/cordon/metrics')).status, 200);
  assert.equal((await call(gateway.adminPort, '/cordon/health')).status, 200);
  assert.equal((await call(gateway.adminPort, '/cordon/ready')).status, 200);
  const text = (await call(gateway.adminPort, '/cordon/metrics')).body.toString();
  assert.match(text, /cordon_gateway_calls_total\{operation="query",status="200"\} 1/);
  assert.match(text, /cordon_gateway_records_released_total\{integration="crm-sync",object="Contact"\} 1/);
  assert.doesNotMatch(text, /SELECT|003000/);
});

test('before the disk is full nothing leaves any more; the alarm comes earlier', async (t) => {
  const full = await openPlain(t, { diskShare: async () => 0.96 });
  const got = await call(full.gateway.port, query);
  assert.deepEqual([got.status, errorOf(got)], [503, 'SERVER_UNAVAILABLE']);
  assert.equal((await call(full.gateway.adminPort, '/cordon/ready')).status, 503);
  const nearly = await openPlain(t, { diskShare: async () => 0.85 });
  assert.equal((await call(nearly.gateway.port, query)).status, 200);
  assert.ok(nearly.logs.some((line) => line.includes('disk-alarm')));
});

test('draining lets calls under way end and takes no others', async (t) => {
  let answer: (() => void) | undefined;
  const crm = await startCrm(t, (socket) => {
    answer = () => socket.write(answerWith(page([contact(1)])));
  });
  const { gateway } = await openGateway(t, crm.port);
  const going = call(gateway.port, query);
  await until(() => answer !== undefined);
  const drained = gateway.drain();
  const refused = await call(gateway.port, query);
  assert.ok(refused.status === 503 || refused.error !== undefined);
  answer?.();
  assert.equal((await going).status, 200);
  await drained;
});

test('addresses of the CRM in what it says of itself become the own one', async (t) => {
  const crm = await startCrm(t, (socket) =>
    socket.write(
      answerWith('{"identity":"https://house.my.salesforce.com/id/00D/005","query":"/services/data/v64.0/query"}'),
    ),
  );
  const { gateway } = await openGateway(t, crm.port);
  const got = await call(gateway.port, '/services/data/v64.0');
  assert.deepEqual(JSON.parse(got.body.toString()), {
    identity: `http://${gateway.address}/id/00D/005`,
    query: '/services/data/v64.0/query',
  });
});
