import type { Database } from './schema.ts';

/** A database that the store runs on. What differs between the two stands here and in the migrations' types. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgresql';
  /** Committed rows only; never waits for a writer. */
  readonly reading: Database;
  readonly writing: Database;
  /** LIKE that ignores case: for ASCII letters on SQLite, for all on PostgreSQL. */
  readonly like: 'like' | 'ilike';
  /** Keeps every other writer of the same database out of `what` until the transaction ends. */
  alone(transaction: Database, what: 'migrations' | 'audit log'): Promise<void>;
  close(): Promise<void>;
}
