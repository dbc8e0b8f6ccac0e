import type { Migration } from '../migration.ts';

/** Never edit a migration that has been released: its checksum stands in every store. Add the next one. */
export const firstRecords: Migration = {
  number: 1,
  name: 'first records',
  statements: (engine) => {
    const identity =
      engine === 'sqlite' ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key';
    const bytes = engine === 'sqlite' ? 'blob' : 'bytea';
    const clustered = engine === 'sqlite' ? 'without rowid' : '';
    return [
      `create table events (
        id ${identity},
        key text not null unique,
        time bigint not null,
        arrived_at bigint not null,
        source text not null,
        file text not null,
        byte_offset bigint not null,
        byte_length bigint not null,
        raw text not null,
        slots text not null
      )`,
      'create index events_by_time on events (time, id, source)',
      `create table terms (
        id ${identity},
        field text not null,
        value text not null,
        unique (field, value)
      )`,
      `create table event_terms (
        term_id bigint not null,
        time bigint not null,
        event_id bigint not null,
        primary key (term_id, time, event_id)
      ) ${clustered}`,
      'create table totals (name text primary key, value bigint not null)',
      "insert into totals (name, value) values ('events', 0)",

      `create table incidents (
        id text primary key,
        state text not null,
        opened_at bigint not null,
        document text not null,
        restriction text
      )`,
      `create table incident_changes (
        incident_id text not null references incidents (id),
        number bigint not null,
        at bigint not null,
        from_state text not null,
        to_state text not null,
        by_whom text not null,
        reason text not null,
        primary key (incident_id, number)
      )`,
      `create table incident_notes (
        incident_id text not null references incidents (id),
        id text not null,
        at bigint not null,
        by_whom text not null,
        text text not null,
        primary key (incident_id, id)
      )`,
      'create table rules (name text primary key, enabled integer not null)',
      'create table firings (finding_key text primary key, rule text not null, raised_at bigint not null)',
      'create index firings_by_rule on firings (rule, raised_at)',

      `create table people (
        id text primary key,
        name text not null,
        email text not null unique,
        role text not null,
        created_at bigint not null,
        disabled_at bigint
      )`,
      `create table passkeys (
        id text primary key,
        person_id text not null references people (id),
        public_key ${bytes} not null,
        counter bigint not null,
        transports text not null,
        name text not null,
        created_at bigint not null,
        last_used_at bigint
      )`,
      'create index passkeys_by_person on passkeys (person_id)',
      `create table passwords (
        person_id text primary key references people (id),
        hash text not null,
        totp_secret text not null,
        last_totp_step bigint not null
      )`,
      `create table sessions (
        id text primary key,
        person_id text not null references people (id),
        csrf text not null,
        created_at bigint not null,
        expires_at bigint not null,
        way text not null
      )`,
      'create index sessions_by_person on sessions (person_id)',
      `create table tokens (
        id text primary key,
        hash text not null unique,
        person_id text not null references people (id),
        name text not null,
        scopes text not null,
        created_at bigint not null,
        expires_at bigint not null,
        last_used_at bigint
      )`,
      'create index tokens_by_person on tokens (person_id)',
      `create table invitations (
        id text primary key,
        hash text not null unique,
        email text not null,
        role text not null,
        expires_at bigint not null,
        used integer not null
      )`,

      `create table audit_log (
        sequence bigint primary key,
        at bigint not null,
        by_whom text not null,
        act text not null,
        subject text not null,
        details text not null,
        hash text not null
      )`,
      ...(engine === 'sqlite' ? refuseChangesOnSqlite : refuseChangesOnPostgresql),
      'create table settings (key text primary key, value text not null)',
    ];
  },
};

const refuseChangesOnSqlite = ['update', 'delete'].map(
  (change) => `create trigger audit_log_refuses_${change} before ${change} on audit_log
    begin select raise(abort, 'the audit log is only ever appended to'); end`,
);

const refuseChangesOnPostgresql = [
  `create function audit_log_refuses() returns trigger language plpgsql as
    $$ begin raise exception 'the audit log is only ever appended to'; end $$`,
  `create trigger audit_log_refuses_changes before update or delete or truncate on audit_log
    for each statement execute function audit_log_refuses()`,
];
