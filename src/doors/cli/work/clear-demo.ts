import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '#model/result.ts';
import { openStore } from '#store/open-store.ts';

/** What a store leaves in its directory, e.g. `cordon.db-wal`, `lock.json.4711`. */
const ofStore = /^(cordon\.db(-wal|-shm|-journal)?|lock\.db(-journal)?|lock\.json(\.\d+)?|cordon\.sock)$/;

/**
 * Removes the records of an earlier demonstration and nothing else: a configuration may name a data directory in which
 * somebody keeps a `demo` of their own. `refused` when it is a link, holds anything else, is in use, or is a real store.
 */
export async function clearDemo(directory: string): Promise<Result<void>> {
  const found = await lstat(directory).catch(() => undefined);
  if (found === undefined) return success(undefined);
  if (!found.isDirectory()) return notOurs(directory, 'it is not a directory');
  const names = await readdir(directory);
  const stranger = names.find((name) => !ofStore.test(name));
  if (stranger !== undefined) return notOurs(directory, `it holds ${stranger}`);
  // Taking the lock first keeps a running demonstration from losing its ground.
  const held = await openStore({ directory });
  if (!held.ok) return held;
  const [first] = await held.value.auditLog.list(1, 2);
  await held.value.close();
  if (first !== undefined && first.details['demo'] !== true)
    return notOurs(directory, 'its records are no demonstration');
  for (const name of await readdir(directory)) if (ofStore.test(name)) await rm(join(directory, name));
  return success(undefined);
}

const notOurs = (directory: string, why: string): Result<void> =>
  failure({
    kind: 'refused',
    by: 'Cordon',
    why: `a demonstration begins anew in ${directory}, but ${why}; move it away or name another dataDirectory`,
  });
