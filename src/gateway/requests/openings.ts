import type { DatabaseSync } from 'node:sqlite';
import { toLongId } from '#lib/salesforce-id.ts';
import type { Expectation, Opening } from '../call.ts';
import { keepLatest } from '../keep-latest.ts';

/** The CRM keeps results of a job for seven days, and locators for less. Bulk API 2.0 Developer Guide, "Limits". */
const keptMs = 7 * 86_400_000;

/** The pages of one query share what was learnt of its answers, by the identity of this object. */
const mostExpectations = 500;

/** Which grant opened which locator or job. */
export interface Openings {
  /** Resolves when it is on disk. */
  remember(opening: Omit<Opening, 'openedAt'>): Promise<void>;
  /** The opening of this family, or whether another one has it. */
  find(kind: Opening['kind'], id: string, family: string): Opening | 'foreign' | 'unknown';
}

interface Waiting {
  readonly opening: Opening;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * Keeps openings in the table `requests_openings` of the gateway's state, created here. Openings of the same moment are
 * written by one commit.
 */
export function openOpenings(database: DatabaseSync, clock: () => number): Openings {
  database.exec(`CREATE TABLE IF NOT EXISTS requests_openings (
    kind TEXT NOT NULL, id TEXT NOT NULL, family TEXT NOT NULL, integration TEXT NOT NULL,
    opened_at INTEGER NOT NULL, query TEXT NOT NULL, expectation TEXT NOT NULL,
    PRIMARY KEY (kind, id, family)) STRICT, WITHOUT ROWID`);
  database.exec('CREATE INDEX IF NOT EXISTS requests_openings_by_age ON requests_openings (opened_at)');
  const select = database.prepare(
    'SELECT id, integration, family, opened_at, query, expectation FROM requests_openings WHERE kind = ? AND id = ? AND opened_at > ?',
  );
  const insert = database.prepare(
    'INSERT OR REPLACE INTO requests_openings (kind, id, family, integration, opened_at, query, expectation) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const prune = database.prepare('DELETE FROM requests_openings WHERE opened_at <= ?');
  const waiting: Waiting[] = [];
  const expectations = keepLatest<Expectation>(mostExpectations);

  const find: Openings['find'] = (kind, id, family) => {
    const rows = select.all(kind, nameOf(kind, id), clock() - keptMs);
    const own = rows.find((row) => row['family'] === family);
    if (own === undefined) return rows.length > 0 ? 'foreign' : 'unknown';
    // Written by this room alone, from the same type.
    const text = String(own['expectation']);
    return {
      kind,
      id,
      family,
      integration: String(own['integration']),
      openedAt: Number(own['opened_at']),
      query: String(own['query']),
      expectation: expectations(text, () => JSON.parse(text) as Expectation),
    };
  };

  const writeWaiting = (): void => {
    const batch = waiting.splice(0);
    if (batch.length === 0) return;
    try {
      database.exec('BEGIN IMMEDIATE');
      prune.run(clock() - keptMs);
      for (const { opening } of batch) insert.run(...rowOf(opening));
      database.exec('COMMIT');
    } catch (fault) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { failed } of batch) failed(fault);
      return;
    }
    for (const { done } of batch) done();
  };

  const remember: Openings['remember'] = (named) =>
    new Promise((done, failed) => {
      const opening: Opening = { ...named, openedAt: clock() };
      const known = find(opening.kind, opening.id, opening.family);
      if (typeof known === 'object' && isSame(known, opening)) return done();
      waiting.push({ opening, done, failed });
      if (waiting.length === 1) setImmediate(writeWaiting);
    });

  return { remember, find };
}

/** The pages of one query share its cursor: `01gD0000002HU6KIAW-2000`, `01gD0000002HU6KIAW-4000`. */
const nameOf = (kind: Opening['kind'], id: string): string => (kind === 'job' ? toLongId(id) : id.replace(/-\d+$/, ''));

const rowOf = ({ kind, id, family, integration, openedAt, query, expectation }: Opening) =>
  [kind, nameOf(kind, id), family, integration, openedAt, query, JSON.stringify(expectation)] as const;

const isSame = (known: Opening, opening: Opening): boolean =>
  known.integration === opening.integration &&
  known.query === opening.query &&
  JSON.stringify(known.expectation) === JSON.stringify(opening.expectation);
