import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEntry, EventPage, IncidentRow, NowView } from '#model/wire.ts';
import { cordonIn, type RunningServer, startIn } from './running-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'cordon-kill-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const start = () => startIn(directory, '.cordon/demo', 'start', '--demo', '--keep', '--speed', '86400', '--port', '0');

async function until<Value>(what: () => Promise<Value>, is: (value: Value) => boolean): Promise<Value> {
  for (let tries = 0; tries < 600; tries++) {
    const value = await what();
    if (is(value)) return value;
    await wait(100);
  }
  throw new Error('it never happened');
}

const incidentsOf = (server: RunningServer) => server.ask<readonly IncidentRow[]>('GET', '/api/incidents');
const nowOf = (server: RunningServer) => server.ask<NowView>('GET', '/api/now');
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).sort();

test('kill -9 in the middle of the story: nothing acknowledged is lost, nothing is there twice', async () => {
  const first = await start();
  const seen = await until(
    () => incidentsOf(first),
    (rows) => rows.length > 0,
  );
  const [incident] = seen;
  const url = `/api/incidents/${incident!.id}`;
  await first.ask('POST', `${url}/notes`, { text: 'Written just before the lights went out' });
  const { totals } = await nowOf(first);
  const newest = (await first.ask<EventPage>('GET', '/api/events?limit=1')).rows[0]!;
  const log = await first.ask<readonly AuditEntry[]>('GET', '/api/audit-log');
  await first.end('SIGKILL');

  const dead = await cordonIn(directory, 'audit-log', 'verify');
  assert.deepEqual([dead.code, dead.error], [0, ''], dead.out);

  const second = await start();
  await until(
    () => nowOf(second),
    (now) => now.totals.events > totals.events + 1_000,
  );
  const rows = await incidentsOf(second);
  assert.ok(
    ids(seen).every((id) => ids(rows).includes(id)),
    'every incident is still there',
  );
  const keys = rows.flatMap(({ grants }) => grants.map(({ key }) => key));
  assert.equal(new Set(keys).size, keys.length, 'one incident for each grant');
  const notes = (await second.ask<{ readonly notes: readonly object[] }>('GET', url)).notes;
  assert.equal(notes.length, 1);
  assert.ok((await second.ask<{ readonly key: string }>('GET', `/api/events/${encodeURIComponent(newest.key)}`)).key);
  const logAfter = await second.ask<readonly AuditEntry[]>('GET', '/api/audit-log');
  assert.deepEqual(logAfter.slice(-log.length), log, 'what the log said it still says');
  await second.end('SIGTERM');
  assert.equal((await cordonIn(directory, 'audit-log', 'verify')).code, 0);
});
