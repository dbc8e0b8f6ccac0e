import type { Passkey, Password, StaffRecords } from '#model/records.ts';
import type { Permission, Person, Role } from '#model/staff.ts';
import type { Database, Tables } from './schema.ts';
import type { Writer } from './write-together.ts';

export function createStaffRecords(reading: Database, writer: Writer): StaffRecords {
  return {
    ...createPeople(reading, writer),
    ...createPasskeys(reading, writer),
    ...createPasswords(reading, writer),
    ...createSessions(reading, writer),
    ...createTokens(reading, writer),
    ...createInvitations(reading, writer),
  };
}

type People = Pick<StaffRecords, 'people' | 'person' | 'personByEmail' | 'addPerson' | 'setRole' | 'disable'>;

function createPeople(reading: Database, writer: Writer): People {
  const people = reading.selectFrom('people').selectAll();
  const find = async (column: 'id' | 'email', value: string): Promise<Person | undefined> => {
    const row = await people.where(column, '=', value).executeTakeFirst();
    return row === undefined ? undefined : toPerson(row);
  };
  return {
    people: async () => (await people.orderBy('created_at').orderBy('id').execute()).map(toPerson),
    person: (id) => find('id', id),
    personByEmail: (email) => find('email', email.toLowerCase()),
    addPerson: (person) => writer.write((transaction) => insertPerson(transaction, person)),
    setRole: (id, role) =>
      writer.write(async (transaction) => {
        await transaction.updateTable('people').set({ role }).where('id', '=', id).execute();
      }),
    /** Ends the person's sessions too. */
    disable: (id, at) =>
      writer.write(async (transaction) => {
        await transaction.updateTable('people').set({ disabled_at: at }).where('id', '=', id).execute();
        await transaction.deleteFrom('sessions').where('person_id', '=', id).execute();
      }),
  };
}

type Passkeys = Pick<StaffRecords, 'passkeys' | 'passkey' | 'addPasskey' | 'usedPasskey'>;

function createPasskeys(reading: Database, writer: Writer): Passkeys {
  const passkeys = reading.selectFrom('passkeys').selectAll();
  return {
    passkeys: async (personId) => {
      const rows = await passkeys.where('person_id', '=', personId).orderBy('created_at').orderBy('id').execute();
      return rows.map(toPasskey);
    },
    passkey: async (id) => {
      const row = await passkeys.where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : toPasskey(row);
    },
    addPasskey: (passkey) => writer.write((transaction) => insertPasskey(transaction, passkey)),
    usedPasskey: (id, counter, at) =>
      writer.write(async (transaction) => {
        await transaction.updateTable('passkeys').set({ counter, last_used_at: at }).where('id', '=', id).execute();
      }),
  };
}

type Passwords = Pick<StaffRecords, 'password' | 'setPassword'>;

function createPasswords(reading: Database, writer: Writer): Passwords {
  return {
    password: async (personId) => {
      const row = await reading
        .selectFrom('passwords')
        .selectAll()
        .where('person_id', '=', personId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return { hash: row.hash, totpSecret: row.totp_secret, lastTotpStep: row.last_totp_step };
    },
    setPassword: (personId, password) => writer.write((transaction) => writePassword(transaction, personId, password)),
  };
}

type Sessions = Pick<StaffRecords, 'addSession' | 'session' | 'endSession' | 'endSessionsOf'>;

function createSessions(reading: Database, writer: Writer): Sessions {
  return {
    /** Sweeps out those that had expired when this one began. */
    addSession: (session) =>
      writer.write(async (transaction) => {
        await transaction.deleteFrom('sessions').where('expires_at', '<=', session.createdAt).execute();
        await transaction
          .insertInto('sessions')
          .values({
            id: session.id,
            person_id: session.personId,
            csrf: session.csrf,
            created_at: session.createdAt,
            expires_at: session.expiresAt,
            way: session.way,
          })
          .execute();
      }),
    session: async (id) => {
      const row = await reading.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      return {
        personId: row.person_id,
        csrf: row.csrf,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        way: row.way,
      };
    },
    endSession: (id) =>
      writer.write(async (transaction) => {
        await transaction.deleteFrom('sessions').where('id', '=', id).execute();
      }),
    endSessionsOf: (personId) =>
      writer.write(async (transaction) => {
        await transaction.deleteFrom('sessions').where('person_id', '=', personId).execute();
      }),
  };
}

type Tokens = Pick<StaffRecords, 'addToken' | 'tokenByHash' | 'tokens' | 'usedToken' | 'endToken'>;

function createTokens(reading: Database, writer: Writer): Tokens {
  const tokens = reading.selectFrom('tokens').selectAll();
  return {
    addToken: (token) =>
      writer.write(async (transaction) => {
        await transaction
          .insertInto('tokens')
          .values({
            id: token.id,
            hash: token.hash,
            person_id: token.personId,
            name: token.name,
            scopes: JSON.stringify(token.scopes),
            created_at: token.createdAt,
            expires_at: token.expiresAt,
            last_used_at: null,
          })
          .execute();
      }),
    tokenByHash: async (hash) => {
      const row = await tokens.where('hash', '=', hash).executeTakeFirst();
      return row === undefined ? undefined : { ...toToken(row), personId: row.person_id };
    },
    tokens: async (personId) => {
      const rows = await tokens.where('person_id', '=', personId).orderBy('created_at').orderBy('id').execute();
      return rows.map(toToken);
    },
    usedToken: (id, at) =>
      writer.write(async (transaction) => {
        await transaction.updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute();
      }),
    endToken: (id, personId) =>
      writer.write(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('tokens')
          .where('id', '=', id)
          .where('person_id', '=', personId)
          .executeTakeFirstOrThrow();
        return numDeletedRows === 1n;
      }),
  };
}

type Invitations = Pick<StaffRecords, 'addInvitation' | 'invitations' | 'invitation' | 'useInvitation' | 'join'>;

function createInvitations(reading: Database, writer: Writer): Invitations {
  const unused = reading.selectFrom('invitations').selectAll().where('used', '=', 0);
  return {
    addInvitation: ({ id, hash, email, role, expiresAt }) =>
      writer.write(async (transaction) => {
        const row = { id, hash, email: email.toLowerCase(), role, expires_at: expiresAt, used: 0 };
        await transaction.insertInto('invitations').values(row).execute();
      }),
    invitations: async () => (await unused.orderBy('expires_at').orderBy('id').execute()).map(toInvitation),
    invitation: async (hash) => {
      const row = await unused.where('hash', '=', hash).executeTakeFirst();
      return row === undefined ? undefined : toInvitation(row);
    },
    useInvitation: (id) => writer.write((transaction) => useInvitation(transaction, id)),
    join: (invitationId, person, proof) =>
      writer.write(async (transaction) => {
        if (!(await useInvitation(transaction, invitationId))) return false;
        await insertPerson(transaction, person);
        if ('passkey' in proof) await insertPasskey(transaction, { ...proof.passkey, personId: person.id });
        else await writePassword(transaction, person.id, proof.password);
        return true;
      }),
  };
}

async function insertPerson(transaction: Database, person: Person): Promise<void> {
  await transaction
    .insertInto('people')
    .values({
      id: person.id,
      name: person.name,
      email: person.email.toLowerCase(),
      role: person.role,
      created_at: person.createdAt,
      disabled_at: person.disabledAt ?? null,
    })
    .execute();
}

async function insertPasskey(transaction: Database, passkey: Passkey): Promise<void> {
  await transaction
    .insertInto('passkeys')
    .values({
      id: passkey.id,
      person_id: passkey.personId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      name: passkey.name,
      created_at: passkey.createdAt,
      last_used_at: passkey.lastUsedAt ?? null,
    })
    .execute();
}

async function writePassword(transaction: Database, personId: string, password: Password): Promise<void> {
  const { hash, totpSecret, lastTotpStep } = password;
  const row = { hash, totp_secret: totpSecret, last_totp_step: lastTotpStep };
  await transaction
    .insertInto('passwords')
    .values({ person_id: personId, ...row })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
    .execute();
}

async function useInvitation(transaction: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('invitations')
    .set({ used: 1 })
    .where('id', '=', id)
    .where('used', '=', 0)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

const toPerson = (row: Tables['people']): Person => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role as Role,
  createdAt: row.created_at,
  disabledAt: row.disabled_at ?? undefined,
});

const toPasskey = (row: Tables['passkeys']): Passkey => ({
  id: row.id,
  personId: row.person_id,
  publicKey: new Uint8Array(row.public_key),
  counter: row.counter,
  transports: JSON.parse(row.transports) as readonly string[],
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at ?? undefined,
});

const toToken = (row: Tables['tokens']) => ({
  id: row.id,
  name: row.name,
  scopes: JSON.parse(row.scopes) as readonly Permission[],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at ?? undefined,
});

const toInvitation = (row: Tables['invitations']) => ({
  id: row.id,
  email: row.email,
  role: row.role as Role,
  expiresAt: row.expires_at,
});
