import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** One version of an integration's policy, as it came into force. */
export interface PolicyVersion {
  readonly integration: string;
  /** Ascending from 1. */
  readonly version: number;
  /** The YAML; undefined: from here on the integration has no policy and may do nothing. */
  readonly text: string | undefined;
  readonly by: string;
  /** The second person, where one was needed. */
  readonly approvedBy: string | undefined;
  /** When it came into force, ms since 1970 UTC. */
  readonly at: number;
  readonly why: string;
  /** The change against the version before, in words. */
  readonly changes: readonly string[];
}

const proposalStates = ['waiting', 'approved', 'rejected'] as const;

/** A change that waits for a second person. */
export interface PolicyProposal {
  readonly id: number;
  readonly integration: string;
  /** The version it was made against; 0 for a first policy. */
  readonly against: number;
  readonly text: string;
  readonly by: string;
  readonly at: number;
  readonly why: string;
  readonly changes: readonly string[];
  /** After this nobody can approve it, ms since 1970 UTC. */
  readonly expiresAt: number;
  readonly state: (typeof proposalStates)[number];
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
}

export interface PolicyRecords {
  /** The newest version of each integration. */
  current(): readonly PolicyVersion[];
  newest(integration: string): PolicyVersion | undefined;
  /** Newest first. */
  versions(integration: string): readonly PolicyVersion[];
  /** Throws when that version stands already: two processes changed the same policy at once. */
  addVersion(version: PolicyVersion): void;
  /** Newest first; all integrations' when none is named. */
  proposals(integration: string | undefined): readonly PolicyProposal[];
  proposal(id: number): PolicyProposal | undefined;
  addProposal(proposal: Omit<PolicyProposal, 'id' | 'state' | 'decidedBy' | 'decidedAt'>): number;
  /** False when somebody decided before. */
  decide(id: number, state: 'approved' | 'rejected', by: string, at: number): boolean;
  /** Runs all of it or nothing. */
  together<Value>(work: () => Value): Value;
  /** Changes whenever another process may have written. */
  mark(): number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS policy_versions (
    integration TEXT NOT NULL, version INTEGER NOT NULL, text TEXT, by TEXT NOT NULL, approved_by TEXT,
    at INTEGER NOT NULL, why TEXT NOT NULL, changes TEXT NOT NULL, PRIMARY KEY (integration, version)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS policy_proposals (
    id INTEGER PRIMARY KEY, integration TEXT NOT NULL, against INTEGER NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL,
    at INTEGER NOT NULL, why TEXT NOT NULL, changes TEXT NOT NULL, expires_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', decided_by TEXT, decided_at INTEGER
  ) STRICT;
  CREATE TRIGGER IF NOT EXISTS policy_versions_stay BEFORE UPDATE ON policy_versions
    BEGIN SELECT RAISE(ABORT, 'versions of a policy are never rewritten'); END;
  CREATE TRIGGER IF NOT EXISTS policy_versions_remain BEFORE DELETE ON policy_versions
    BEGIN SELECT RAISE(ABORT, 'versions of a policy are never deleted'); END;
`;

/** Makes `policy_versions` and `policy_proposals` where they are not there yet. */
export function openPolicyRecords(database: DatabaseSync): PolicyRecords {
  database.exec(schema);
  const newest = database.prepare('SELECT * FROM policy_versions WHERE integration = ? ORDER BY version DESC LIMIT 1');
  const versions = database.prepare('SELECT * FROM policy_versions WHERE integration = ? ORDER BY version DESC');
  const current = database.prepare(
    'SELECT *, MAX(version) AS version FROM policy_versions GROUP BY integration ORDER BY integration',
  );
  const addVersion = database.prepare('INSERT INTO policy_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const proposals = database.prepare(
    'SELECT * FROM policy_proposals WHERE ?1 IS NULL OR integration = ?1 ORDER BY id DESC',
  );
  const proposal = database.prepare('SELECT * FROM policy_proposals WHERE id = ?');
  const addProposal = database.prepare(
    `INSERT INTO policy_proposals (integration, against, text, by, at, why, changes, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const decide = database.prepare(
    "UPDATE policy_proposals SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'waiting'",
  );
  const mark = database.prepare('SELECT COUNT(*) AS versions FROM policy_versions');
  return {
    current: () => current.all().map(asVersion),
    newest: (integration) => optional(newest.get(integration), asVersion),
    versions: (integration) => versions.all(integration).map(asVersion),
    addVersion({ integration, version, text, by, approvedBy, at, why, changes }) {
      const told = JSON.stringify(changes);
      addVersion.run(integration, version, text ?? null, by, approvedBy ?? null, at, why, told);
    },
    proposals: (integration) => proposals.all(integration ?? null).map(asProposal),
    proposal: (id) => optional(proposal.get(id), asProposal),
    addProposal({ integration, against, text, by, at, why, changes, expiresAt }) {
      const told = JSON.stringify(changes);
      return Number(addProposal.run(integration, against, text, by, at, why, told, expiresAt).lastInsertRowid);
    },
    decide: (id, state, by, at) => decide.run(state, by, at, id).changes === 1,
    together(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        database.exec('COMMIT');
        return value;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    mark: () => Number(mark.get()?.['versions']),
  };
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const optional = <Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined =>
  row === undefined ? undefined : read(row);
const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
const linesOf = (value: SQLOutputValue | undefined): readonly string[] => JSON.parse(String(value)) as string[];

const asVersion = (row: Row): PolicyVersion => ({
  integration: String(row['integration']),
  version: Number(row['version']),
  text: textOf(row['text']),
  by: String(row['by']),
  approvedBy: textOf(row['approved_by']),
  at: Number(row['at']),
  why: String(row['why']),
  changes: linesOf(row['changes']),
});

const asProposal = (row: Row): PolicyProposal => ({
  id: Number(row['id']),
  integration: String(row['integration']),
  against: Number(row['against']),
  text: String(row['text']),
  by: String(row['by']),
  at: Number(row['at']),
  why: String(row['why']),
  changes: linesOf(row['changes']),
  expiresAt: Number(row['expires_at']),
  state: proposalStates.find((state) => state === row['state']) ?? 'rejected',
  decidedBy: textOf(row['decided_by']),
  decidedAt: row['decided_at'] === null ? undefined : Number(row['decided_at']),
});
