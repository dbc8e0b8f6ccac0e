import type { DatabaseSync } from 'node:sqlite';
import type { AccessToken, BrokerAct, Family, Integration, RefreshToken } from './integration.ts';
import { toAccessToken, toAct, toFamily, toIntegration, toRefreshToken } from './read-rows.ts';

const tables = `
  create table if not exists broker_integrations (
    name text primary key, client_id text not null unique, organization text not null, user text not null,
    username text not null, registered_at integer not null, settings text not null, grants text not null,
    client_secrets text not null, password_hash text, suspension text
  ) strict;
  create table if not exists broker_families (
    id text primary key, integration text not null, way text not null, opened_at integer not null,
    key text, suspension text, ended_at integer
  ) strict;
  create table if not exists broker_access_tokens (
    id text primary key, hash text not null unique, family text not null, issued_at integer not null,
    expires_at integer not null, certificate text, key text, revoked_at integer
  ) strict;
  create table if not exists broker_refresh_tokens (
    id text primary key, hash text not null unique, family text not null, issued_at integer not null,
    expires_at integer not null, replaced_at integer, sender text, successor text, answer blob
  ) strict;
  create table if not exists broker_assertions (
    hash text primary key, expires_at integer not null
  ) strict;
  create table if not exists broker_rotations (
    grant_id text primary key, integration text not null, version integer not null, begun_at integer not null
  ) strict;
  create table if not exists broker_acts (
    sequence integer primary key autoincrement, at integer not null, by_whom text not null, act text not null,
    subject text not null, details text not null
  ) strict;
  create index if not exists broker_acts_by_age on broker_acts (at)`;

/** How long what has expired is still kept, so that a late use of it can be told from nonsense. */
const keptAfterEndMs = 24 * 3_600_000;

const dayMs = 24 * 3_600_000;
/** What persons did is kept as long as the ledger is by default. */
const personsActsKeptMs = 1095 * dayMs;
/** What integrations and the gateway did by themselves: a token every quarter of an hour, for some. */
const ownActsKeptMs = 90 * dayMs;
const mostOwnActs = 500_000;
const isOwnAct = `(by_whom = 'gateway' or by_whom like 'integration %')`;

export type BrokerRecords = ReturnType<typeof openRecords>;

/** The broker's tables: integrations, families, tokens as hashes, upstream rotations begun, acts. */
export function openRecords(database: DatabaseSync) {
  database.exec(tables);
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const statement = (sql: string): ReturnType<DatabaseSync['prepare']> => {
    const known = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  return {
    integrations: (): Integration[] => statement('select * from broker_integrations').all().map(toIntegration),

    saveIntegration: (integration: Integration): void => {
      // Not `or replace`: that would throw out another integration with the same client id.
      statement(
        `insert into broker_integrations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (name) do update set
          settings = excluded.settings, grants = excluded.grants, client_secrets = excluded.client_secrets,
          password_hash = excluded.password_hash, suspension = excluded.suspension`,
      ).run(
        integration.name,
        integration.clientId,
        integration.organization,
        integration.user,
        integration.username,
        integration.registeredAt,
        JSON.stringify(integration.settings),
        JSON.stringify(integration.grants),
        JSON.stringify(integration.clientSecrets),
        integration.passwordHash ?? null,
        toJson(integration.suspension),
      );
    },

    removeIntegration: (name: string): void => {
      statement('delete from broker_integrations where name = ?').run(name);
    },

    /** Those not ended, of integrations that are there. */
    families: (integrationOf: (name: string) => Integration | undefined): Family[] =>
      statement('select * from broker_families where ended_at is null')
        .all()
        .flatMap((row) => {
          const integration = integrationOf(String(row['integration']));
          return integration === undefined ? [] : [toFamily(row, integration)];
        }),

    saveFamily: (family: Family): void => {
      statement('insert or replace into broker_families values (?, ?, ?, ?, ?, ?, ?)').run(
        family.id,
        family.integration.name,
        family.way,
        family.openedAt,
        family.key ?? null,
        toJson(family.suspension),
        family.endedAt ?? null,
      );
    },

    accessTokens: (familyOf: (id: string) => Family | undefined, now: number): AccessToken[] =>
      statement('select * from broker_access_tokens where revoked_at is null and expires_at > ?')
        .all(now)
        .flatMap((row) => {
          const family = familyOf(String(row['family']));
          return family === undefined ? [] : [toAccessToken(row, family)];
        }),

    addAccessToken: (token: AccessToken): void => {
      statement('insert into broker_access_tokens values (?, ?, ?, ?, ?, ?, ?, null)').run(
        token.id,
        token.hash,
        token.family.id,
        token.issuedAt,
        token.expiresAt,
        token.certificate ?? null,
        token.key ?? null,
      );
    },

    revokeAccessToken: (id: string, now: number): void => {
      statement('update broker_access_tokens set revoked_at = ? where id = ?').run(now, id);
    },

    refreshToken: (hash: string): RefreshToken | undefined => {
      const row = statement('select * from broker_refresh_tokens where hash = ?').get(hash);
      return row === undefined ? undefined : toRefreshToken(row);
    },

    refreshTokenById: (id: string): RefreshToken | undefined => {
      const row = statement('select * from broker_refresh_tokens where id = ?').get(id);
      return row === undefined ? undefined : toRefreshToken(row);
    },

    addRefreshToken: (token: Omit<RefreshToken, 'replaced'>): void => {
      statement('insert into broker_refresh_tokens values (?, ?, ?, ?, ?, null, null, null, null)').run(
        token.id,
        token.hash,
        token.family,
        token.issuedAt,
        token.expiresAt,
      );
    },

    /** False when it was replaced already. */
    replaceRefreshToken: (id: string, by: NonNullable<RefreshToken['replaced']>): boolean =>
      statement(
        `update broker_refresh_tokens set replaced_at = ?, sender = ?, successor = ?, answer = ?
          where id = ? and replaced_at is null`,
      ).run(by.at, by.sender, by.successor, by.answer, id).changes === 1,

    prolongRefreshToken: (id: string, until: number): void => {
      statement('update broker_refresh_tokens set expires_at = ? where id = ?').run(until, id);
    },

    /** False when the assertion was used before. */
    spendAssertion: (hash: string, expiresAt: number): boolean =>
      statement('insert or ignore into broker_assertions values (?, ?)').run(hash, expiresAt).changes === 1,

    record: (act: Omit<BrokerAct, 'sequence'>): void => {
      statement('insert into broker_acts (at, by_whom, act, subject, details) values (?, ?, ?, ?, ?)').run(
        act.at,
        act.by,
        act.act,
        act.subject,
        JSON.stringify(act.details),
      );
    },

    acts: (after: number, limit: number): readonly BrokerAct[] =>
      statement('select * from broker_acts where sequence > ? order by sequence limit ?').all(after, limit).map(toAct),

    /** Forgets old acts: those of persons after three years, all others after 90 days or beyond the latest 500,000 acts. */
    forgetActs: (now: number, most = mostOwnActs): void => {
      statement('delete from broker_acts where at < ?').run(now - personsActsKeptMs);
      statement(`delete from broker_acts where at < ? and ${isOwnAct}`).run(now - ownActsKeptMs);
      statement(
        `delete from broker_acts where sequence <= (select max(sequence) from broker_acts) - ? and ${isOwnAct}`,
      ).run(most);
    },

    /** Forgets answers kept for a retry since before `answersBefore`, and tokens that ended a day ago. */
    sweep: (now: number, answersBefore: number): void => {
      statement("update broker_refresh_tokens set answer = x'' where replaced_at < ? and answer <> x''").run(
        answersBefore,
      );
      for (const table of ['broker_access_tokens', 'broker_refresh_tokens', 'broker_assertions'])
        statement(`delete from ${table} where expires_at < ?`).run(now - keptAfterEndMs);
    },

    /** A use of the CRM's refresh token about to begin; 'version' is the vault's. */
    beginRotation: (grant: string, integration: string, version: number, now: number): void => {
      statement('insert or replace into broker_rotations values (?, ?, ?, ?)').run(grant, integration, version, now);
    },

    endRotation: (grant: string): void => {
      statement('delete from broker_rotations where grant_id = ?').run(grant);
    },

    /** Begun and, as far as is known, never ended. */
    begunRotation: (grant: string): { readonly version: number; readonly begunAt: number } | undefined => {
      const row = statement('select * from broker_rotations where grant_id = ?').get(grant);
      return row === undefined ? undefined : { version: Number(row['version']), begunAt: Number(row['begun_at']) };
    },
  };
}

const toJson = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
