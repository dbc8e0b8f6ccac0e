import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Served, serve } from './serve.ts';
import { makeEvent, openTestServer, type TestServer, unwrap } from './server-for-tests/open-server.ts';

let server: TestServer;
let served: Served;
const consoleDirectory = mkdtempSync(join(tmpdir(), 'cordon-console-'));
before(async () => {
  server = await openTestServer();
  served = unwrap(await serve({ cordon: server.cordon, listen: { host: '127.0.0.1', port: 0 }, consoleDirectory }));
});
after(async () => {
  await served.close();
  await server.close();
  rmSync(consoleDirectory, { recursive: true });
});

/** Asks by the socket in the data directory, as the command line does. */
const askOperator = (path: string): Promise<{ readonly status: number | undefined; readonly text: string }> =>
  new Promise((resolve, reject) => {
    request({ socketPath: served.socket, path }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });

/** Reads server-sent events until one matches, then hangs up. */
async function listenFor(pattern: RegExp, cookie: string, meanwhile: () => Promise<unknown>): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(`${served.url}/api/live`, { headers: { cookie }, signal: stop.signal });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  assert.match(String(answer.headers.get('content-security-policy')), /default-src 'none'/);
  let heard = '';
  const decoder = new TextDecoder();
  const happening = meanwhile();
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    heard += decoder.decode(chunk, { stream: true });
    if (pattern.test(heard)) break;
  }
  await happening;
  stop.abort();
  return heard;
}

test('the link of the first owner names localhost, where browsers keep passkeys', async () => {
  assert.match(served.url, /^http:\/\/localhost:\d+$/);
  const link = String(await served.ownerLink());
  assert.match(link, /^http:\/\/localhost:\d+\/welcome\/[\w-]{43}$/);
  const log = (await askOperator('/api/audit-log')).text;
  assert.match(log, /"act":"staff\.invite".*"role":"owner"/);
  assert.ok(!log.includes(link.split('/').at(-1) ?? ''), 'that it was made is on record, what it is is not');
});

test('the socket is for this user only, and whoever opens it is the operator', async () => {
  assert.equal(statSync(served.socket).mode & 0o777, 0o600);
  const answer = await askOperator('/api/incidents');
  assert.equal(answer.status, 200);
  assert.equal((await fetch(`${served.url}/api/incidents`)).status, 401, 'the network is asked who it is');
});

test('live messages arrive while it happens, and the ticks tell how all stands', async () => {
  const analyst = await server.hire('analyst');
  const event = makeEvent({ key: 'live-1', time: server.clock(), incident: 'inc-live' });
  const heard = await listenFor(/event: now\n/, analyst.headers.cookie, () => server.cordon.feed([event]));
  assert.match(heard, /^retry: 3000\n\nevent: incident\ndata: \{.*"id":"inc-live".*\}\n\nevent: finding\n/);
  const now = JSON.parse(/event: now\ndata: (.*)\n/.exec(heard)?.[1] ?? '{}');
  assert.equal(now.now.totals.openIncidents, 1);
});

test('one person listens in twenty places at most', async () => {
  const analyst = await server.hire('analyst');
  const stop = new AbortController();
  const { cookie } = analyst.headers;
  const listen = () => fetch(`${served.url}/api/live`, { headers: { cookie }, signal: stop.signal });
  const answers = await Promise.all(Array.from({ length: 21 }, listen));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(20).fill(200), 429]);
  const other = await server.hire('analyst');
  await listenFor(/retry/, other.headers.cookie, async () => {});
  stop.abort();
});

test('without a built console the page says how to build it; unknown addresses of the API say so', async () => {
  const page = await fetch(`${served.url}/incidents/inc-1`);
  assert.equal(page.status, 503);
  assert.match(await page.text(), /npm run console:build/);
  const api = await fetch(`${served.url}/api/nothing`);
  assert.equal(api.status, 404);
  assert.equal(((await api.json()) as { error: { kind: string } }).error.kind, 'gone');
});

test('a port in use is refused with what to do', async () => {
  const port = Number(new URL(served.url).port);
  const other = await openTestServer();
  const second = await serve({ cordon: other.cordon, listen: { host: '127.0.0.1', port }, consoleDirectory });
  assert.ok(!second.ok);
  assert.match(JSON.stringify(second.failure), /in use.*--port/);
  await other.close();
});
