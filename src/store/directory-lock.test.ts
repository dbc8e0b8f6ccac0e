import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { it, type TestContext } from 'node:test';
import { lockDirectory } from './directory-lock.ts';
import { openStore } from './open-store.ts';

const clock = () => Date.UTC(2026, 6, 14);
const lockModule = new URL('directory-lock.ts', import.meta.url).href;

it('a second server on the same directory is told which process has it and since when', async (context) => {
  const directory = join(await parentOf(context), 'data');
  const first = await lockDirectory(directory, clock);
  assert.ok(first.ok);
  const second = await openStore({ directory });
  assert.ok(!second.ok && second.failure.kind === 'refused');
  assert.equal(
    second.failure.why,
    `${directory} is in use by process ${process.pid}, started 2026-07-14T00:00:00.000Z; stop it or choose another directory`,
  );
  first.value.release();
  const third = await openStore({ directory });
  assert.ok(third.ok);
  await third.value.close();
});

it('the lock of a killed process is free, whatever process has its id now', async (context) => {
  const directory = join(await parentOf(context), 'data');
  const holder = hold(directory);
  assert.equal(String(await once(holder.stdout, 'data')), 'held\n');
  const refused = await lockDirectory(directory, clock);
  assert.ok(!refused.ok && refused.failure.kind === 'refused');
  assert.match(refused.failure.why, new RegExp(`in use by process ${holder.pid}, started `));
  holder.kill('SIGKILL');
  await once(holder, 'close');
  await writeFile(join(directory, 'lock.json'), JSON.stringify({ pid: process.pid, startedAt: 1 }));
  const taken = await lockDirectory(directory, clock);
  assert.ok(taken.ok);
  taken.value.release();
});

it('of many that start at once exactly one wins', async (context) => {
  const directory = join(await parentOf(context), 'data');
  const starters = Array.from({ length: 4 }, () => hold(directory));
  context.after(() => {
    for (const starter of starters) starter.kill('SIGKILL');
  });
  const words = await Promise.all(starters.map(async (starter) => String((await once(starter.stdout, 'data'))[0])));
  assert.equal(words.filter((word) => word === 'held\n').length, 1);
  assert.equal(words.filter((word) => word === 'refused\n').length, 3);
});

it('the directory and its files are for their owner alone', async (context) => {
  const directory = join(await parentOf(context), 'deep', 'data');
  const opened = await openStore({ directory });
  assert.ok(opened.ok);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  for (const file of ['cordon.db', 'cordon.db-wal', 'cordon.db-shm', 'lock.db', 'lock.json']) {
    assert.equal((await stat(join(directory, file))).mode & 0o777, 0o600, file);
  }
  await opened.value.close();
});

it('a directory that cannot be made is said to be wrong', async (context) => {
  const file = join(await parentOf(context), 'file');
  await writeFile(file, '');
  const opened = await openStore({ directory: join(file, 'data') });
  assert.ok(!opened.ok && opened.failure.kind === 'invalid');
});

it('a PostgreSQL server that does not answer is tried later', async () => {
  const opened = await openStore({ databaseUrl: 'postgresql://cordon@127.0.0.1:1/cordon' });
  assert.ok(!opened.ok && opened.failure.kind === 'later');
  assert.match(opened.failure.why, /ECONNREFUSED/);
});

it('Node prints no warning about its SQLite', async (context) => {
  const directory = join(await parentOf(context), 'data');
  const holder = hold(directory);
  const complaints = text(holder.stderr);
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  assert.equal(await complaints, '');
});

/** A process that says `held` or `refused` and then stays. */
function hold(directory: string) {
  const program = `
    const { lockDirectory } = await import(${JSON.stringify(lockModule)});
    const lock = await lockDirectory(${JSON.stringify(directory)}, Date.now);
    console.log(lock.ok ? 'held' : 'refused');
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function parentOf(context: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'cordon-lock-'));
  context.after(() => rm(parent, { recursive: true }));
  return parent;
}
