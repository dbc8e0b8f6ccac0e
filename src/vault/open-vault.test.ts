import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describeFailure, failure, type Result, success } from '#model/result.ts';
import { createMasterKey, type MasterKey } from './master-key.ts';
import { openVault, type Vault } from './open-vault.ts';

const keyOf = (fill: number): MasterKey => createMasterKey(Buffer.alloc(32, fill), randomBytes);

function open(database = new DatabaseSync(':memory:'), masterKey = keyOf(1)): Vault {
  return must(openVault({ database, masterKey, clock: () => 0, random: randomBytes }));
}

function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(describeFailure(result.failure));
  return result.value;
}

test('whatever text goes in comes out, under its owner and name only, by versions', async () => {
  const text = fc.string({ unit: 'binary' });
  await fc.assert(
    fc.asyncProperty(text, text, fc.array(text, { minLength: 1, maxLength: 3 }), async (owner, name, secrets) => {
      const vault = open();
      for (const [index, secret] of secrets.entries()) {
        assert.equal(must(await vault.put(owner, name, secret)), index + 1);
        const read = must(await vault.read(owner, name));
        assert.equal(read.secret.plaintext(), Buffer.from(secret).toString());
        assert.equal(read.version, index + 1);
      }
      const other = await vault.read(owner, `${name}x`);
      assert.ok(!other.ok && other.failure.kind === 'gone');
    }),
    { numRuns: 50 },
  );
});

test('the file holds no secret, and only the latest version of each', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-vault-'));
  const file = join(directory, 'vault.db');
  const database = new DatabaseSync(file);
  const vault = open(database);
  await vault.put('loyalty', 'refresh-token', 'the-first-refresh-token');
  await vault.put('loyalty', 'refresh-token', 'the-second-refresh-token');
  assert.equal(database.prepare('select count(*) as count from vault_secrets').get()?.['count'], 1);
  database.close();
  assert.equal(readFileSync(file).includes('refresh-token-'), false);
  assert.equal(readFileSync(file).includes('the-second'), false);
  rmSync(directory, { recursive: true });
});

test('another master key, a moved row and every altered byte are told, never opened', async () => {
  const database = new DatabaseSync(':memory:');
  const vault = open(database);
  await vault.put('loyalty', 'client-secret', 'sesame');
  await vault.put('survey', 'client-secret', 'abracadabra');
  const parts = { database, clock: () => 0, random: randomBytes };
  const reopened = openVault({ ...parts, masterKey: keyOf(2) });
  assert.ok(!reopened.ok && reopened.failure.kind === 'invalid');
  assert.match(describeFailure(reopened.failure), new RegExp(`${keyOf(1).id}.*${keyOf(2).id}`));

  const forged = { ...keyOf(2), id: keyOf(1).id };
  const read = await open(database, forged).read('loyalty', 'client-secret');
  assert.ok(!read.ok && read.failure.kind === 'invalid', 'a key that only bears the right name');

  const columnsOf = (owner: string) =>
    database.prepare('select wrapped, sealed from vault_secrets where owner = ?').get(owner) as {
      readonly wrapped: Uint8Array;
      readonly sealed: Uint8Array;
    };
  const write = (wrapped: Uint8Array, sealed: Uint8Array): void => {
    database.prepare(`update vault_secrets set wrapped = ?, sealed = ? where owner = 'survey'`).run(wrapped, sealed);
  };
  const kept = columnsOf('survey');
  const assertRefused = async (what: string) => {
    const result = await vault.read('survey', 'client-secret');
    assert.ok(!result.ok && result.failure.kind === 'invalid', what);
    assert.doesNotMatch(describeFailure(result.failure), /sesame|abracadabra/);
  };
  const moved = columnsOf('loyalty');
  write(moved.wrapped, moved.sealed);
  await assertRefused('moved from another owner');
  for (const column of ['wrapped', 'sealed'] as const)
    for (let at = 0; at < kept[column].length; at++) {
      const altered = { ...kept, [column]: Uint8Array.from(kept[column]) };
      altered[column][at]! ^= 1;
      write(altered.wrapped, altered.sealed);
      await assertRefused(`${column} byte ${at}`);
    }
  write(kept.wrapped, kept.sealed.subarray(0, 20));
  await assertRefused('cut short');
  write(kept.wrapped, kept.sealed);
  database.exec(`update vault_secrets set version = 2 where owner = 'survey'`);
  await assertRefused('another version');
  database.exec(`update vault_secrets set version = 1 where owner = 'survey'`);
  assert.equal(must(await vault.read('survey', 'client-secret')).secret.plaintext(), 'abracadabra');
});

test('a new master key takes over all or nothing, also while secrets are written', async () => {
  const database = new DatabaseSync(':memory:');
  const vault = open(database);
  for (let index = 0; index < 20; index++) await vault.put('loyalty', `secret ${index}`, `text ${index}`);
  const unreachable: MasterKey = {
    ...keyOf(2),
    wrap: async (dataKey, context) =>
      Buffer.from(context).includes('secret 7')
        ? failure({ kind: 'later', afterMs: 1000, why: 'the keeper is away' })
        : keyOf(2).wrap(dataKey, context),
  };
  assert.equal((await vault.rewrap(unreachable)).ok, false);
  assert.equal(must(await vault.read('loyalty', 'secret 3')).secret.plaintext(), 'text 3');

  const rewrapping = vault.rewrap(keyOf(2));
  const writing = [vault.put('loyalty', 'secret 1', 'new'), vault.put('loyalty', 'late', 'late')];
  assert.ok(must(await rewrapping) >= 20);
  await Promise.all(writing);
  const reopened = open(database, keyOf(2));
  assert.equal(must(await reopened.read('loyalty', 'secret 1')).secret.plaintext(), 'new');
  assert.equal(must(await reopened.read('loyalty', 'late')).secret.plaintext(), 'late');
  assert.equal(must(await vault.read('loyalty', 'secret 19')).secret.plaintext(), 'text 19');
});

test('a secret on its way while the master key changes is sealed under the new one', async () => {
  const database = new DatabaseSync(':memory:');
  const gate = Promise.withResolvers<void>();
  const slow: MasterKey = {
    ...keyOf(1),
    wrap: async (dataKey, context) => {
      await gate.promise;
      return keyOf(1).wrap(dataKey, context);
    },
  };
  const vault = open(database, slow);
  const writing = vault.put('loyalty', 'token', 'late');
  assert.equal(must(await vault.rewrap(keyOf(2))), 0);
  gate.resolve();
  must(await writing);
  assert.equal(must(await vault.read('loyalty', 'token')).secret.plaintext(), 'late');
  assert.equal(must(await open(database, keyOf(2)).read('loyalty', 'token')).secret.plaintext(), 'late');
});

test('two who write at once get two versions', async () => {
  const vault = open();
  const versions = await Promise.all(['a', 'b', 'c'].map((text) => vault.put('loyalty', 'token', text)));
  assert.deepEqual(versions.map(must).sort(), [1, 2, 3]);
});

test('a hook keeps the master key elsewhere and sees data keys only', async () => {
  const seen: string[] = [];
  const inner = keyOf(9);
  const hook: MasterKey = {
    id: 'hsm slot 3',
    wrap: async (dataKey, context) => {
      seen.push(Buffer.from(context).toString());
      return inner.wrap(dataKey, context);
    },
    unwrap: async (wrapped, context) => {
      const opened = await inner.unwrap(wrapped, context);
      return opened.ok ? success(opened.value) : opened;
    },
  };
  const vault = open(new DatabaseSync(':memory:'), hook);
  must(await vault.put('loyalty', 'token', 'hidden'));
  assert.equal(must(await vault.read('loyalty', 'token')).secret.plaintext(), 'hidden');
  assert.deepEqual(seen, ['["cordon vault 1","loyalty","token",1]']);
});

test('a secret shows itself to nobody who did not ask', async () => {
  const vault = open();
  await vault.put('loyalty', 'token', 'hidden');
  const { secret, version } = must(await vault.read('loyalty', 'token'));
  const shown = [inspect({ secret }, { showHidden: true, depth: 9 }), JSON.stringify({ secret }), `${secret}`];
  shown.push(inspect(vault, { showHidden: true, depth: 9 }), inspect(keyOf(1), { showHidden: true, depth: 9 }));
  for (const text of shown) assert.doesNotMatch(text, /hidden|01 01|0101/);
  assert.equal(version, 1);
});

test('what is removed is gone', async () => {
  const vault = open();
  await vault.put('loyalty', 'grant-1 token', 'a');
  await vault.put('loyalty', 'grant-2 token', 'b');
  vault.remove('loyalty', 'grant-1 ');
  assert.equal((await vault.read('loyalty', 'grant-1 token')).ok, false);
  assert.equal((await vault.read('loyalty', 'grant-2 token')).ok, true);
  vault.remove('loyalty');
  assert.equal((await vault.read('loyalty', 'grant-2 token')).ok, false);
});
