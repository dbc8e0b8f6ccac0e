import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure, type Result, success } from '#model/result.ts';
import type { LogDisk } from './log/log-disk.ts';

/**
 * Makes the directory (0700) if needed and keeps other writers out until `release`. The lock is an exclusive SQLite
 * transaction, that is a lock of the operating system: it ends with the process, however that ends.
 */
export async function holdDirectory(directory: string, disk: LogDisk): Promise<Result<{ release(): void }>> {
  try {
    const firstMade = await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    if (firstMade !== undefined) {
      for (let made = resolve(directory); made.length >= firstMade.length; made = dirname(made)) {
        await disk.syncDirectory(dirname(made));
      }
    }
  } catch (reason) {
    const found = reason instanceof Error ? reason.message : String(reason);
    return failure({ kind: 'invalid', where: directory, found, expected: 'a directory that Cordon may write to' });
  }
  const connection = new DatabaseSync(join(directory, 'lock.db'));
  try {
    connection.exec('pragma busy_timeout = 0; begin exclusive');
  } catch (reason) {
    connection.close();
    const isBusy = reason instanceof Error && 'errcode' in reason && reason.errcode === 5;
    if (!isBusy) throw reason;
    const why = `${directory} is written by another process; stop it or choose another directory`;
    return failure({ kind: 'refused', by: 'another Cordon', why });
  }
  return success({ release: () => connection.close() });
}
