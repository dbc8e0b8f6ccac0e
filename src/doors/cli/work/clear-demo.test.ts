import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '#store/open-store.ts';
import { clearDemo } from './clear-demo.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cordon-clear-'));
after(() => rmSync(scratch, { recursive: true }));

async function storeAt(directory: string, demo: boolean): Promise<void> {
  const opened = await openStore({ directory });
  assert.ok(opened.ok);
  await opened.value.auditLog.append({ at: 1, by: 'cordon', act: 'start', subject: 'cordon', details: { demo } });
  await opened.value.close();
}

test('an earlier demonstration is removed; without one there is nothing to do', async () => {
  const directory = join(scratch, 'earlier');
  assert.ok((await clearDemo(directory)).ok);
  await storeAt(directory, true);
  assert.ok((await clearDemo(directory)).ok);
  assert.deepEqual(readdirSync(directory), []);
});

test('what somebody else keeps there stays, and is not even touched', async () => {
  const directory = join(scratch, 'precious');
  mkdirSync(directory, { mode: 0o755 });
  writeFileSync(join(directory, 'thesis.tex'), 'years');
  const cleared = await clearDemo(directory);
  assert.match(JSON.stringify(cleared), /"refused".*it holds thesis\.tex/);
  assert.deepEqual(readdirSync(directory), ['thesis.tex']);
  assert.equal(statSync(directory).mode & 0o777, 0o755);

  const link = join(scratch, 'link');
  symlinkSync(directory, link);
  assert.match(JSON.stringify(await clearDemo(link)), /it is not a directory/);
  assert.ok(existsSync(join(directory, 'thesis.tex')));
});

test('a real store is no demonstration', async () => {
  const directory = join(scratch, 'real');
  await storeAt(directory, false);
  assert.match(JSON.stringify(await clearDemo(directory)), /no demonstration/);
  assert.ok(existsSync(join(directory, 'cordon.db')));
});
