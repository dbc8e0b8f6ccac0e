/**
 * The tables, as Kysely sees them, on both engines. Times are ms since 1970 UTC, flags are 0 or 1, documents are JSON
 * text: what both engines store and return alike.
 */
import type { Generated, Kysely } from 'kysely';

export interface Tables {
  events: {
    id: Generated<number>;
    key: string;
    time: number;
    arrived_at: number;
    source: string;
    file: string;
    byte_offset: number;
    byte_length: number;
    raw: string;
    slots: string;
    /** Under which hash its heading stands. */
    heading: string | null;
  };
  /** What stands above rows and lines in their logs: a JSON array of text. */
  headings: { hash: string; parts: string; newest_event_at: number };
  /** What events can be found by: a field and one of its values, each pair once. */
  terms: { id: Generated<number>; field: string; value: string };
  /** Which events carry a term, in search order. */
  event_terms: { term_id: number; time: number; event_id: number };
  totals: { name: string; value: number };
  incidents: { id: string; state: string; opened_at: number; document: string; restriction: string | null };
  incident_changes: {
    incident_id: string;
    number: number;
    at: number;
    from_state: string;
    to_state: string;
    by_whom: string;
    reason: string;
  };
  incident_notes: { incident_id: string; id: string; at: number; by_whom: string; text: string };
  rules: { name: string; enabled: number };
  firings: { finding_key: string; rule: string; raised_at: number };
  people: { id: string; name: string; email: string; role: string; created_at: number; disabled_at: number | null };
  passkeys: {
    id: string;
    person_id: string;
    public_key: Uint8Array;
    counter: number;
    transports: string;
    name: string;
    created_at: number;
    last_used_at: number | null;
  };
  passwords: { person_id: string; hash: string; totp_secret: string; last_totp_step: number };
  sessions: {
    id: string;
    person_id: string;
    csrf: string;
    created_at: number;
    expires_at: number;
    way: string;
  };
  tokens: {
    id: string;
    hash: string;
    person_id: string;
    name: string;
    scopes: string;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
  };
  invitations: { id: string; hash: string; email: string; role: string; expires_at: number; used: number };
  audit_log: {
    sequence: number;
    at: number;
    by_whom: string;
    act: string;
    subject: string;
    details: string;
    hash: string;
  };
  settings: { key: string; value: string };
  gaps: {
    reading: string;
    stream: string;
    from_time: number;
    to_time: number;
    source: string;
    why: string;
    told_at: number;
    /** 1 or 0. */
    hides_rows: number;
  };
  hook_pieces: { id: Generated<number>; reading: string; name: string; content: Uint8Array; arrived_at: number };
  migrations: { number: number; name: string; checksum: string; applied_at: number };
}

export type Database = Kysely<Tables>;
