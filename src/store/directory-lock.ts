import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { failure, type Result, success } from '#model/result.ts';
import { makePrivateFile } from './sqlite-engine.ts';

export interface DirectoryLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly startedAt: number;
}

/**
 * Makes the directory (0700) if needed and holds it for this process alone. `refused` names the process that has it.
 *
 * The lock is an exclusive SQLite transaction on `lock.db`, that is a lock of the operating system: it ends with the
 * process, however that ends, so there is no stale lock, no process id to trust and no race between two starters.
 * `lock.json` only tells people who holds it.
 */
export async function lockDirectory(directory: string, clock: () => number): Promise<Result<DirectoryLock>> {
  const made = await makePrivateDirectory(directory);
  if (!made.ok) return made;
  const file = join(directory, 'lock.db');
  await makePrivateFile(file);
  const connection = new DatabaseSync(file);
  try {
    connection.exec('pragma busy_timeout = 0; begin exclusive');
  } catch (reason) {
    connection.close();
    if (!isBusy(reason)) throw reason;
    return failure({ kind: 'refused', by: 'another Cordon', why: await describeHolder(directory) });
  }
  await writeHolder(directory, { pid: process.pid, startedAt: clock() });
  return success({ release: () => connection.close() });
}

const sqliteBusy = 5; // https://www.sqlite.org/rescode.html#busy
const isBusy = (reason: unknown): boolean =>
  reason instanceof Error && 'errcode' in reason && reason.errcode === sqliteBusy;

async function makePrivateDirectory(directory: string): Promise<Result<void>> {
  try {
    const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    // A directory that was made just now survives a power cut only once its parent is on the disk.
    if (firstMade !== undefined) {
      for (let made = resolve(directory); made.length >= firstMade.length; made = dirname(made))
        await sync(dirname(made));
    }
    return success(undefined);
  } catch (reason) {
    const found = reason instanceof Error ? reason.message : String(reason);
    return failure({ kind: 'invalid', where: directory, found, expected: 'a directory that Cordon may write to' });
  }
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeHolder(directory: string, holder: Holder): Promise<void> {
  const draft = join(directory, `lock.json.${holder.pid}`);
  const handle = await open(draft, 'w', 0o600);
  await handle.writeFile(JSON.stringify(holder));
  await handle.close();
  await rename(draft, join(directory, 'lock.json'));
}

/** Who started at the same moment may not have written its name yet: it is given half a second. */
async function describeHolder(directory: string): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const holder = await readHolder(directory);
    if (holder !== undefined && isAlive(holder.pid)) {
      const since = new Date(holder.startedAt).toISOString();
      return `${directory} is in use by process ${holder.pid}, started ${since}; stop it or choose another directory`;
    }
    await setTimeout(50);
  }
  return `${directory} is in use by another process; stop it or choose another directory`;
}

async function readHolder(directory: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(join(directory, 'lock.json'), 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch {
    return undefined; // Only the sentence for people gets shorter.
  }
}

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'startedAt' in value &&
  typeof value.startedAt === 'number';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    return reason instanceof Error && 'code' in reason && reason.code === 'EPERM';
  }
}
