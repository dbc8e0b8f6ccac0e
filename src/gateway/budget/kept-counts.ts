import type { DatabaseSync } from 'node:sqlite';
import { together } from '#vault/together.ts';
import type { Spent } from './account.ts';

/** Computed rows that were answered, kept over a restart: they are in no ledger, for they name nobody. */
export interface KeptCounts {
  /**
   * Durable on return: so many rows at `at` (ms since 1970 UTC), of the object. `room`: how many more the integration may
   * have, these among them. Throws when the disk takes nothing.
   */
  cover(integration: string, object: string, at: number, rows: number, room: number): void;
  /** What may have been answered after `since` and up to `now`, in the order of time. */
  between(integration: string, since: number, now: number): readonly Spent[];
  /** Writes down what was used of what is covered; the database stays the caller's. */
  close(): void;
}

/** Rows that one commit covers beforehand, and never more than a tenth of what is left. */
const mostAhead = 20;
/** No block is used longer, so that it leaves a window at most a minute late. */
const longestBlockMs = 60_000;
const pruneEveryMs = 3_600_000;
/** The names of objects come from clients; blocks beyond these are closed. */
const mostBlocks = 1000;

interface Block {
  readonly id: number | bigint;
  readonly openedAt: number;
  readonly rows: number;
  used: number;
  lastAt: number;
}

/**
 * Writes ahead, in blocks: a commit covers several rows before the first of them is answered, and the next one corrects
 * it to what was used. What a crash leaves of a block counts as answered, at the last moment at which it can have been.
 * Table `budget_counts`, made here; the database is opened with `synchronous=FULL`. `keptMs`: forgotten when older.
 */
export function openKeptCounts(database: DatabaseSync, keptMs: number): KeptCounts {
  database.exec(`create table if not exists budget_counts (
    id integer primary key, integration text not null, object text not null,
    opened_at integer not null, last_at integer not null, counts integer not null) strict;
    create index if not exists budget_counts_by_time on budget_counts (integration, last_at);
    create index if not exists budget_counts_by_age on budget_counts (last_at)`);
  const insert = database.prepare(
    'insert into budget_counts (integration, object, opened_at, last_at, counts) values (?, ?, ?, ?, ?)',
  );
  const correct = database.prepare('update budget_counts set last_at = ?, counts = ? where id = ?');
  const select = database.prepare(
    'select id, object, opened_at, last_at, counts from budget_counts where integration = ? and last_at > ? order by last_at',
  );
  const prune = database.prepare('delete from budget_counts where last_at <= ?');
  const blocks = new Map<string, Block>();
  let prunedAt = Number.NEGATIVE_INFINITY;

  const settle = ({ id, used, lastAt }: Block): void => void correct.run(lastAt, used, id);
  const settleAll = (): void => {
    together(database, () => [...blocks.values()].forEach(settle));
    blocks.clear();
  };

  const open = (integration: string, object: string, at: number, rows: number, former: Block | undefined): Block => {
    const isPruned = at - prunedAt < pruneEveryMs;
    const id = together(database, () => {
      if (former !== undefined) settle(former);
      if (!isPruned) prune.run(at - keptMs);
      return insert.run(integration, object, at, at + longestBlockMs, rows).lastInsertRowid;
    });
    if (!isPruned) prunedAt = at;
    return { id, openedAt: at, rows, used: 0, lastAt: at };
  };

  return {
    cover(integration, object, at, rows, room) {
      const name = object.toLowerCase();
      const key = `${integration} ${name}`;
      let block = blocks.get(key);
      if (block === undefined || block.used + rows > block.rows || at >= block.openedAt + longestBlockMs) {
        if (block === undefined && blocks.size >= mostBlocks) settleAll();
        block = open(integration, name, at, Math.max(rows, Math.min(mostAhead, Math.floor(room / 10))), block);
        blocks.set(key, block);
      }
      block.used += rows;
      block.lastAt = at;
    },
    between(integration, since, now) {
      const own = new Map([...blocks.values()].map((block) => [block.id, block]));
      const told = select.all(integration, since).map((row) => {
        const block = own.get(Number(row['id']));
        const [openedAt, lastAt] = [Number(row['opened_at']), Number(row['last_at'])];
        return {
          integration,
          object: String(row['object']),
          since: openedAt,
          at: block?.lastAt ?? (openedAt <= now ? Math.min(lastAt, now) : lastAt),
          counts: block?.used ?? Number(row['counts']),
        };
      });
      return told.sort((a, b) => a.at - b.at);
    },
    close: settleAll,
  };
}
