import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe } from 'node:test';
import type { StorePlace } from '../open-store.ts';
import { storeConforms } from './store.ts';

describe('the store on SQLite', () => {
  storeConforms({
    place: async (context) => {
      const parent = await mkdtemp(join(tmpdir(), 'cordon-store-'));
      context.after(() => rm(parent, { recursive: true }));
      return { directory: join(parent, 'data') };
    },
    run,
    tamper: (place, statements) =>
      run(
        place,
        ['update', 'delete'].map((change) => `drop trigger if exists audit_log_refuses_${change}`).concat(statements),
      ),
  });
});

async function run(place: StorePlace, statements: readonly string[]): Promise<void> {
  if (!('directory' in place)) throw new Error('not a directory');
  const connection = new DatabaseSync(join(place.directory, 'cordon.db'));
  try {
    for (const statement of statements) connection.exec(statement);
  } finally {
    connection.close();
  }
}
