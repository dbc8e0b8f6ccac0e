import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import { failure, success } from '#model/result.ts';
import type { Anchor, AnchorTarget } from './anchor.ts';
import { createFileAnchors, readAnchors } from './file-anchors.ts';
import { startAnchoring } from './start-anchoring.ts';
import { createSyslogAnchors } from './syslog-anchors.ts';
import { createWebhookAnchors } from './webhook-anchors.ts';

const anchorOf = (sequence: number): Anchor => ({ sequence, hash: 'ab'.repeat(32), at: Date.UTC(2026, 6, 14) });

const message =
  /^<109>1 2026-07-14T00:00:00\.000Z crm-1 cordon \d+ anchor \[anchor@32473 sequence="7" hash="(ab){32}" at="1783987200000"\] audit log head 7 (ab){32}$/;

it('anchors into a file survive a line cut short', async (context) => {
  const file = join(await directoryOf(context), 'anchors.jsonl');
  const target = createFileAnchors(file);
  assert.deepEqual(await target.write(anchorOf(1)), success(undefined));
  await appendFile(file, '{"sequence":2,"ha');
  assert.deepEqual(await readAnchors(file), success([anchorOf(1)]));
  await target.write(anchorOf(3));
  assert.deepEqual(await readAnchors(file), success([anchorOf(1), anchorOf(3)]));
  await appendFile(file, '{"sequence":"4"}\n');
  const read = await readAnchors(file);
  assert.ok(!read.ok && read.failure.kind === 'invalid' && read.failure.where.endsWith('line 5'));
});

it('a missing file of anchors is gone, an unwritable one is tried later', async (context) => {
  const file = join(await directoryOf(context), 'absent', 'anchors.jsonl');
  const read = await readAnchors(file);
  assert.ok(!read.ok && read.failure.kind === 'gone');
  const written = await createFileAnchors(file).write(anchorOf(1));
  assert.ok(!written.ok && written.failure.kind === 'later');
});

it('syslog gets RFC 5424 over UDP, TCP and a unix socket', async (context) => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const datagram = once(udp, 'message');
  await createSyslogAnchors({ protocol: 'udp', host: '127.0.0.1', port: udp.address().port }, 'crm-1').write(
    anchorOf(7),
  );
  assert.match(String((await datagram)[0]), message);
  udp.close();

  for (const path of [undefined, join(await directoryOf(context), 'log.sock')]) {
    const server = createServer();
    server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
    await once(server, 'listening');
    const address = server.address();
    const place =
      typeof address === 'object' && address !== null
        ? ({ protocol: 'tcp', host: '127.0.0.1', port: address.port } as const)
        : ({ protocol: 'unix', path: path! } as const);
    const received = once(server, 'connection').then(([socket]) => text(socket));
    assert.deepEqual(await createSyslogAnchors(place, 'crm-1').write(anchorOf(7)), success(undefined));
    const [, length, body] = /^(\d+) (.*)$/.exec(await received)!;
    assert.equal(Number(length), Buffer.byteLength(body!));
    assert.match(body!, message);
    server.close();
    await once(server, 'close');
    const refused = await createSyslogAnchors(place, 'crm-1').write(anchorOf(7));
    assert.ok(!refused.ok && refused.failure.kind === 'later');
  }
});

it('a webhook gets JSON and is believed only when it says 2xx', async (context) => {
  const bodies: string[] = [];
  let status = 500;
  const server = createHttpServer(async (request, response) => {
    bodies.push(`${request.headers.authorization} ${await text(request)}`);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const target = createWebhookAnchors(`http://127.0.0.1:${port}/anchors`, { authorization: 'Bearer x' });
  const refused = await target.write(anchorOf(7));
  assert.ok(!refused.ok && refused.failure.kind === 'later');
  status = 204;
  assert.deepEqual(await target.write(anchorOf(7)), success(undefined));
  assert.equal(bodies[1], `Bearer x ${JSON.stringify(anchorOf(7))}`);
});

it('a target that fails gets every anchor later, in order, and holds up no other', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let head = 1;
  let works = false;
  const got: Record<string, number[]> = { steady: [], shaky: [] };
  const failures: string[] = [];
  const targetOf = (name: 'steady' | 'shaky'): AnchorTarget => ({
    name,
    write: async (anchor) => {
      if (name === 'shaky' && !works) return failure({ kind: 'later', afterMs: 1, why: 'down' });
      got[name]!.push(anchor.sequence);
      return success(undefined);
    },
  });
  const anchoring = startAnchoring({
    auditLog: { head: async () => ({ sequence: head, hash: `h${head}` }) },
    targets: [targetOf('shaky'), targetOf('steady')],
    clock: () => 5,
    onFailure: (target) => failures.push(target),
  });
  await anchoring.anchorNow();
  head = 4;
  context.mock.timers.tick(599_999);
  context.mock.timers.tick(1);
  await anchoring.anchorNow();
  assert.deepEqual(got, { steady: [1, 4], shaky: [] });
  assert.deepEqual(anchoring.standings()[0], {
    target: 'shaky',
    anchored: undefined,
    waiting: 2,
    failure: 'down; try again in 1 s',
  });
  works = true;
  head = 9;
  await anchoring.stop();
  assert.deepEqual(got, { steady: [1, 4, 9], shaky: [1, 4, 9] });
  assert.equal(new Set(failures).size, 1);
  assert.deepEqual(anchoring.standings()[0]?.anchored, { sequence: 9, hash: 'h9', at: 5 });
});

async function directoryOf(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-anchors-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}
