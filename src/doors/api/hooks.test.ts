import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { scriptedLive } from '#detection/sources/live-conformance-for-tests/scripted-live.ts';
import { lineAt } from '#detection/sources/live-conformance-for-tests/scripted-trial.ts';
import { source as okta } from '#detection/sources/okta-system-log/source.ts';
import type { SourcesView } from '#model/wire.ts';
import { openTestServer, type TestServer } from './server-for-tests/open-server.ts';

let server: TestServer;
let directory: string;
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-hooks-'));
  writeFileSync(join(directory, 'token'), 'hush\n');
  const block = {
    source: okta.name,
    name: 'okta',
    url: 'http://127.0.0.1:9',
    token: { file: join(directory, 'token') },
  };
  server = await openTestServer({
    yaml: `live: [${JSON.stringify(block)}]`,
    liveSources: [scriptedLive],
    sources: [okta],
  });
});
after(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const send = (url: string, payload?: string | Buffer, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: { host: 'localhost:8420', authorization: 'Bearer hush', ...headers },
    ...(payload !== undefined && { payload }),
  });

const total = async (): Promise<number> => {
  const { headers } = await server.hire('analyst');
  const answer = await server.app.inject({ method: 'GET', url: '/api/now', headers });
  return (answer.json() as { totals: { events: number } }).totals.events;
};

test('what a vendor sends is taken in once it is kept, whatever it calls its content', async () => {
  const body = `${lineAt(server.clock() - 3_600_000, 'by-hook')}\n`;
  for (const type of ['application/json', 'application/cloudevents+json', 'text/odd'])
    assert.equal((await send('/hooks/okta', body, { 'content-type': type })).statusCode, 200, type);
  for (let tries = 0; tries < 200 && (await total()) === 0; tries += 1) await wait(10);
  assert.equal(await total(), 1, 'the same event three times is one');
  const { headers } = await server.hire('analyst');
  const { sources } = (await server.app.inject({ method: 'GET', url: '/api/sources', headers })).json() as SourcesView;
  const hook = sources[0]!.streams!.find(({ stream }) => stream === 'hook');
  assert.deepEqual([hook!.events, hook!.duplicates, hook!.reading], [1, 2, 'okta']);
  assert.deepEqual(server.bugs, []);
});

test('the source itself says who may send and how a verification is answered', async () => {
  const refused = await send('/hooks/okta', 'x', { authorization: 'Bearer wrong', 'content-type': 'text/plain' });
  assert.deepEqual([refused.statusCode, refused.body], [401, 'who are you?']);
  const verified = await send('/hooks/okta');
  assert.deepEqual([verified.statusCode, verified.json()], [200, { verification: 'yes' }]);
  assert.match(String(verified.headers['content-type']), /^application\/json/);
});

test('other names, other methods and too much are refused; nothing else is open to anybody', async () => {
  assert.equal((await send('/hooks/other')).statusCode, 404);
  assert.equal(
    (await send('/hooks/okta', Buffer.alloc((1 << 20) + 1), { 'content-type': 'text/plain' })).statusCode,
    413,
  );
  const put = await server.app.inject({ method: 'PUT', url: '/hooks/okta', headers: { host: 'localhost:8420' } });
  assert.equal(put.statusCode, 404);
  assert.equal((await send('/hooks/okta', 'x', { host: 'evil.example' })).statusCode, 421);
});
