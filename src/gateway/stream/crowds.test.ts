import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  answerWith,
  call,
  contact,
  errorOf,
  openGateway,
  page,
  queryTarget,
  startCrm,
  until,
} from './stream.fixture.ts';

const query = queryTarget('SELECT Id, LastName FROM Contact');
const body = JSON.stringify({
  compositeRequest: [{ method: 'GET', url: query, referenceId: 'a' }],
});
const post = [
  'POST /services/data/v64.0/composite HTTP/1.1',
  'host: a',
  'authorization: Bearer t1',
  'content-type: application/json',
  `content-length: ${body.length}`,
].join('\r\n');

interface Started {
  readonly socket: Socket;
  text(): string;
}

/** A call whose body lacks its last byte. */
function startBody(t: TestContext, port: number): Started {
  let text = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(`${post}\r\n\r\n${body.slice(0, -1)}`));
  socket.on('data', (part: Buffer) => {
    text += part.toString();
  });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return { socket, text: () => text };
}

/** A CRM that has a call and gives no answer to it. */
const openSilent = async (t: TestContext, limits: Parameters<typeof openGateway>[2]) => {
  const crm = await startCrm(t, () => undefined);
  return { crm, ...(await openGateway(t, crm.port, limits)) };
};

test('a call counts from its head on: bodies that come all at once are no way around the limit', async (t) => {
  const { gateway, crm } = await openSilent(t, { limits: { callsPerIntegration: 4 } });
  const started = Array.from({ length: 20 }, () => startBody(t, gateway.port));
  await until(() => started.filter(({ text }) => text() !== '').length === 16);
  assert.equal(gateway.runningCalls, 4);
  for (const { socket } of started) socket.write(body.slice(-1));
  await setTimeout(300);
  assert.equal(crm.requests.length, 4, 'no more at once than may run');
  const refused = started.filter(({ text }) => /^HTTP\/1\.1 403 [\s\S]*REQUEST_LIMIT_EXCEEDED/.test(text()));
  assert.equal(refused.length, 16);
});

test('whoever goes gives the place back, in a pipeline too', async (t) => {
  const { gateway } = await openSilent(t, { limits: { callsPerIntegration: 4 } });
  const started = [startBody(t, gateway.port), startBody(t, gateway.port)];
  const pipeline = connect(gateway.port, '127.0.0.1', () =>
    pipeline.write(`GET ${query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t1\r\n\r\n`.repeat(9)),
  );
  pipeline.on('error', () => undefined);
  await until(() => gateway.runningCalls === 4);
  assert.equal((await call(gateway.port, query)).status, 403);
  for (const { socket } of started) socket.destroy();
  pipeline.resetAndDestroy();
  await until(() => gateway.runningCalls === 0);
});

test('a token that ends while a body comes is worth nothing when it has come', async (t) => {
  const { gateway, broker, crm } = await openSilent(t, {});
  const { socket, text } = startBody(t, gateway.port);
  await until(() => gateway.runningCalls === 1);
  broker.ended.add('t1');
  socket.write(body.slice(-1));
  await until(() => text() !== '');
  assert.match(text(), /^HTTP\/1\.1 401 [\s\S]*INVALID_SESSION_ID/);
  assert.deepEqual(crm.requests, []);
});

test('an integration that calls too often is refused, told of once, and served again', async (t) => {
  const crm = await startCrm(t, (socket) => socket.write(answerWith(page([contact(1)]))));
  const limits = { callsPerSecond: 20, callsInBurst: 10 };
  const { gateway, notices, calls } = await openGateway(t, crm.port, { limits });
  const answers = await Promise.all(Array.from({ length: 60 }, () => call(gateway.port, query)));
  const refused = answers.filter(({ status }) => status === 403);
  assert.ok(refused.length >= 40 && refused.length <= 50, `${refused.length} refused`);
  assert.ok(refused.every((each) => errorOf(each) === 'REQUEST_LIMIT_EXCEEDED'));
  assert.deepEqual(
    notices.map(({ reason, level }) => [reason, level]),
    [['rate', 'medium']],
  );
  assert.equal(calls.filter(({ outcome }) => outcome === 'rate').length, 1, 'a flood fills no log');
  assert.match(await gateway.metrics(), new RegExp(`refused_total\\{reason="rate"\\} ${refused.length}\\n`));
  await setTimeout(120);
  assert.equal((await call(gateway.port, query)).status, 200);
});
