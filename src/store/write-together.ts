import { setImmediate } from 'node:timers/promises';
import type { Database } from './schema.ts';

/** Rows written in one transaction at most, so that reading gets its turn. */
const rowsTogether = 1000;

interface Work {
  readonly rows: number;
  run(transaction: Database): Promise<void>;
  succeed(): void;
  fail(reason: unknown): void;
}

/** The one way to write. `work` may run twice, so it must do nothing but read and write through `transaction`. */
export interface Writer {
  /** Resolves when the work is on the disk; rejects when none of it is. */
  write<Value>(work: (transaction: Database) => Promise<Value>, rows?: number): Promise<Value>;
  /** Waits for everything asked so far. */
  settle(): Promise<void>;
}

/**
 * Group commit: what is asked for within a turn of the event loop, or while a transaction runs, shares the next
 * transaction and so its one wait for the disk. Strictly one transaction at a time, in the order asked. When a piece
 * of work fails, the shared transaction is undone and each piece is tried alone, so that none falls with another.
 */
export function createWriter(database: Database): Writer {
  const waiting: Work[] = [];
  let draining: Promise<void> | undefined;

  const take = (): Work[] => {
    const group: Work[] = [];
    let rows = 0;
    while (waiting.length > 0 && (group.length === 0 || rows + waiting[0]!.rows <= rowsTogether)) {
      const next = waiting.shift()!;
      rows += next.rows;
      group.push(next);
    }
    return group;
  };

  const drain = async (): Promise<void> => {
    while (true) {
      await setImmediate();
      const group = take();
      if (group.length === 0) break;
      if (group.length === 1 || !(await commit(database, group))) {
        for (const work of group) await commitAlone(database, work);
      }
    }
    draining = undefined;
  };

  const write = <Value>(work: (transaction: Database) => Promise<Value>, rows = 1): Promise<Value> => {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    let value: Value;
    waiting.push({
      rows,
      run: async (transaction) => {
        value = await work(transaction);
      },
      succeed: () => resolve(value),
      fail: reject,
    });
    draining ??= drain();
    return promise;
  };

  return { write, settle: async () => draining };
}

async function commit(database: Database, group: readonly Work[]): Promise<boolean> {
  try {
    await database.transaction().execute(async (transaction) => {
      for (const work of group) await work.run(transaction);
    });
  } catch {
    return false; // Each piece meets its own error again when it is tried alone.
  }
  for (const work of group) work.succeed();
  return true;
}

async function commitAlone(database: Database, work: Work): Promise<void> {
  try {
    await database.transaction().execute((transaction) => work.run(transaction));
  } catch (reason) {
    return work.fail(reason);
  }
  work.succeed();
}
