/** Test-only: whether a store still holds all that its writing child printed. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../open-store.ts';

/** What is missing or broken, one sentence each; empty when nothing acknowledged was lost. */
export async function findLosses(directory: string, acknowledged: readonly string[]): Promise<readonly string[]> {
  const opened = await openStore({ directory });
  if (!opened.ok) return [`does not open: ${JSON.stringify(opened.failure)}`];
  const store = opened.value;
  const losses: string[] = [];
  try {
    const entries = new Map((await store.auditLog.list(1e9, undefined)).map((entry) => [entry.sequence, entry.hash]));
    const names = acknowledged.flatMap((line) => (line.startsWith('event ') ? [line.slice(6)] : []));
    const known = await store.events.known(names.flatMap((name) => [`${name}/1`, `${name}/2`]));
    for (const line of acknowledged) {
      const [kind, first = '', second = ''] = line.split(' ');
      const isKept =
        kind === 'event'
          ? known.has(`${first}/1`) && known.has(`${first}/2`)
          : kind === 'audit'
            ? entries.get(Number(first)) === second
            : kind !== 'setting' || Number(await store.settings.get(`turn ${first}`)) >= Number(second);
      if (!isKept) losses.push(`lost: ${line}`);
    }
    const verdict = await store.auditLog.verify([]);
    if (!verdict.ok) losses.push(`audit log broken at ${verdict.sequence}`);
    if ((await store.events.total()) !== entries.size * 2) losses.push('events and audit entries do not match');
  } catch (reason) {
    losses.push(`cannot be read: ${reason}`);
  } finally {
    await store.close();
  }
  return losses.concat(findDamage(directory));
}

function findDamage(directory: string): readonly string[] {
  const connection = new DatabaseSync(join(directory, 'cordon.db'));
  try {
    const rows = connection
      .prepare('pragma integrity_check')
      .all()
      .concat(connection.prepare('pragma foreign_key_check').all());
    return rows.flatMap((row) => (row['integrity_check'] === 'ok' ? [] : [`damaged: ${JSON.stringify(row)}`]));
  } catch (reason) {
    return [`damaged: ${reason}`];
  } finally {
    connection.close();
  }
}
