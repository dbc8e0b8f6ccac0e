import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import { createNodeSqliteDialect } from './node-sqlite-dialect.ts';

/** https://www.sqlite.org/pragma.html#pragma_synchronous. Only FULL survives a power cut; the tests show that. */
export type Synchronous = 'FULL' | 'NORMAL' | 'OFF';

/** In the store's directory. */
export const databaseFile = 'cordon.db';

/**
 * Opens `cordon.db` in the directory, which the caller has locked: one connection that writes and one that reads, in
 * one process. A commit is on the disk when it returns.
 */
export async function openSqliteEngine(directory: string, synchronous: Synchronous = 'FULL'): Promise<Engine> {
  const file = join(directory, databaseFile);
  await makePrivateFile(file); // SQLite gives its -wal and -shm files the same permissions.
  const writer = new DatabaseSync(file);
  writer.exec(`
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = ${synchronous};
    pragma foreign_keys = on;
    pragma recursive_triggers = on;
    pragma cache_size = -32000;
    pragma journal_size_limit = 67108864;
  `);
  const reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('pragma busy_timeout = 5000; pragma cache_size = -32000;');
  const writing = new Kysely({ dialect: createNodeSqliteDialect(writer) }) as Engine['writing'];
  const reading = new Kysely({ dialect: createNodeSqliteDialect(reader) }) as Engine['reading'];
  return {
    kind: 'sqlite',
    reading,
    writing,
    like: 'like',
    alone: async () => {}, // One process holds the directory and has one writing connection.
    close: async () => {
      // Kysely opens lazily and would leave a connection open that it never used.
      if (reader.isOpen) reader.close();
      if (writer.isOpen) writer.close();
    },
  };
}

/** For its owner alone, existing or not. */
export async function makePrivateFile(file: string): Promise<void> {
  await (await open(file, 'a', 0o600)).close();
  await chmod(file, 0o600);
}
