import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { canonicalJson } from '#store/canonical-json.ts';
import { cordonIn, startIn } from './running-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'cordon-audit-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const anchors = join(directory, 'elsewhere', 'anchors.jsonl');
mkdirSync(join(directory, 'elsewhere'));
const written = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return name;
};
const anchored = written('cordon.yaml', 'dataDirectory: records\nauditAnchors:\n  - file: elsewhere/anchors.jsonl\n');
const unanchored = written('unanchored.yaml', 'dataDirectory: records\n');
const verify = (configuration = anchored) => cordonIn(directory, '--config', configuration, 'audit-log', 'verify');
const anchorCount = (): number => readFileSync(anchors, 'utf8').match(/"sequence"/g)?.length ?? 0;

/** What somebody with the database and this program's source can do: change an act and make the chain fit again. */
function rewriteConsistently(change: (row: Record<string, unknown>) => object): void {
  const database = new DatabaseSync(join(directory, 'records', 'cordon.db'));
  for (const act of ['update', 'delete']) database.exec(`drop trigger audit_log_refuses_${act}`);
  let previous = '0'.repeat(64);
  for (const row of database.prepare('select * from audit_log order by sequence').all()) {
    const { sequence, at, by_whom: by, act, subject } = row;
    const details = { ...JSON.parse(String(row['details'])), ...change(row) };
    const content = canonicalJson({ at, by, act, subject, details, sequence, previous });
    previous = createHash('sha256').update(content).digest('hex');
    database
      .prepare('update audit_log set details = ?, hash = ? where sequence = ?')
      .run(canonicalJson(details), previous, sequence!);
  }
  database.close();
}

test('before anything ran there is no log to hold', async () => {
  const { code, error } = await verify();
  assert.equal(code, 1);
  assert.match(error, /The store .*records\/cordon\.db is not there/);
});

test('acts are anchored at start and stop, and hold while the server runs and after', async () => {
  const server = await startIn(directory, 'records', 'start', '--port', '0');
  assert.equal(anchorCount(), 1, 'one at the start');
  await server.ask('POST', '/api/staff/invitations', { email: 'new@house.example', role: 'analyst' });
  const running = await verify();
  assert.deepEqual([running.code, running.error], [0, '']);
  assert.match(running.out, /records is whole: 3 entries, held against 1 anchor\./);
  assert.deepEqual(await server.ask('GET', '/api/audit-log/verification'), { ok: true, entries: 3, anchors: 1 });
  await server.end('SIGTERM');
  const stopped = await verify();
  assert.match(stopped.out, /is whole: 4 entries, held against 2 anchors\./);
  assert.equal(statSync(anchors).mode & 0o777, 0o600);
});

test('a log rewritten as a whole passes its own chain, and fails against its anchors', async () => {
  const kept = readFileSync(join(directory, 'records', 'cordon.db'));
  rewriteConsistently(({ act }) => (act === 'staff.invite' ? { role: 'owner' } : {}));
  const alone = await verify(unanchored);
  assert.deepEqual([alone.code, alone.error], [0, ''], 'the chain alone shows nothing');
  const { code, out } = await verify();
  assert.equal(code, 1);
  assert.match(out, /records does not hold at entry 4: found [0-9a-f]{64}, expected [0-9a-f]{64}, anchored 20/);
  writeFileSync(join(directory, 'records', 'cordon.db'), kept);
  assert.equal((await verify()).code, 0);
});

test('anchors that were taken away, emptied or damaged are not "no anchors"', async () => {
  const kept = readFileSync(anchors);
  rmSync(anchors);
  const gone = await verify();
  assert.equal(gone.code, 1);
  assert.match(gone.out, /does not hold at entry 4: found .*anchors\.jsonl.*is not there, expected the anchors/);
  writeFileSync(anchors, '');
  assert.match((await verify()).out, /found a file without anchors/);
  writeFileSync(anchors, `{"sequence":"many"}\n${kept}`);
  assert.match((await verify()).out, /anchors\.jsonl, line 1/);
  const json = await cordonIn(directory, 'audit-log', 'verify', '--json');
  assert.deepEqual([json.code, JSON.parse(json.out).ok], [1, false]);
  writeFileSync(anchors, kept);
  assert.equal((await verify()).code, 0);
});

test('a running server whose anchors vanish says so too', async () => {
  const server = await startIn(directory, 'records', 'start', '--port', '0');
  rmSync(anchors);
  const verdict = await server.ask<{ readonly ok: boolean }>('GET', '/api/audit-log/verification');
  assert.equal(verdict.ok, false);
  await server.end('SIGTERM');
});
