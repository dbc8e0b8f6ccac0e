/** What the rooms ask of the store, in small contracts. One implementation on SQL serves SQLite and PostgreSQL. */
import type { Event } from './event.ts';
import type { Finding } from './finding.ts';
import type { Incident, StateChange } from './incident.ts';
import type { Gap } from './live-source.ts';
import type { Permission, Person, Restriction, Role } from './staff.ts';
import type { AuditEntry, EventPage, Note } from './wire.ts';

export interface EventFilter {
  /** User id or sign-in name. */
  readonly actor?: string;
  /** Grant key `app@user`. */
  readonly grant?: string;
  readonly app?: string;
  readonly address?: string;
  readonly object?: string;
  readonly activity?: string;
  readonly source?: string;
  /** Substring of the raw line, case-insensitive. */
  readonly text?: string;
  /** Event time, ms: from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface EventRecords {
  /** Durable when it resolves. An event whose key is stored already is not stored again; resolves to the new ones' keys. */
  add(events: readonly Event[], grantKeyOf: (event: Event) => string): Promise<ReadonlySet<string>>;
  /** Which of these keys are stored already: what was observed once is not observed again. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Newest first; `cursor` from an earlier page. */
  search(filter: EventFilter, limit: number, cursor: string | undefined): Promise<EventPage>;
  get(key: string): Promise<Omit<Event, 'native'> | undefined>;
  /** All events with time ≥ from, oldest first, in batches: for warming detection after a restart. */
  replay(from: number): AsyncIterable<readonly Omit<Event, 'native'>[]>;
  /** Counts by source per bucket of `bucketMs` event time, from inclusive, to exclusive. */
  counts(
    from: number,
    to: number,
    bucketMs: number,
  ): Promise<readonly { readonly time: number; readonly source: string; readonly count: number }[]>;
  total(): Promise<number>;
  /** Forgets events older than `before`; resolves to how many. Evidence of incidents is kept with the incident. */
  prune(before: number): Promise<number>;
}

export interface StoredIncident {
  /** `state` in here is what detection last wrote; the truth is `changes`. */
  readonly incident: Incident;
  readonly changes: readonly StateChange[];
  readonly notes: readonly Note[];
  readonly restriction: Restriction | undefined;
}

export interface IncidentRecords {
  /** Writes what detection knows (findings, bounds, level); never touches state, notes or restriction. Idempotent. */
  save(incident: Incident): Promise<void>;
  get(id: string): Promise<StoredIncident | undefined>;
  list(): Promise<readonly StoredIncident[]>;
  /** Appends a change if the current state still is `change.from`; resolves to false when it is not. */
  change(id: string, change: StateChange): Promise<boolean>;
  note(id: string, note: Note): Promise<void>;
  restrict(id: string, restriction: Restriction | undefined): Promise<void>;
}

/** How often each rule fired, and whether people switched it off. */
export interface RuleRecords {
  fired(finding: Finding): Promise<void>;
  list(): Promise<
    readonly {
      readonly name: string;
      readonly enabled: boolean;
      readonly firedCount: number;
      readonly lastFiredAt: number | undefined;
    }[]
  >;
  setEnabled(name: string, enabled: boolean): Promise<void>;
}

export interface Passkey {
  /** base64url */
  readonly id: string;
  readonly personId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | undefined;
}

/** The weaker way: argon2id hash and TOTP secret. */
export interface Password {
  readonly hash: string;
  readonly totpSecret: string;
  readonly lastTotpStep: number;
}

/** What a new member of staff signs in with. */
export type FirstProof = { readonly passkey: Omit<Passkey, 'personId'> } | { readonly password: Password };

export interface StaffRecords {
  people(): Promise<readonly Person[]>;
  person(id: string): Promise<Person | undefined>;
  personByEmail(email: string): Promise<Person | undefined>;
  /** Fails with a thrown error when the e-mail is taken. */
  addPerson(person: Person): Promise<void>;
  setRole(id: string, role: Role): Promise<void>;
  disable(id: string, at: number): Promise<void>;
  passkeys(personId: string): Promise<readonly Passkey[]>;
  passkey(id: string): Promise<Passkey | undefined>;
  addPasskey(passkey: Passkey): Promise<void>;
  usedPasskey(id: string, counter: number, at: number): Promise<void>;
  password(personId: string): Promise<Password | undefined>;
  setPassword(personId: string, password: Password): Promise<void>;
  /** Ids are SHA-256 of the secret the browser holds. */
  addSession(session: {
    readonly id: string;
    readonly personId: string;
    readonly csrf: string;
    readonly createdAt: number;
    readonly expiresAt: number;
    readonly way: string;
  }): Promise<void>;
  session(id: string): Promise<
    | {
        readonly personId: string;
        readonly csrf: string;
        readonly createdAt: number;
        readonly expiresAt: number;
        readonly way: string;
      }
    | undefined
  >;
  endSession(id: string): Promise<void>;
  endSessionsOf(personId: string): Promise<void>;
  addToken(token: {
    readonly id: string;
    readonly hash: string;
    readonly personId: string;
    readonly name: string;
    readonly scopes: readonly Permission[];
    readonly createdAt: number;
    readonly expiresAt: number;
  }): Promise<void>;
  tokenByHash(hash: string): Promise<
    | {
        readonly id: string;
        readonly personId: string;
        readonly name: string;
        readonly scopes: readonly Permission[];
        readonly expiresAt: number;
      }
    | undefined
  >;
  tokens(personId: string): Promise<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly Permission[];
      readonly createdAt: number;
      readonly expiresAt: number;
      readonly lastUsedAt: number | undefined;
    }[]
  >;
  usedToken(id: string, at: number): Promise<void>;
  endToken(id: string, personId: string): Promise<boolean>;
  /** One-time links: `hash` is SHA-256 of the secret in the link. */
  addInvitation(invitation: {
    readonly id: string;
    readonly hash: string;
    readonly email: string;
    readonly role: Role;
    readonly expiresAt: number;
  }): Promise<void>;
  invitations(): Promise<
    readonly { readonly id: string; readonly email: string; readonly role: Role; readonly expiresAt: number }[]
  >;
  invitation(
    hash: string,
  ): Promise<
    { readonly id: string; readonly email: string; readonly role: Role; readonly expiresAt: number } | undefined
  >;
  /** True for exactly one caller. */
  useInvitation(id: string): Promise<boolean>;
  /**
   * Uses the invitation and makes the person with their first way in, all or nothing: an owner who cannot sign in would
   * lock everybody out. False when the invitation was used before; fails with a thrown error when e-mail or passkey is taken.
   */
  join(invitationId: string, person: Person, proof: FirstProof): Promise<boolean>;
}

/** The hash-chained account of every act. Entry n's hash covers entry n−1's. */
export interface AuditLog {
  /** Durable when it resolves. */
  append(entry: {
    readonly at: number;
    readonly by: string;
    readonly act: string;
    readonly subject: string;
    readonly details: Record<string, unknown>;
  }): Promise<AuditEntry>;
  list(limit: number, beforeSequence: number | undefined): Promise<readonly AuditEntry[]>;
  head(): Promise<{ readonly sequence: number; readonly hash: string } | undefined>;
  /** Walks the whole chain, and holds it against anchors taken outside. */
  verify(
    anchors: readonly { readonly sequence: number; readonly hash: string; readonly at: number }[],
  ): Promise<
    | { readonly ok: true; readonly entries: number; readonly anchors: number }
    | { readonly ok: false; readonly sequence: number; readonly found: string; readonly expected: string }
  >;
}

/** A gap of one live stream, as it is remembered. */
export interface KeptGap extends Gap {
  /** The source's name, e.g. `okta-system-log`. */
  readonly source: string;
  /** What this reading of the source is called in cordon.yaml. */
  readonly reading: string;
  readonly stream: string;
  /** When it was told, ms since 1970 UTC. */
  readonly toldAt: number;
  /** It may hide how much was read out of the CRM. */
  readonly hidesRows: boolean;
}

export interface GapRecords {
  /** Durable when it resolves. False where the same stretch of the same stream was kept before: told once. */
  keep(gap: KeptGap): Promise<boolean>;
  /** Those that share an instant with `from` to `to` (event times, ms, both inclusive), the earliest first. */
  touching(from: number, to: number): Promise<readonly KeptGap[]>;
}

/** What a vendor sent to a hook: kept until all that was in it is stored as events. */
export interface HookPiece {
  /** What the reading of the source is called in cordon.yaml. */
  readonly reading: string;
  readonly name: string;
  readonly content: Uint8Array;
  /** Ms since 1970 UTC. */
  readonly arrivedAt: number;
}

export interface HookRecords {
  /** Durable, all or none, when it resolves; resolves to their ids. */
  keep(pieces: readonly HookPiece[]): Promise<readonly number[]>;
  /** What was kept and not forgotten, in the order it came. */
  waiting(): Promise<readonly (HookPiece & { readonly id: number })[]>;
  forget(ids: readonly number[]): Promise<void>;
}

export interface Store {
  readonly gaps: GapRecords;
  readonly hooks: HookRecords;
  readonly events: EventRecords;
  readonly incidents: IncidentRecords;
  readonly rules: RuleRecords;
  readonly staff: StaffRecords;
  readonly auditLog: AuditLog;
  /** Small values that outlive a restart (cursor positions, source counts), by key. */
  readonly settings: { get(key: string): Promise<unknown>; set(key: string, value: unknown): Promise<void> };
  close(): Promise<void>;
}
