import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accusedOf } from '#desk/known-incidents.ts';
import type { LiveMessage } from '#model/wire.ts';
import { routes } from './routes.ts';
import { makeEvent, openTestServer, type Staff, type TestServer, unwrap } from './server-for-tests/open-server.ts';

let server: TestServer;
let reader: Staff;
let analyst: Staff;
let auditor: Staff;
/** An owner, and the one whom the incident is about. */
let accused: Staff;

before(async () => {
  server = await openTestServer();
  reader = await server.hire('owner', 'reader@house.example');
  analyst = await server.hire('analyst');
  auditor = await server.hire('auditor');
  accused = await server.hire('owner', 'adviser@house.example');
  await server.cordon.feed([
    makeEvent({ key: 'e1', time: server.clock(), user: 'Adviser@house.example', incident: 'inc-insider' }),
  ]);
  const url = '/api/incidents/inc-insider';
  const note = { method: 'POST', url: `${url}/notes`, headers: analyst.headers, payload: { text: 'Before' } } as const;
  assert.equal((await server.app.inject(note)).statusCode, 200);
  const restrict = await server.app.inject({
    method: 'PUT',
    url: `${url}/restriction`,
    headers: reader.headers,
    payload: { readers: [reader.person.id], reason: 'A case about a person' },
  });
  assert.equal(restrict.statusCode, 200, restrict.body);
});
after(() => server.close());

const get = async (staff: Staff, url: string) => server.app.inject({ url, headers: staff.headers });
const trace = /inc-insider/;

test('its readers see it everywhere', async () => {
  for (const url of [
    '/api/incidents',
    '/api/now',
    '/api/search?q=inc-insider',
    '/api/audit-log',
    '/api/incidents?format=csv',
  ]) {
    assert.match((await get(reader, url)).body, trace, url);
  }
});

test('for all others, the accused owner among them, no readable route holds a trace of it', async () => {
  for (const staff of [analyst, auditor, accused]) {
    const readable = routes.filter(({ method, path }) => method === 'GET' && path !== '/api/live');
    for (const { path } of readable) {
      for (const query of ['', '?q=inc-insider', '?format=csv', '?text=inc-insider']) {
        const { body } = await get(staff, `${path.replace(/:\w+/, 'inc-insider')}${query}`);
        const withoutEcho = body.replaceAll(/(The (incident|event) |"where":")inc-insider/g, '');
        assert.doesNotMatch(withoutEcho, trace, `${path}${query} as ${staff.person.role}`);
      }
    }
  }
});

test('it answers like one that never was', async () => {
  for (const staff of [analyst, accused]) {
    const hidden = await get(staff, '/api/incidents/inc-insider');
    const absent = await get(staff, '/api/incidents/inc-nothing');
    assert.equal(hidden.statusCode, 404);
    assert.equal(hidden.body.replaceAll('inc-insider', 'X'), absent.body.replaceAll('inc-nothing', 'X'));
  }
});

test('whoever may not know of it cannot act on it', async () => {
  const act = (method: 'POST' | 'PUT' | 'DELETE', path: string, payload: object) =>
    server.app.inject({ method, url: `/api/incidents/inc-insider/${path}`, headers: accused.headers, payload });
  const change = { from: 'open', to: 'closed', reason: 'Nothing to see' };
  assert.equal((await act('POST', 'changes', change)).statusCode, 404);
  assert.equal((await act('POST', 'notes', { text: 'hello' })).statusCode, 404);
  const toMyself = { readers: [accused.person.id], reason: 'Let me see' };
  assert.equal((await act('PUT', 'restriction', toMyself)).statusCode, 404);
  assert.equal((await act('DELETE', 'restriction', {})).statusCode, 404);
});

test('counts do not give it away', async () => {
  const now = async (staff: Staff) => (await get(staff, '/api/now')).json().totals;
  assert.deepEqual([(await now(reader)).findings, (await now(reader)).openIncidents], [1, 1]);
  assert.deepEqual([(await now(accused)).findings, (await now(accused)).openIncidents], [0, 0]);
  const rules = (await get(accused, '/api/rules')).json();
  assert.equal(rules[0].firedCount, 0);
  assert.equal(rules[0].lastFiredAt, undefined);
});

test('live messages pass them by, also for an API token of the accused', async () => {
  const heard = new Map<string, LiveMessage[]>();
  const stops = [reader, analyst, accused].map(({ person }) => {
    const messages: LiveMessage[] = [];
    heard.set(person.email, messages);
    const permissions = new Set(['read', 'investigate', 'administer'] as const);
    const asker = { id: person.id, name: person.name, email: person.email, permissions };
    return unwrap(server.cordon.desk(asker).listen((message) => messages.push(message)));
  });
  await server.cordon.feed([
    makeEvent({ key: 'e2', time: server.clock() + 1, user: 'adviser@house.example', incident: 'inc-insider' }),
  ]);
  for (const stop of stops) stop();
  const kinds = (staff: Staff) =>
    (heard.get(staff.person.email) ?? []).map(({ kind }) => kind).filter((kind) => kind !== 'now');
  assert.deepEqual(kinds(reader), ['incident', 'finding']);
  assert.deepEqual(kinds(analyst), []);
  assert.deepEqual(kinds(accused), []);
});

test('the audit log keeps the place of what is withheld and says nothing of it', async () => {
  const entries = (await get(auditor, '/api/audit-log')).json();
  const withheld = entries.filter((entry: { act: string }) => entry.act === 'withheld');
  assert.equal(withheld.length, 2, 'the note and the restriction');
  const sequences = entries.map((entry: { sequence: number }) => entry.sequence);
  assert.deepEqual(
    sequences,
    [...sequences].sort((one, other) => other - one),
  );
  assert.equal(new Set(sequences).size, Math.max(...sequences) - Math.min(...sequences) + 1, 'no gap');
});

test('a restriction needs readers who may read it', async () => {
  const restrict = (readers: readonly string[]) =>
    server.app.inject({
      method: 'PUT',
      url: '/api/incidents/inc-insider/restriction',
      headers: reader.headers,
      payload: { readers, reason: 'A case about a person' },
    });
  assert.equal((await restrict([])).statusCode, 400, 'nobody');
  assert.equal((await restrict([reader.person.id, accused.person.id])).statusCode, 400, 'the accused');
  assert.equal((await restrict(['nobody-of-us'])).statusCode, 400, 'a stranger');
  const awareness = await server.hire('awareness');
  assert.equal((await restrict([awareness.person.id])).statusCode, 400, 'a role that may not read');
});

test('whom an incident is about is known in any spelling', async () => {
  const incident = (await get(reader, '/api/incidents/inc-insider')).json();
  assert.deepEqual(accusedOf(incident), ['adviser@house.example']);
});

test('whom an incident is about neither closes it nor hides it, restricted or not', async () => {
  await server.cordon.feed([
    makeEvent({ key: 'e3', time: server.clock() + 2, user: 'Adviser@house.example', incident: 'inc-open' }),
  ]);
  const act = (staff: Staff, method: 'POST' | 'PUT', path: string, payload: object) =>
    server.app.inject({ method, url: `/api/incidents/inc-open/${path}`, headers: staff.headers, payload });
  const change = { from: 'open', to: 'closed', reason: 'Nothing to see' };
  const hide = { readers: [reader.person.id], reason: 'Let it be quiet' };
  const closing = await act(accused, 'POST', 'changes', change);
  assert.equal(closing.statusCode, 403);
  assert.match(closing.json().error.message, /somebody else must decide/);
  assert.equal((await act(accused, 'PUT', 'restriction', hide)).statusCode, 403);
  assert.equal((await act(accused, 'POST', 'notes', { text: 'It was me, on a plane' })).statusCode, 200);
  assert.equal((await act(reader, 'POST', 'changes', change)).statusCode, 200);
});
