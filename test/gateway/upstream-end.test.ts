import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createServer as createSecure } from 'node:tls';
import { listen } from '#gateway/stream/ingress/listen.ts';
import { answerWith, until } from '#gateway/stream/stream.fixture.ts';
import type { BodySink, Flow } from '#gateway/stream/upstream/connection.ts';
import { openUpstream } from '#gateway/stream/upstream/open-upstream.ts';
import { writeCertificates } from '../../bench/gateway-path-certificates.ts';

/** A CRM that says all it has and closes, while whoever reads has no room yet. */
const forward = { method: 'GET', target: '/x', headers: new Map<string, string>(), body: undefined };
const timeouts = { connectMs: 2000, headMs: 2000, bodyMs: 2000 };
const usual = { timeouts, mostConnections: 2, idleMs: 5000, probeEveryMs: 1000, probeMs: 1000, told: () => undefined };
const body = Buffer.from('0123456789'.repeat(5000));

/** Takes a thousand bytes, then none until `open` is called. */
class SlowSink implements BodySink {
  readonly parts: Buffer[] = [];
  #isOpen = false;
  readonly #flow: Flow;
  #room = Buffer.alloc(1000);

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  room(): Uint8Array | undefined {
    return this.#isOpen || this.parts.length === 0 ? this.#room : undefined;
  }

  lend(): undefined {
    return undefined;
  }

  took(bytes: number): void {
    this.parts.push(this.#room.subarray(0, bytes));
    this.#room = Buffer.alloc(1000);
  }

  open(): void {
    this.#isOpen = true;
    this.#flow.resume();
  }
}

async function readLate(t: TestContext, answer: (socket: Socket) => void, isSecure: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-end-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = await writeCertificates(folder);
  const serve = (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  };
  const server: Server = isSecure
    ? createSecure({ cert: readFileSync(files.certificate), key: readFileSync(files.key) }, serve)
    : createPlain(serve);
  const { port, close } = await listen(server, { host: '127.0.0.1', port: 0 });
  const tls = isSecure ? { authorities: readFileSync(files.authority, 'utf8') } : undefined;
  const upstream = openUpstream({ address: { host: 'localhost', port, tls }, ...usual });
  t.after(async () => {
    await upstream.close();
    await close();
  });
  let sink: SlowSink | undefined;
  const sent = upstream.send(forward, 'token', (_head, flow) => {
    sink = new SlowSink(flow);
    return sink;
  });
  await until(() => sink !== undefined && sink.parts.length > 0);
  await setTimeout(100);
  sink!.open();
  return { fault: await sent, bytes: Buffer.concat(sink!.parts), connections: upstream.connections };
}

for (const isSecure of [false, true]) {
  const where = isSecure ? 'over TLS' : 'in the clear';
  for (const headers of [{}, { Connection: 'close' }]) {
    test(`all that came before the CRM closed is read, ${where} ${JSON.stringify(headers)}`, async (t) => {
      const { fault, bytes, connections } = await readLate(
        t,
        (socket) => socket.end(answerWith(body, headers)),
        isSecure,
      );
      assert.equal(fault, undefined);
      assert.ok(bytes.equals(body));
      // The one that may be kept alive is found closed as soon as it is read again.
      await until(() => connections <= 1);
    });
  }

  test(`a CRM that closes too soon breaks the answer, behind all that came, ${where}`, async (t) => {
    const short = answerWith(body).subarray(0, -1);
    const { fault, bytes, connections } = await readLate(t, (socket) => socket.end(short), isSecure);
    assert.equal(fault?.kind, 'broken');
    assert.equal(fault.isUntouched, false);
    assert.ok(bytes.equals(body.subarray(0, -1)));
    assert.equal(connections, 0);
  });
}
