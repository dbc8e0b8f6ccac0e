import type { DatabaseSync } from 'node:sqlite';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { MasterKey } from './master-key.ts';
import { openSealed, type RandomBytes, seal } from './seal.ts';
import { Secret } from './secret.ts';
import { together } from './together.ts';

export interface StoredSecret {
  readonly secret: Secret;
  /** Ascending from 1 with each `put`. */
  readonly version: number;
}

/** Secrets at rest, each by its owner and name. No failure and no printout ever holds a secret. */
export interface Vault {
  /** Stores a new version and forgets the older ones; durable when it resolves to the version's number. */
  put(owner: string, name: string, secret: string): Promise<Result<number>>;
  /** `gone` when nothing is stored; `invalid` when the row was moved or altered, or the master key is another. */
  read(owner: string, name: string): Promise<Result<StoredSecret>>;
  /** Forgets every secret of the owner whose name begins so; all of them without a name. */
  remove(owner: string, beginning?: string): void;
  /** Wraps every data key anew, all or none; resolves to how many. From then on only `next` opens the vault. */
  rewrap(next: MasterKey): Promise<Result<number>>;
}

interface Row {
  readonly owner: string;
  readonly name: string;
  readonly version: number;
  readonly master_key: string;
  readonly wrapped: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface VaultParts {
  /** Opened by the caller with `synchronous=FULL`; stays the caller's. Table `vault_secrets` is made in it. */
  readonly database: DatabaseSync;
  readonly masterKey: MasterKey;
  readonly clock: () => number;
  readonly random: RandomBytes;
}

/**
 * Opens the vault: AES-256-GCM under a data key per version of a secret, that key wrapped by the master key, both bound
 * to owner, name and version. `invalid` when a secret in it was wrapped by another master key. Whoever can write the file
 * can put back an older state of it as a whole; that shows in the history, not here.
 */
export function openVault(parts: VaultParts): Result<Vault> {
  const { database, clock, random } = parts;
  createTable(database);
  const foreign = foreignKey(database, parts.masterKey);
  if (foreign !== undefined) return failure(foreign);
  let masterKey = parts.masterKey;

  async function put(owner: string, name: string, secret: string): Promise<Result<number>> {
    for (;;) {
      const keyBefore = masterKey;
      const version = latestVersion(database, owner, name) + 1;
      const sealed = await sealSecret(keyBefore, { owner, name, version }, secret, random);
      if (!sealed.ok) return sealed;
      // While the key's keeper was asked, another may have stored a version, or the master key may have changed.
      if (keyBefore === masterKey && latestVersion(database, owner, name) === version - 1) {
        replace(database, sealed.value, clock());
        return success(version);
      }
    }
  }

  async function rewrap(next: MasterKey): Promise<Result<number>> {
    let count = 0;
    for (;;) {
      const rows = rowsUnder(database, masterKey.id);
      const wrapped = await wrapAnew(rows, masterKey, next);
      if (!wrapped.ok) return wrapped;
      const isWhole = replaceKeys(database, rows, wrapped.value, next.id, masterKey.id);
      if (!isWhole) continue;
      count += rows.length;
      masterKey = next;
      return success(count);
    }
  }

  return success({
    put,
    rewrap,
    read: async (owner, name) => {
      const row = latestRow(database, owner, name);
      if (row === undefined) return failure({ kind: 'gone', what: `secret ${name} of ${owner}` });
      return openSecret(masterKey, row, { owner, name, version: row.version });
    },
    remove: (owner, beginning = '') => {
      database
        .prepare('delete from vault_secrets where owner = ? and substr(name, 1, length(?)) = ?')
        .run(owner, beginning, beginning);
    },
  });
}

interface Place {
  readonly owner: string;
  readonly name: string;
  readonly version: number;
}

/** What both layers are bound to: a row moved to another owner, name or version opens under neither. */
const contextOf = ({ owner, name, version }: Place): Uint8Array =>
  Buffer.from(JSON.stringify(['cordon vault 1', owner, name, version]));

async function sealSecret(
  masterKey: MasterKey,
  place: Place,
  secret: string,
  random: RandomBytes,
): Promise<Result<Row>> {
  const context = contextOf(place);
  const dataKey = random(32);
  const wrapped = await masterKey.wrap(dataKey, context);
  if (!wrapped.ok) return wrapped;
  const sealed = seal(dataKey, Buffer.from(secret), context, random);
  dataKey.fill(0);
  return success({ ...place, master_key: masterKey.id, wrapped: wrapped.value, sealed });
}

async function openSecret(masterKey: MasterKey, row: Row, place: Place): Promise<Result<StoredSecret>> {
  const context = contextOf(place);
  const dataKey = await masterKey.unwrap(row.wrapped, context);
  if (!dataKey.ok) return dataKey;
  const plain = openSealed(dataKey.value, row.sealed, context);
  dataKey.value.fill(0);
  if (plain === undefined) return failure(altered(place));
  const secret = new Secret(Buffer.from(plain).toString());
  plain.fill(0);
  return success({ secret, version: place.version });
}

const altered = ({ owner, name, version }: Place): Failure => ({
  kind: 'invalid',
  where: `vault, secret ${name} of ${owner}, version ${version}`,
  found: 'altered or moved bytes',
  expected: 'the bytes as they were sealed',
});

async function wrapAnew(rows: readonly Row[], from: MasterKey, to: MasterKey): Promise<Result<readonly Uint8Array[]>> {
  const wrapped: Uint8Array[] = [];
  for (const row of rows) {
    const context = contextOf(row);
    const dataKey = await from.unwrap(row.wrapped, context);
    if (!dataKey.ok) return dataKey;
    const again = await to.wrap(dataKey.value, context);
    dataKey.value.fill(0);
    if (!again.ok) return again;
    wrapped.push(again.value);
  }
  return success(wrapped);
}

function createTable(database: DatabaseSync): void {
  database.exec(`create table if not exists vault_secrets (
    owner text not null, name text not null, version integer not null, master_key text not null,
    wrapped blob not null, sealed blob not null, stored_at integer not null,
    primary key (owner, name, version)
  ) strict`);
}

function foreignKey(database: DatabaseSync, masterKey: MasterKey): Failure | undefined {
  const row = database.prepare('select master_key from vault_secrets where master_key <> ? limit 1').get(masterKey.id);
  if (row === undefined) return undefined;
  return {
    kind: 'invalid',
    where: 'vault',
    found: `secrets wrapped by master key ${row['master_key']}`,
    expected: `master key ${masterKey.id}, the one given`,
  };
}

function latestVersion(database: DatabaseSync, owner: string, name: string): number {
  const row = database
    .prepare('select max(version) as version from vault_secrets where owner = ? and name = ?')
    .get(owner, name);
  return Number(row?.['version'] ?? 0);
}

const columns = 'owner, name, version, master_key, wrapped, sealed';

function latestRow(database: DatabaseSync, owner: string, name: string): Row | undefined {
  const row = database
    .prepare(`select ${columns} from vault_secrets where owner = ? and name = ? order by version desc limit 1`)
    .get(owner, name);
  return row as unknown as Row | undefined;
}

const rowsUnder = (database: DatabaseSync, masterKey: string): readonly Row[] =>
  database
    .prepare(`select ${columns} from vault_secrets where master_key = ?`)
    .all(masterKey) as unknown as readonly Row[];

function replace(database: DatabaseSync, row: Row, now: number): void {
  together(database, () => {
    database
      .prepare(`insert into vault_secrets (${columns}, stored_at) values (?, ?, ?, ?, ?, ?, ?)`)
      .run(row.owner, row.name, row.version, row.master_key, row.wrapped, row.sealed, now);
    database
      .prepare('delete from vault_secrets where owner = ? and name = ? and version < ?')
      .run(row.owner, row.name, row.version);
  });
}

/** False, with nothing written, when secrets came in while the keys were being wrapped. */
function replaceKeys(
  database: DatabaseSync,
  rows: readonly Row[],
  wrapped: readonly Uint8Array[],
  to: string,
  from: string,
): boolean {
  if (rowsUnder(database, from).some((now) => !rows.some((row) => isSamePlace(row, now)))) return false;
  together(database, () => {
    const update = database.prepare(
      'update vault_secrets set master_key = ?, wrapped = ? where owner = ? and name = ? and version = ?',
    );
    rows.forEach((row, index) => {
      update.run(to, wrapped[index]!, row.owner, row.name, row.version);
    });
  });
  return true;
}

const isSamePlace = (left: Place, right: Place): boolean =>
  left.owner === right.owner && left.name === right.name && left.version === right.version;
