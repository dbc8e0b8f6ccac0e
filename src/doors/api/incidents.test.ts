import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeEvent, openTestServer, type TestServer } from './server-for-tests/open-server.ts';

let server: TestServer;
before(async () => {
  server = await openTestServer();
  await server.cordon.feed([makeEvent({ key: 'e1', time: server.clock(), incident: 'inc-a' })]);
});
after(() => server.close());

test('an incident is listed, opened, and moved along its table', async () => {
  const analyst = await server.hire('analyst');
  const get = (url: string) => server.app.inject({ url, headers: analyst.headers });
  const list = await get('/api/incidents');
  assert.equal(list.statusCode, 200, list.body);
  assert.deepEqual(
    list.json().map((row: { id: string }) => row.id),
    ['inc-a'],
  );
  const view = (await get('/api/incidents/inc-a')).json();
  assert.equal(view.state, 'open');
  assert.deepEqual(view.nextStates, ['contained', 'closed']);
  assert.equal(view.findings[0].evidence[0].raw, 'line e1');
  assert.ok(view.thread.length >= 2, 'a knot and a stretch');

  const step = (from: string, to: string, reason = 'Token revoked') =>
    server.app.inject({
      method: 'POST',
      url: '/api/incidents/inc-a/changes',
      headers: analyst.headers,
      payload: { from, to, reason },
    });
  assert.equal((await step('open', 'contained', 'no')).statusCode, 400, 'a reason has three letters');
  assert.equal((await step('open', 'notified')).statusCode, 400, 'no such step');
  const contained = await step('open', 'contained');
  assert.equal(contained.statusCode, 200, contained.body);
  assert.equal(contained.json().state, 'contained');
  const late = await step('open', 'closed');
  assert.equal(late.statusCode, 409);
  assert.match(late.json().error.message, /contained now, not open/);
});

test('an export holds the incidents that were asked for, and the audit log says how many', async () => {
  const owner = await server.hire('owner');
  const get = (url: string) => server.app.inject({ url, headers: owner.headers });
  const lines = async (ids: string) => (await get(`/api/incidents?format=csv${ids}`)).body.trim().split(/\r?\n/).length;
  assert.equal(await lines(''), 2, 'a header and all');
  assert.equal(await lines('&ids=inc-z,inc-a'), 2);
  assert.equal(await lines('&ids=inc-z'), 1, 'the header only');
  const exports = (await get('/api/audit-log')).json().filter(({ act }: { act: string }) => act === 'export');
  assert.deepEqual(
    exports.map(({ details }: { details: unknown }) => details),
    [{ count: 0 }, { count: 1 }, { count: 1 }],
  );
});

test('an event is found by its key, however long', async () => {
  const analyst = await server.hire('analyst');
  const key = `elf:${'k/é'.repeat(80)}`;
  await server.cordon.feed([makeEvent({ key, time: server.clock() })]);
  const url = `/api/events/${encodeURIComponent(key)}`;
  const answer = await server.app.inject({ url, headers: analyst.headers });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.json().key, key);
});
