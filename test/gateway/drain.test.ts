import assert from 'node:assert/strict';
import { Agent, request as startPlain } from 'node:http';
import { Agent as SecureAgent, request as startSecurely } from 'node:https';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import {
  answerWith,
  contact,
  openGateway,
  page,
  queryTarget,
  startCrm,
  until,
} from '#gateway/stream/stream.fixture.ts';
import { makeCertificates } from './certificates.fixture.ts';

const query = queryTarget('SELECT Id, LastName FROM Contact');
const { server } = await makeCertificates();
const tls = { certificate: server.cert, key: server.key, asksCertificate: true };

/** One call on a connection that is kept: status, or why there was none. */
function callOnce(port: number, agent: Agent | SecureAgent): Promise<{ status: number; error: string | undefined }> {
  const start = agent instanceof SecureAgent ? startSecurely : startPlain;
  return new Promise((resolve) => {
    const request = start(
      { host: '127.0.0.1', port, path: query, agent, headers: { authorization: 'Bearer t1' } },
      (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, error: undefined }));
        response.on('error', (error: NodeJS.ErrnoException) => resolve({ status: 0, error: error.code ?? 'error' }));
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ status: 0, error: error.code ?? 'error' }));
    request.end();
  });
}

for (const isSecure of [false, true]) {
  const where = isSecure ? 'over TLS' : 'in the clear';

  test(`clients that call all the time see no reset when the gateway stops, ${where}`, async (t) => {
    const crm = await startCrm(t, (socket, _request, count) => {
      globalThis.setTimeout(() => socket.write(answerWith(page([contact(1)]))), count % 12);
    });
    const { gateway } = await openGateway(t, crm.port, { ...(isSecure && { tls }) });
    const seen: string[] = [];
    const clients = Array.from({ length: 24 }, async (_, index) => {
      const options = { keepAlive: true, maxSockets: 1, rejectUnauthorized: false };
      const agent = isSecure ? new SecureAgent(options) : new Agent(options);
      for (let isUp = true; isUp; ) {
        const { status, error } = await callOnce(gateway.port, agent);
        seen.push(error ?? String(status));
        isUp = error !== 'ECONNREFUSED';
        await setTimeout((index * 7) % 60);
      }
      agent.destroy();
    });
    await until(() => seen.length > 200, 10_000);
    const startedAt = performance.now();
    await gateway.drain();
    assert.ok(performance.now() - startedAt < 4000, 'it stops once nobody is left');
    await Promise.all(clients);
    const kinds = new Set(seen);
    for (const fine of ['200', '503', 'ECONNREFUSED']) kinds.delete(fine);
    assert.deepEqual([...kinds], []);
    assert.ok(seen.includes('503') && seen.filter((each) => each === '200').length > 100, seen.join());
  });

  test(`a connection without a call ends in order when the gateway stops, ${where}`, async (t) => {
    const crm = await startCrm(t, (socket) => socket.write(answerWith(page([contact(1)]))));
    const { gateway } = await openGateway(t, crm.port, { limits: { drainGraceMs: 300 }, ...(isSecure && { tls }) });
    const at = { host: '127.0.0.1', port: gateway.port };
    for (const first of ['', `GET ${query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t1\r\n\r\n`]) {
      const socket = isSecure ? connectSecurely({ ...at, rejectUnauthorized: false }) : connect(at);
      const ends: string[] = [];
      let text = '';
      socket.on('data', (part: Buffer) => {
        text += part.toString();
      });
      for (const event of ['end', 'error', 'close']) socket.on(event, () => ends.push(event));
      socket.write(first);
      t.after(() => {
        assert.deepEqual(ends, ['end', 'close'], first);
        assert.equal(text.startsWith('HTTP/1.1 200'), first !== '');
      });
    }
    await setTimeout(150);
    await gateway.drain();
    await setTimeout(50);
  });

  test(`what comes behind the end of a connection has no answer and does not reach the CRM, ${where}`, async (t) => {
    const crm = await startCrm(t, (socket) => socket.write(answerWith(page([contact(1)]))));
    const { gateway } = await openGateway(t, crm.port, { limits: { drainGraceMs: 50 }, ...(isSecure && { tls }) });
    const at = { host: '127.0.0.1', port: gateway.port, allowHalfOpen: true };
    const socket = isSecure ? connectSecurely({ ...at, rejectUnauthorized: false }) : connect(at);
    const ends: string[] = [];
    socket.resume();
    for (const event of ['end', 'error', 'close']) socket.on(event, () => ends.push(event));
    await setTimeout(100);
    const drained = gateway.drain();
    await until(() => ends.includes('end'));
    if (socket.writable) socket.write(`GET ${query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t1\r\n\r\n`);
    await drained;
    assert.deepEqual(crm.requests, []);
    socket.destroy();
  });
}

test('a stop waits no longer than there are connections', async (t) => {
  const crm = await startCrm(t, () => undefined);
  const { gateway } = await openGateway(t, crm.port);
  const startedAt = performance.now();
  await Promise.all([gateway.drain(), gateway.drain()]);
  assert.ok(performance.now() - startedAt < 500);
});

test('a call under way when the gateway stops has its answer, and with it the end of its connection', async (t) => {
  let answer: (() => void) | undefined;
  const crm = await startCrm(t, (socket) => {
    answer = () => socket.write(answerWith(page([contact(1)])));
  });
  const { gateway } = await openGateway(t, crm.port, { limits: { drainGraceMs: 100 } });
  const agent = new Agent({ keepAlive: true });
  const called = new Promise<string | undefined>((resolve) => {
    startPlain(
      { host: '127.0.0.1', port: gateway.port, path: query, agent, headers: { authorization: 'Bearer t1' } },
      (response) => resolve(`${response.resume().statusCode} ${response.headers.connection}`),
    ).end();
  });
  await until(() => answer !== undefined);
  const drained = gateway.drain();
  await setTimeout(400);
  answer!();
  assert.equal(await called, '200 close');
  await drained;
});
