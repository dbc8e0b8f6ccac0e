import { after, before, describe } from 'node:test';
import pg from 'pg';
import type { StorePlace } from '../open-store.ts';
import { findPostgresql, type PostgresqlServer, startPostgresql } from './postgresql-server.ts';
import { storeConforms } from './store.ts';

const programs = await findPostgresql();
const skip = programs === undefined ? 'no PostgreSQL (apt-get install postgresql)' : false;

describe('the store on PostgreSQL', { skip }, () => {
  let server: PostgresqlServer;
  let databases = 0;
  before(async () => {
    server = await startPostgresql(programs!);
  });
  after(() => server.stop());

  storeConforms({
    place: async () => {
      databases += 1;
      await run({ databaseUrl: server.urlOf('postgres') }, [`create database store${databases}`]);
      return { databaseUrl: server.urlOf(`store${databases}`) };
    },
    run,
    tamper: (place, statements) => run(place, ['alter table audit_log disable trigger user', ...statements]),
  });
});

async function run(place: StorePlace, statements: readonly string[]): Promise<void> {
  if (!('databaseUrl' in place)) throw new Error('not a server');
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
