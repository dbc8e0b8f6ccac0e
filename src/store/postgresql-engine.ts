import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { fromStored, toStored } from './any-text.ts';
import type { Engine } from './engine.ts';

/** Advisory locks are one number for the whole database: `cord` in ASCII, then what is locked. */
const locks = { migrations: 0x636f7264_01, 'audit log': 0x636f7264_02 } as const;

/** Connects lazily: a server that cannot be reached shows at the first statement. */
export function openPostgresqlEngine(databaseUrl: string): Engine {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: parserOf },
    // A commit is acknowledged when it is on the disk, whatever the server's default says.
    onConnect: async (client) => {
      await client.query(
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
      );
    },
  });
  // The pool drops a connection that broke while idle and makes another; what is under way fails by itself.
  pool.on('error', () => {});
  const database = new Kysely({ dialect: new PostgresDialect({ pool: withAnyText(pool) }) }) as Engine['writing'];
  return {
    kind: 'postgresql',
    reading: database,
    writing: database,
    like: 'ilike',
    alone: async (transaction, what) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(locks[what])})`.execute(transaction);
    },
    close: () => database.destroy(),
  };
}

/** Whole numbers as numbers, as SQLite gives them: all that the store keeps are below 2^53. */
function parserOf(type: number, format?: 'text' | 'binary') {
  if (type === pg.types.builtins.INT8) return Number;
  if (type === pg.types.builtins.TEXT) return fromStored;
  return format === 'binary' ? pg.types.getTypeParser(type, 'binary') : pg.types.getTypeParser(type, 'text');
}

/** The pool as Kysely uses it, its texts passed through `toStored`. */
function withAnyText(pool: pg.Pool): pg.Pool {
  const connect = pool.connect.bind(pool);
  return Object.assign(Object.create(pool) as pg.Pool, {
    connect: async () => {
      const client = await connect();
      return {
        query: (text: string, values: readonly unknown[]) => client.query(text, values.map(toStored)),
        release: () => client.release(),
      };
    },
  });
}
