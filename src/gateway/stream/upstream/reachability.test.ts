import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { failure } from '#model/result.ts';
import { listen } from '../ingress/listen.ts';
import { answerWith, call, contact, openGateway, page, queryTarget, until } from '../stream.fixture.ts';

const query = queryTarget('SELECT Id, LastName FROM Contact');
const limits = { probeEveryMs: 60, probeMs: 200, upstreamHeadMs: 300, connectMs: 300 };

type Answer = (socket: Socket, request: string) => void;
const fine: Answer = (socket, request) => {
  if (request.startsWith('GET /services/data HTTP')) socket.write(answerWith('[]'));
  else socket.write(answerWith(page([contact(1)])));
};

/** A CRM that can go, come back on the same port, and change its ways. */
async function openCrm(t: TestContext) {
  const crm = { port: 0, connections: 0, most: 0, open: 0, answer: fine, gone: async () => {}, back: async () => {} };
  let server: Server;
  const sockets = new Set<Socket>();
  const start = async () => {
    server = createServer((socket) => {
      crm.connections += 1;
      crm.open += 1;
      crm.most = Math.max(crm.most, crm.open);
      sockets.add(socket);
      socket.on('data', (part) => crm.answer(socket, part.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        crm.open -= 1;
        sockets.delete(socket);
      });
    });
    ({ port: crm.port } = await listen(server, { host: '127.0.0.1', port: crm.port }));
  };
  crm.back = start;
  crm.gone = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await start();
  t.after(() => crm.gone());
  return crm;
}

const obstaclesOf = async (adminPort: number): Promise<readonly string[]> => {
  const ready = await call(adminPort, '/cordon/ready');
  const { obstacles } = JSON.parse(ready.body.toString()) as { readonly obstacles: readonly string[] };
  assert.equal(ready.status, obstacles.length === 0 ? 200 : 503);
  return obstacles;
};

test('a CRM that is gone shows, and that it is back too, though nobody calls any more', async (t) => {
  const crm = await openCrm(t);
  const { gateway, logs } = await openGateway(t, crm.port, { limits });
  assert.equal((await call(gateway.port, query)).status, 200);
  await crm.gone();
  assert.equal((await call(gateway.port, query)).status, 502);
  assert.deepEqual(await obstaclesOf(gateway.adminPort), ['crm-unreachable']);
  await setTimeout(200);
  assert.deepEqual(await obstaclesOf(gateway.adminPort), ['crm-unreachable']);
  await crm.back();
  await until(() => gateway.isReady, 1000);
  assert.deepEqual(await obstaclesOf(gateway.adminPort), []);
  assert.equal((await call(gateway.port, query)).status, 200);
  const told = logs.filter((line) => /"crm-(un)?reachable"/.test(line)).map((line) => /crm-\w+/.exec(line)![0]);
  assert.deepEqual(told, ['crm-unreachable', 'crm-reachable']);
});

const ills: Readonly<Record<string, Answer>> = {
  'takes connections and drops them': (socket) => socket.resetAndDestroy(),
  'takes connections and says nothing': () => undefined,
};
for (const [name, ill] of Object.entries(ills)) {
  test(`a CRM that ${name} is not reachable`, async (t) => {
    const crm = await openCrm(t);
    crm.answer = ill;
    const { gateway } = await openGateway(t, crm.port, { limits });
    assert.ok([502, 504].includes((await call(gateway.port, query)).status));
    await until(() => !gateway.isReady, 1500);
    const { connections } = crm;
    await setTimeout(600);
    assert.ok(crm.connections - connections <= 11, `${crm.connections - connections} probes in 600 ms`);
    assert.ok(crm.open <= 1, 'one at a time');
    crm.answer = fine;
    await until(() => gateway.isReady, 1500);
  });
}

test('a query that takes the CRM too long is no sign that it is gone', async (t) => {
  const crm = await openCrm(t);
  crm.answer = (socket, request) => {
    if (!request.includes('/query')) fine(socket, request);
  };
  const { gateway } = await openGateway(t, crm.port, { limits });
  assert.equal((await call(gateway.port, query)).status, 504);
  await setTimeout(300);
  assert.ok(gateway.isReady);
});

test('a CRM of which no token is to be had is asked whether it is there', async (t) => {
  const crm = await openCrm(t);
  const { gateway, broker } = await openGateway(t, crm.port, { limits });
  Object.assign(broker, { upstreamToken: async () => failure({ kind: 'later', afterMs: 1000, why: 'no answer' }) });
  assert.equal((await call(gateway.port, query)).status, 503);
  await setTimeout(100);
  assert.ok(gateway.isReady, 'it is there');
  await crm.gone();
  assert.equal((await call(gateway.port, query)).status, 503);
  await until(() => !gateway.isReady, 1000);
});

test('a gateway that starts without its CRM says so before the first call', async (t) => {
  const crm = await openCrm(t);
  await crm.gone();
  const { gateway } = await openGateway(t, crm.port, { limits, looksForCrm: true });
  await until(() => !gateway.isReady, 1000);
  await crm.back();
  await until(() => gateway.isReady, 1000);
});
