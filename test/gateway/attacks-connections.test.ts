import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import type { GatewayLimits } from '#gateway/stream/limits.ts';
import {
  answerWith,
  call,
  contact,
  contactId,
  openGateway,
  page,
  queryTarget,
  startCrm,
  until,
} from '#gateway/stream/stream.fixture.ts';
import { makeCertificates } from './certificates.fixture.ts';

/** One who takes connections, or goes on taking what an answer that was cut had left in the kernel. */
const query = queryTarget('SELECT Id, LastName FROM Contact');
const { server } = await makeCertificates();
const secure = { certificate: server.cert, key: server.key, asksCertificate: true };
const attacker = '127.0.0.2';

interface Held {
  readonly socket: Socket;
  /** Undefined: it is open. */
  end(): string | undefined;
}

/** Connections from `localAddress` that say nothing. */
async function hold(t: TestContext, port: number, count: number, localAddress = attacker): Promise<readonly Held[]> {
  const held = Array.from({ length: count }, (): Held => {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    let end: string | undefined;
    socket.on('end', () => {
      end ??= 'ended';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end ??= error.code ?? 'error';
    });
    socket.resume();
    t.after(() => socket.destroy());
    return { socket, end: () => end };
  });
  await setTimeout(150);
  return held;
}

const openOf = (held: readonly Held[]): number => held.filter(({ end }) => end() === undefined).length;

async function openPlain(t: TestContext, limits: Partial<GatewayLimits>, isSecure = false) {
  const crm = await startCrm(t, (socket) => socket.write(answerWith(page([contact(1)]))));
  return openGateway(t, crm.port, { limits, ...(isSecure && { tls: secure }) });
}

test('one address has so many connections and no more, and leaves room for others', async (t) => {
  const { gateway, logs } = await openPlain(t, { connections: 30, connectionsPerAddress: 20 });
  const held = await hold(t, gateway.port, 60);
  assert.equal(openOf(held), 20);
  assert.deepEqual([...new Set(held.map(({ end }) => end()))].toSorted(), ['ECONNRESET', undefined]);
  assert.equal((await call(gateway.port, query)).status, 200);
  assert.match(await gateway.metrics(), /cordon_gateway_refused_total\{reason="address-connections"\} 40/);
  assert.equal(logs.filter((line) => line.includes('address-connections')).length, 1, 'told once');
  for (const { socket } of held.slice(0, 30)) socket.destroy();
  await setTimeout(50);
  assert.equal((await call(gateway.port, query, { localAddress: attacker })).status, 200);
});

test('behind a shared address are many clients: only what all may have together bounds them', async (t) => {
  const limits = { connections: 30, connectionsPerAddress: 5, sharedAddresses: ['127.0.0.2/31'] };
  const { gateway } = await openPlain(t, limits);
  assert.equal(openOf(await hold(t, gateway.port, 20)), 20);
  assert.equal(openOf(await hold(t, gateway.port, 8, '127.0.0.9')), 5);
});

test('who never shakes hands is counted, and sent away in time, however it trickles', {
  timeout: 20_000,
}, async (t) => {
  const { gateway } = await openPlain(t, { headMs: 700, connectionsPerAddress: 4 }, true);
  const held = await hold(t, gateway.port, 6);
  assert.equal(openOf(held), 4);
  // The head of a ClientHello that never becomes whole (RFC 8446 section 4.1.2).
  const hello = Buffer.concat([Buffer.from([22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3]), Buffer.alloc(200)]);
  let at = 0;
  const trickle = setInterval(() => {
    at += 1;
    for (const { socket, end } of held) if (end() === undefined) socket.write(hello.subarray(at - 1, at));
  }, 50);
  t.after(() => clearInterval(trickle));
  await until(() => openOf(held) === 0, 2000);
  assert.equal(
    (await call(gateway.port, query, { localAddress: attacker, isSecure: true, rejectUnauthorized: false })).status,
    200,
  );
  await until(() => gateway.runningCalls === 0);
  assert.match(await gateway.metrics(), /cordon_gateway_refused_total\{reason="slow-handshake"\} 4/);
});

test('who shakes hands and says nothing is sent away in time', { timeout: 20_000 }, async (t) => {
  for (const isSecure of [false, true]) {
    const { gateway } = await openPlain(t, { headMs: 700 }, isSecure);
    const options = { host: '127.0.0.1', port: gateway.port };
    const socket = isSecure ? connectSecurely({ ...options, rejectUnauthorized: false }) : connect(options);
    let isOpen = true;
    socket.on('close', () => {
      isOpen = false;
    });
    socket.resume();
    socket.on('error', () => undefined);
    await setTimeout(200);
    assert.ok(isOpen);
    await until(() => !isOpen, 4000);
  }
});

const job = '750000000000001AAA';
const results = `/services/data/v64.0/jobs/query/${job}/results`;
const head = '"Id","LastName"\n';
const row = `"${contactId(1)}","Name"\n`;
const rows = 1_000_000;
const csv = Buffer.concat([Buffer.from(head), Buffer.alloc(rows * row.length, row)]);

/** A reader that stopped in the middle of bulk results, of which the CRM keeps the last `kept` bytes to itself. */
async function openLaggard(
  t: TestContext,
  isSecure: boolean,
  change: Parameters<typeof openGateway>[2] = {},
  kept = 0,
) {
  const crm = await startCrm(t, (socket, request) => {
    if (request.startsWith('POST'))
      return void socket.write(answerWith(JSON.stringify({ id: job, state: 'UploadComplete' })));
    const headers = { 'Content-Type': 'text/csv; charset=UTF-8', 'Sforce-Locator': 'null' };
    const answer = answerWith(csv, { ...headers, 'Sforce-NumberOfRecords': String(rows) });
    socket.write(answer.subarray(0, answer.length - kept));
  });
  const tested = await openGateway(t, crm.port, { ...change, ...(isSecure && { tls: secure }) });
  const body = JSON.stringify({ operation: 'query', query: 'SELECT Id, LastName FROM Contact' });
  const options = { isSecure, rejectUnauthorized: false };
  await call(tested.gateway.port, '/services/data/v64.0/jobs/query', { ...options, method: 'POST', body });
  const at = { host: '127.0.0.1', port: tested.gateway.port };
  const socket = isSecure ? connectSecurely({ ...at, rejectUnauthorized: false }) : connect(at);
  t.after(() => socket.destroy());
  const got = { bytes: 0, ends: [] as string[] };
  socket.on('data', (part: Buffer) => {
    got.bytes += part.length;
  });
  socket.on('end', () => got.ends.push('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => got.ends.push(error.code ?? 'error'));
  socket.on('close', () => got.ends.push('close'));
  socket.write(`GET ${results} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t1\r\n\r\n`);
  await until(() => got.bytes > 0, 10_000);
  socket.pause();
  const sent = await settled(() => tested.budget.taken);
  assert.ok(sent < rows, 'it lags');
  return { ...tested, crm, sent, got, socket };
}

/** Waits until a number moves no more. */
async function settled(read: () => number): Promise<number> {
  for (let before = -1; before !== read(); await setTimeout(150)) before = read();
  return read();
}

const cuts: Readonly<Record<string, (laggard: Awaited<ReturnType<typeof openLaggard>>) => void>> = {
  'a token that was revoked': ({ broker }) => void broker.ended.add('t1'),
  'another policy': ({ gateway }) => gateway.cut('crm-sync', 'policy-changed'),
  'a stop': ({ gateway }) => void gateway.close(),
};

for (const isSecure of [false, true]) {
  for (const [name, cut] of Object.entries(cuts)) {
    test(`${name}: what waits in the kernel is thrown away, ${isSecure ? 'over TLS' : 'in the clear'}`, async (t) => {
      const laggard = await openLaggard(t, isSecure);
      const { gateway, got, socket, sent } = laggard;
      cut(laggard);
      await until(() => gateway.runningCalls === 0);
      await setTimeout(100);
      const before = got.bytes;
      socket.resume();
      await until(() => got.ends.includes('close'));
      assert.deepEqual(got.ends, ['ECONNRESET', 'close']);
      const held = sent * row.length - before;
      assert.ok(
        got.bytes - before < held / 2,
        `${got.bytes - before} bytes came after the cut, of ${Math.round(held)}`,
      );
    });
  }

  test(`a CRM that breaks off: a reset, never an end, ${isSecure ? 'over TLS' : 'in the clear'}`, async (t) => {
    // The kernel may hold all that it sent: what was never sent is what makes it a break.
    const { crm, got, socket, gateway } = await openLaggard(t, isSecure, {}, row.length);
    for (const each of crm.sockets) each.destroy();
    socket.resume();
    await until(() => got.ends.includes('close'), 8000);
    assert.deepEqual(got.ends, ['ECONNRESET', 'close']);
    await until(() => gateway.runningCalls === 0);
  });

  test(`the end of a budget: all that was paid for, then a reset, ${isSecure ? 'over TLS' : 'in the clear'}`, async (t) => {
    const laggard = await openLaggard(t, isSecure);
    const { got, socket, budget } = laggard;
    budget.left = 20_000;
    socket.resume();
    await until(() => got.ends.includes('close'), 8000);
    assert.deepEqual(got.ends, ['ECONNRESET', 'close']);
    const paid = head.length + budget.taken * row.length;
    assert.ok(budget.taken < rows && got.bytes > paid && got.bytes < paid + 1000, `${got.bytes} of ${paid} bytes`);
  });

  test(`a page that nobody takes: a reset after a while, ${isSecure ? 'over TLS' : 'in the clear'}`, async (t) => {
    const records = Array.from({ length: 2000 }, (_, index) => contact(index, { LastName: 'N'.repeat(7000) }));
    const crm = await startCrm(t, (socket) => socket.write(answerWith(page(records))));
    const limits = { stallMs: 300, upstreamHeadMs: 700 };
    const { gateway } = await openGateway(t, crm.port, { limits, ...(isSecure && { tls: secure }) });
    const at = { host: '127.0.0.1', port: gateway.port };
    const socket = isSecure ? connectSecurely({ ...at, rejectUnauthorized: false }) : connect(at);
    t.after(() => socket.destroy());
    const ends: string[] = [];
    socket.on('end', () => ends.push('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => ends.push(error.code ?? 'error'));
    socket.write(`GET ${query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t1\r\n\r\n`);
    socket.once('readable', () => socket.pause());
    await until(() => gateway.runningCalls === 1);
    await until(() => gateway.runningCalls === 0, 6000);
    socket.resume();
    await until(() => ends.length > 0);
    assert.deepEqual(ends, ['ECONNRESET']);
  });
}
