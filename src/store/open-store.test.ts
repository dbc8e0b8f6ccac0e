import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from './open-store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cordon-open-'));
after(() => rmSync(scratch, { recursive: true }));

test('beside a PostgreSQL server the directory of the socket is made private and held all the same', async () => {
  const directory = join(scratch, 'records');
  const nobodyThere = 'postgres://127.0.0.1:1/nothing';
  const refused = await openStore({ databaseUrl: nobodyThere, directory });
  assert.ok(!refused.ok && refused.failure.kind === 'later', JSON.stringify(refused));
  assert.equal(statSync(directory).mode & 0o777, 0o700);

  const holder = await openStore({ directory });
  assert.ok(holder.ok, 'what could not be opened holds nothing');
  const second = await openStore({ databaseUrl: nobodyThere, directory });
  assert.ok(!second.ok && second.failure.kind === 'refused', JSON.stringify(second));
  await holder.value.close();
});
