import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Engine } from './engine.ts';
import type { Migration } from './migration.ts';
import { firstRecords } from './migrations/0001-first-records.ts';
import { liveSources } from './migrations/0002-live-sources.ts';
import { headings } from './migrations/0003-headings.ts';
import { gapsInRows } from './migrations/0004-gaps-in-rows.ts';
import type { Database } from './schema.ts';

export const migrations: readonly Migration[] = [firstRecords, liveSources, headings, gapsInRows];

/**
 * Brings the store to this program's schema, each migration in a transaction of its own that no other process can
 * enter. `invalid` when the store is newer than the program or was written by other migrations than these.
 */
export async function migrate(
  engine: Engine,
  clock: () => number,
  steps: readonly Migration[] = migrations,
): Promise<Result<void>> {
  while (true) {
    const outcome = await engine.writing.transaction().execute(async (transaction) => {
      await engine.alone(transaction, 'migrations');
      const applied = await appliedMigrations(transaction);
      const disagreement = findDisagreement(applied, steps, engine.kind);
      if (disagreement !== undefined) return disagreement;
      const next = steps[applied.length];
      if (next === undefined) return 'up to date';
      for (const statement of next.statements(engine.kind)) await sql.raw(statement).execute(transaction);
      await transaction
        .insertInto('migrations')
        .values({
          number: next.number,
          name: next.name,
          checksum: checksumOf(next, engine.kind),
          applied_at: clock(),
        })
        .execute();
      return 'moved on';
    });
    if (outcome === 'up to date') return success(undefined);
    if (outcome !== 'moved on') return failure(outcome);
  }
}

async function appliedMigrations(transaction: Database) {
  await sql`create table if not exists migrations (
    number bigint primary key, name text not null, checksum text not null, applied_at bigint not null
  )`.execute(transaction);
  return transaction.selectFrom('migrations').select(['number', 'name', 'checksum']).orderBy('number').execute();
}

function findDisagreement(
  applied: readonly { readonly number: number; readonly name: string; readonly checksum: string }[],
  steps: readonly Migration[],
  engine: Engine['kind'],
): Failure | undefined {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > steps.length) {
    return {
      kind: 'invalid',
      where: 'store',
      found: `schema ${newest.number} (${newest.name}), written by a newer Cordon`,
      expected: `schema ${steps.length} or older; install the newer Cordon again, or restore a backup from before it ran`,
    };
  }
  const other = applied.find((each, index) => each.checksum !== checksumOf(steps[index]!, engine));
  if (other === undefined) return undefined;
  return {
    kind: 'invalid',
    where: 'store',
    found: `migration ${other.number} (${other.name}) with checksum ${other.checksum.slice(0, 12)}`,
    expected: `checksum ${checksumOf(steps[other.number - 1]!, engine).slice(0, 12)}: this store was written by a program with other migrations`,
  };
}

const checksumOf = (migration: Migration, engine: Engine['kind']): string =>
  createHash('sha256').update(migration.statements(engine).join(';\n')).digest('hex');
