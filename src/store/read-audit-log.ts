import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { AuditLog } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import { verifyChain } from './audit-log.ts';
import { createNodeSqliteDialect } from './node-sqlite-dialect.ts';
import type { StorePlace } from './open-store.ts';
import { openPostgresqlEngine } from './postgresql-engine.ts';
import type { Database } from './schema.ts';
import { databaseFile } from './sqlite-engine.ts';

/** What can be asked of the audit log by somebody who does not trust the server that writes it. */
export interface AuditLogReader extends Pick<AuditLog, 'verify'> {
  close(): Promise<void>;
}

/**
 * Opens the audit log past any server: takes no lock, changes nothing, and works while a server runs. `gone` where no
 * store is; a store that cannot be read as one rejects in `verify`.
 */
export function readAuditLog(place: StorePlace): Result<AuditLogReader> {
  if ('databaseUrl' in place) {
    const engine = openPostgresqlEngine(place.databaseUrl);
    return success(readerOf(engine.reading, () => engine.close()));
  }
  const file = join(place.directory, databaseFile);
  if (!existsSync(file)) return failure({ kind: 'gone', what: `The store ${file}` });
  const connection = new DatabaseSync(file, { readOnly: true });
  connection.exec('pragma busy_timeout = 5000');
  const reading = new Kysely({ dialect: createNodeSqliteDialect(connection) }) as Database;
  return success(readerOf(reading, async () => connection.close()));
}

const readerOf = (reading: Database, close: () => Promise<void>): AuditLogReader => ({
  verify: (anchors) => verifyChain(reading, anchors),
  close,
});
