import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { findSources } from '#detection/sources/find-sources.ts';
import type { Event } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import type { SourceHealth } from '#model/wire.ts';
import type { Fed } from './feed.ts';
import { listenSocket, type SocketPlace } from './listen-socket.ts';
import { openSourceHealth } from './source-health.ts';

const flow = (id: number, padding = ''): string =>
  `${JSON.stringify({
    timestamp: '2026-11-23T10:00:00.000000+0000',
    flow_id: id,
    event_type: 'flow',
    src_ip: '10.0.0.1',
    dest_ip: '203.0.113.5',
    flow: { bytes_toserver: 1, bytes_toclient: 2 },
    padding,
  })}\n`;

let directory: string;
let sources: readonly Source[];
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-socket-'));
  sources = await findSources();
});
after(() => rmSync(directory, { recursive: true }));

interface Listening {
  readonly events: readonly Event[];
  health(): SourceHealth | undefined;
  until(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Listens on a store that takes what it is given once `gate` opens. */
function listenOn(place: SocketPlace, gate: Promise<unknown> = Promise.resolve()): Listening {
  const stopping = new AbortController();
  const health = openSourceHealth(sources, undefined);
  const events: Event[] = [];
  const feed = {
    async feed(batch: readonly Event[]): Promise<Fed> {
      await gate;
      events.push(...batch);
      const keys = new Set(batch.map(({ key }) => key));
      return { added: batch.length, keys, findings: [], incidents: [] };
    },
    replay: async () => undefined,
    total: () => events.length,
  };
  const settings = { get: async () => undefined, set: async () => undefined };
  const ordered = { add: () => Promise.reject(new Error('not by this way')), room: async () => undefined };
  const intake = { feed, ordered, health, sources, settings, clock: Date.now, signal: stopping.signal };
  const listening = listenSocket(place, intake);
  return {
    events,
    health: () => health.views(Date.now()).find(({ name }) => name === place.socket),
    async until(holds) {
      for (let waited = 0; waited < 5_000 && !holds(); waited += 10) await setTimeout(10);
      assert.ok(holds(), 'what was waited for did not come');
    },
    async stop() {
      stopping.abort();
      await listening;
    },
  };
}

async function write(path: string): Promise<Socket> {
  for (let tries = 0; !existsSync(path) && tries < 200; tries++) await setTimeout(10);
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

const idsOf = (events: readonly Event[]): readonly number[] =>
  events.map(({ slots }) => Number(slots['metadata.correlation_uid'])).sort((one, other) => one - other);

test('many writers at once, lines torn anywhere, a last line without its end: every record once', async () => {
  const place = { socket: join(directory, 'many.sock'), mode: '0660' } as const;
  const listening = listenOn(place);
  const writers = await Promise.all([0, 1, 2].map(() => write(place.socket)));
  assert.equal(statSync(place.socket).mode & 0o777, 0o660);
  for (const [of, writer] of writers.entries()) {
    const bytes = Buffer.from(
      [...new Array(50).keys()]
        .map((index) => flow(of * 50 + index))
        .join('')
        .trimEnd(),
    );
    for (let at = 0; at < bytes.length; at += 997) {
      writer.write(bytes.subarray(at, at + 997));
      if (at % 5 === 0) await setTimeout(1);
    }
    writer.end();
  }
  await listening.until(() => listening.events.length >= 150);
  await listening.stop();
  assert.deepEqual(idsOf(listening.events), [...new Array(150).keys()]);
  assert.ok(!existsSync(place.socket), 'the socket goes with its listener');
});

test('a line over 1 MB and a line of no log are passed over and told; those around them are read', async () => {
  const place = { socket: join(directory, 'long.sock'), mode: '0600' } as const;
  const listening = listenOn(place);
  const writer = await write(place.socket);
  writer.write(flow(1) + flow(2, 'x'.repeat(1 << 21)) + flow(3));
  await listening.until(() => listening.events.length === 2 && listening.health() !== undefined);
  assert.match(String(listening.health()?.lastError), /1 lines of more than 1 MB/);
  writer.write(`neither this\n${flow(4)}`);
  await listening.until(() => listening.events.length === 3);
  await listening.until(() => /not read/.test(String(listening.health()?.lastError)));
  writer.write(flow(5));
  await listening.until(() => listening.events.length === 4 && listening.health() === undefined);
  writer.destroy();
  await listening.stop();
  assert.deepEqual(idsOf(listening.events), [1, 3, 4, 5]);
});

test('while the store is slow the writer waits, and nothing is lost', async () => {
  const place = { socket: join(directory, 'slow.sock'), mode: '0600' } as const;
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const listening = listenOn(place, gate);
  const writer = await write(place.socket);
  const padding = 'x'.repeat(1 << 16);
  let sent = 0;
  const isWaiting = async (): Promise<boolean> => {
    const drained = new Promise((resolve) => writer.once('drain', () => resolve(false)));
    return (await Promise.race([drained, setTimeout(400, true)])) as boolean;
  };
  for (; sent < 800; sent++) if (!writer.write(flow(sent, padding)) && (await isWaiting())) break;
  assert.ok(sent > 100 && sent < 790, `${sent} lines of 64 KB were taken while nothing was stored`);
  open();
  writer.end();
  await listening.until(() => listening.events.length === sent + 1);
  await listening.stop();
  assert.deepEqual(idsOf(listening.events), [...new Array(sent + 1).keys()]);
});

test('a socket left behind is replaced; one that is served, and a file, are left alone', async () => {
  const stale = { socket: join(directory, 'stale.sock'), mode: '0600' } as const;
  const child = createServer();
  await new Promise<void>((resolve) => child.listen(stale.socket, resolve));
  const taken = listenOn(stale);
  await taken.until(() => taken.health() !== undefined);
  assert.match(String(taken.health()?.lastError), /another program listens/);
  await taken.stop();
  assert.ok(existsSync(stale.socket));
  // A killed server leaves its file: Node removes it only on an orderly close.
  const { execFileSync } = await import('node:child_process');
  const killed = join(directory, 'killed.sock');
  const script = `require('node:net').createServer().listen(${JSON.stringify(killed)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.throws(() => execFileSync(process.execPath, ['-e', script]));
  assert.ok(existsSync(killed));
  const renewed = listenOn({ socket: killed, mode: '0600' });
  const writer = await (async () => {
    for (let tries = 0; tries < 100; tries++)
      try {
        return await write(killed);
      } catch {
        await setTimeout(20);
      }
    throw new Error('nobody listens');
  })();
  writer.end(flow(1));
  await renewed.until(() => renewed.events.length === 1);
  await renewed.stop();
  const file = join(directory, 'file.sock');
  writeFileSync(file, 'mine');
  const refused = listenOn({ socket: file, mode: '0600' });
  await refused.until(() => refused.health() !== undefined);
  assert.match(String(refused.health()?.lastError), /no socket/);
  await refused.stop();
  assert.ok(existsSync(file));
  await new Promise((resolve) => child.close(resolve));
});
