import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectGateway, controlSocket } from './gateway-link.ts';

test("a fault of the gateway's own is told as one, a refusal as a refusal", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-link-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const failing = { kind: 'refused', by: 'the policy', why: 'no' };
  const answers: Readonly<Record<string, readonly [number, object]>> = {
    '/bug': [500, { error: 'a fault of the gateway; it is written down' }],
    '/refused': [403, { error: 'refused by the policy: no', failure: failing }],
    '/absent': [404, { error: 'GET /absent is not there' }],
  };
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? '']!;
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(controlSocket(directory), resolve));
  t.after(() => server.close());
  const link = connectGateway(directory);
  const why = 'a fault of the gateway; it is written down';
  assert.deepEqual(await link.get('/bug'), { ok: false, failure: { kind: 'broken', by: 'the gateway', why } });
  assert.deepEqual(await link.lines('/refused', {}), { ok: false, failure: failing });
  const absent = { kind: 'refused', by: 'the gateway', why: 'GET /absent is not there' };
  assert.deepEqual(await link.post('/absent', {}), { ok: false, failure: absent });
});
