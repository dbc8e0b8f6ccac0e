import type { DatabaseSync } from 'node:sqlite';

/**
 * All of the writes or none; durable on return when it is not part of a larger transaction (SQLite with
 * `synchronous=FULL`). A savepoint, because it may stand inside another's transaction. The work must not wait.
 */
export function together<Value>(database: DatabaseSync, work: () => Value): Value {
  database.exec('savepoint written_together');
  try {
    const value = work();
    database.exec('release written_together');
    return value;
  } catch (reason) {
    database.exec('rollback to written_together; release written_together');
    throw reason;
  }
}
