import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { sql } from 'kysely';
import { migrate, migrations } from './migrate.ts';
import type { Migration } from './migration.ts';
import { openSqliteEngine } from './sqlite-engine.ts';

const step = (name: string, statements: readonly string[]): Migration => ({
  number: migrations.length + 1,
  name,
  statements: () => statements,
});

it('a migration that fails half way leaves nothing behind and can be tried again', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-migrate-'));
  const engine = await openSqliteEngine(directory);
  context.after(async () => {
    await engine.close();
    await rm(directory, { recursive: true });
  });
  const broken = step('broken', ['create table half (id bigint)', 'create table half (id bigint)']);
  await assert.rejects(
    migrate(engine, () => 1, [...migrations, broken]),
    /already exists/,
  );
  const repaired = step('repaired', ['create table half (id bigint)']);
  assert.ok((await migrate(engine, () => 2, [...migrations, repaired])).ok);
  assert.ok((await migrate(engine, () => 3, [...migrations, repaired])).ok);
  const { rows } = await sql`select number, name, applied_at from migrations`.execute(engine.reading);
  assert.deepEqual(rows, [
    ...migrations.map(({ number, name }) => ({ number, name, applied_at: 1 })),
    { number: migrations.length + 1, name: 'repaired', applied_at: 2 },
  ]);
});

it('migrations are numbered without gaps', () => {
  assert.deepEqual(
    migrations.map((migration) => migration.number),
    migrations.map((_, index) => index + 1),
  );
});
