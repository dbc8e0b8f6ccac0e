import type { Store } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import { createStore } from './create-store.ts';
import { lockDirectory } from './directory-lock.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { openPostgresqlEngine } from './postgresql-engine.ts';
import { openSqliteEngine } from './sqlite-engine.ts';

/**
 * A directory of this machine for the embedded SQLite, or the URL of a PostgreSQL server's database; beside which a
 * directory is held all the same when named, since a server has its socket there.
 */
export type StorePlace = { readonly directory: string } | { readonly databaseUrl: string; readonly directory?: string };

/**
 * Opens the store and brings its schema up to date. A directory is created if needed and held for this process alone:
 * `refused` names the process that has it. `invalid` when the place cannot be used or a newer Cordon wrote it; `later`
 * when the PostgreSQL server does not answer.
 */
export async function openStore(
  place: StorePlace,
  { clock = Date.now }: { readonly clock?: () => number } = {},
): Promise<Result<Store>> {
  if (!('databaseUrl' in place)) return held(place.directory, clock, () => openOnSqlite(place.directory, clock));
  const { databaseUrl, directory } = place;
  const open = (): Promise<Result<Store>> => openOnPostgresql(databaseUrl, clock);
  return directory === undefined ? open() : held(directory, clock, open);
}

async function held(
  directory: string,
  clock: () => number,
  open: () => Promise<Result<Store>>,
): Promise<Result<Store>> {
  const lock = await lockDirectory(directory, clock);
  if (!lock.ok) return lock;
  const opened = await open();
  if (!opened.ok) {
    lock.value.release();
    return opened;
  }
  return success({
    ...opened.value,
    close: async () => {
      await opened.value.close();
      lock.value.release();
    },
  });
}

async function openOnSqlite(directory: string, clock: () => number): Promise<Result<Store>> {
  const opened = await migrated(await openSqliteEngine(directory), clock);
  return opened.ok ? success(createStore(opened.value)) : opened;
}

async function openOnPostgresql(databaseUrl: string, clock: () => number): Promise<Result<Store>> {
  const engine = openPostgresqlEngine(databaseUrl);
  try {
    const opened = await migrated(engine, clock);
    return opened.ok ? success(createStore(opened.value)) : opened;
  } catch (reason) {
    await engine.close();
    return failure({ kind: 'later', afterMs: 5000, why: `the PostgreSQL server says: ${describe(reason)}` });
  }
}

async function migrated(engine: Engine, clock: () => number): Promise<Result<Engine>> {
  const outcome = await migrate(engine, clock);
  if (outcome.ok) return success(engine);
  await engine.close();
  return outcome;
}

const describe = (reason: unknown): string =>
  reason instanceof AggregateError
    ? reason.errors.map(describe).join('; ')
    : reason instanceof Error
      ? reason.message
      : String(reason);
