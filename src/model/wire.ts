/**
 * What the HTTP API and the console say to each other: types only. Times are ms since 1970 UTC, `undefined` is an
 * absent key. Lists come newest first unless said otherwise. Errors are `{ error: ApiError }` with a matching status.
 */
import type { Slots } from './event.ts';
import type { Bounds, Finding, Grant, Level } from './finding.ts';
import type { Incident, IncidentState, StateChange } from './incident.ts';
import type { Permission, Person, Restriction, Role } from './staff.ts';

export interface ApiError {
  /** `invalid`, `not-signed-in`, `forbidden`, `gone`, `conflict`, `too-many`, `failed`. */
  readonly kind: string;
  /** One sentence for a person: what happened, what was not lost, what to do. */
  readonly message: string;
  readonly where?: string;
}

/** GET /api/session */
export interface SessionView {
  readonly person?: Person & { readonly permissions: readonly Permission[] };
  /** Send as header `x-csrf` with every request that changes something. */
  readonly csrf?: string;
  readonly ways: { readonly passkey: boolean; readonly password: boolean; readonly oidc?: { readonly name: string } };
  /** True until an owner exists: only a one-time link leads in. */
  readonly needsOwner: boolean;
  readonly demo: boolean;
  readonly version: string;
}

/** `unheard`: nothing of it ever came, and nobody asks for it. */
export type SourceState = 'on time' | 'lagging' | 'silent' | 'failing' | 'loading' | 'unheard';

export interface SourceHealth {
  readonly name: string;
  readonly title: string;
  readonly state: SourceState;
  /** How late this kind of source is by nature, in words: `3 to 6 hours after the hour`. */
  readonly usualLag: string;
  /** ms between the newest event's own time and its arrival. */
  readonly lagMs?: number;
  readonly lastEventAt?: number;
  readonly lastArrivalAt?: number;
  readonly events: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly lastError?: string;
  /** Those of a source that is read live. */
  readonly streams?: readonly StreamHealth[];
}

export type StreamState = 'on time' | 'catching up' | 'behind' | 'resting' | 'failing' | 'silent' | 'starting';

/** One stream of a source that is read live, e.g. Okta's System Log or the ApiEventStream of Salesforce. */
export interface StreamHealth {
  /** What this reading of the source is called in cordon.yaml. */
  readonly reading: string;
  readonly stream: string;
  readonly state: StreamState;
  /** Why it rests or fails: one sentence. */
  readonly why?: string;
  /** While it rests or fails: when the vendor is asked again, ms. */
  readonly until?: number;
  /** All that the vendor will show up to this event time was read, as far as it lets one know. */
  readonly reachedUntil?: number;
  /** ms between the newest event's own time and its arrival. */
  readonly lagMs?: number;
  readonly lastEventAt?: number;
  /** When the vendor last gave a sign of life. */
  readonly lastContactAt?: number;
  /** When the place to go on from was last made durable. */
  readonly cursorKeptAt?: number;
  readonly events: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly gaps: number;
  readonly lastGap?: LiveGap;
}

/** What a live source could not be asked for any more: event times, ms. */
export interface LiveGap {
  readonly source: string;
  readonly reading: string;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  readonly toldAt: number;
  /** It may hide how much was read out of the CRM. */
  readonly hidesRows: boolean;
}

/** GET /api/sources */
export interface SourcesView {
  readonly at: number;
  readonly sources: readonly SourceHealth[];
  /** Of the last 90 days, the latest first; at most 200. */
  readonly gaps: readonly LiveGap[];
  /** What detection could not count in full, in sentences. */
  readonly cautions: readonly string[];
}

/** GET /api/now */
export interface NowView {
  readonly at: number;
  /** Open incidents, worst first. */
  readonly needsPerson: readonly IncidentRow[];
  readonly sources: readonly SourceHealth[];
  /** What detection could not count in full, in sentences. */
  readonly cautions: readonly string[];
  /** Events of the last 24 h of event time: `counts[source][i]` for the minute bucket `times[i]`. */
  readonly flow: {
    readonly bucketMs: number;
    readonly times: readonly number[];
    readonly counts: Record<string, readonly number[]>;
  };
  readonly totals: {
    readonly events: number;
    readonly grants: number;
    readonly findings: number;
    readonly openIncidents: number;
  };
  readonly demo?: DemoView;
}

/** GET, PUT /api/demo: the demonstration house's clock. */
export interface DemoView {
  readonly playing: boolean;
  /** Seconds of the story per second of yours. */
  readonly speed: number;
  /** The house's own time, ms. */
  readonly houseTime: number;
  /** Share of the warm-up history that has been read, 0 to 1. */
  readonly historyLoaded: number;
  /** What happens now in the story, one sentence. */
  readonly chapter: string;
  readonly finished: boolean;
  /** The house's time at which the next chapter begins, ms; absent in the last one. */
  readonly nextAt?: number;
  /** The house's time at which the story ends, ms. */
  readonly endsAt: number;
}

export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly level: Level;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly openedAt: number;
  readonly grants: readonly Grant[];
  readonly rows: Bounds;
  readonly findingCount: number;
  readonly restricted: boolean;
}

export interface Note {
  readonly id: string;
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** One knot or stretch of the thread picture. */
export interface ThreadMark {
  readonly lane: 'sign-in' | 'grant' | 'reconnaissance' | 'reading' | 'containment' | 'duties';
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly findingKey?: string;
  readonly level?: Level;
  readonly rows?: number;
}

/** GET /api/incidents/:id */
export interface IncidentView extends Incident {
  readonly changes: readonly StateChange[];
  readonly notes: readonly Note[];
  readonly nextStates: readonly IncidentState[];
  readonly restriction?: Restriction;
  readonly thread: readonly ThreadMark[];
  /** The main grant's life before the incident, from history. */
  readonly grantHistory?: GrantHistory;
  /** Stretches of live sources that overlap the incident's time and cannot be had; where one may hide reads, `rows` has no upper bound. */
  readonly gaps?: readonly LiveGap[];
}

export interface GrantHistory {
  readonly grant: Grant;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly days: number;
  readonly events: number;
  readonly rows: number;
  /** Rows of its busiest hour before the incident. */
  readonly busiestHourRows: number;
  readonly networks: readonly string[];
  readonly userAgents: readonly string[];
  readonly objects: readonly string[];
  readonly activities: readonly string[];
  /** UTC hours 0 to 23 of weekdays and weekend in which it works, as 48 counts. */
  readonly hours: readonly number[];
}

/** GET /api/events?actor=&grant=&app=&address=&object=&activity=&source=&text=&from=&to=&cursor=&limit= */
export interface EventRow {
  readonly key: string;
  readonly time: number;
  readonly arrivedAt: number;
  readonly source: string;
  readonly activity: string;
  readonly user?: string;
  readonly userUid?: string;
  readonly app?: string;
  readonly address?: string;
  readonly objects: readonly string[];
  readonly rows?: number;
  readonly query?: string;
}
export interface EventPage {
  readonly rows: readonly EventRow[];
  /** Pass as `cursor` for older ones; absent at the end. */
  readonly next?: string;
}
/** GET /api/events/:key */
export interface EventView extends EventRow {
  readonly origin: { readonly file: string; readonly offset: number; readonly bytes: number };
  readonly raw: string;
  readonly slots: Partial<Slots>;
}

/** GET /api/rules */
export interface RuleView {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly level: Level;
  readonly techniques: readonly string[];
  /** Markdown. */
  readonly runbook: string;
  readonly falsePositives: readonly string[];
  readonly enabled: boolean;
  readonly firedCount: number;
  readonly lastFiredAt?: number;
  /** The rule as written. */
  readonly yaml: string;
  readonly samples: { readonly fire: readonly unknown[]; readonly quiet: readonly unknown[] };
}

/** A rule as its folder tells it. */
export type WrittenRule = Omit<RuleView, 'enabled' | 'firedCount' | 'lastFiredAt'>;

/** GET /api/inventory: every third party seen in the logs. */
export interface InventoryView {
  readonly at: number;
  readonly from?: number;
  readonly to?: number;
  readonly apps: readonly InventoryApp[];
  /** Acts of apps beyond the number that is kept; absent when none. */
  readonly appsLeftOut?: number;
}
export interface InventoryApp {
  readonly key: string;
  readonly name: string;
  readonly uid?: string;
  readonly standing: 'new' | 'in use' | 'dormant';
  readonly firstAt: number;
  readonly lastAt: number;
  readonly users: readonly {
    readonly uid?: string;
    readonly name?: string;
    readonly firstAt: number;
    readonly lastAt: number;
  }[];
  readonly networks: readonly string[];
  readonly userAgents: readonly string[];
  readonly objects: readonly string[];
  readonly apis: readonly string[];
  readonly calls: number;
  readonly rows: Bounds;
  /** What one stolen token of it could reach, in words, from what it has been seen to do and what setup changes say. */
  readonly reach: string;
  /** Who installed or approved it, where SetupAuditTrail says. */
  readonly setupChanges: readonly { readonly at: number; readonly by?: string; readonly what: string }[];
}

/** GET /api/audit-log */
export interface AuditEntry {
  readonly sequence: number;
  readonly at: number;
  readonly by: string;
  readonly act: string;
  readonly subject: string;
  readonly details: Record<string, unknown>;
  readonly hash: string;
}

/** GET /api/tokens */
export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
}

/** GET /api/staff */
export interface StaffView {
  readonly people: readonly Person[];
  readonly invitations: readonly {
    readonly id: string;
    readonly email: string;
    readonly role: Role;
    readonly expiresAt: number;
  }[];
}

/** GET /api/search?q= : anything by id, name or address, for the command palette. */
export interface SearchHit {
  readonly kind: 'incident' | 'grant' | 'rule' | 'event' | 'app' | 'page';
  readonly title: string;
  readonly detail: string;
  /** Path in the console. */
  readonly to: string;
}

/** GET /api/live: server-sent events, `event:` is the kind, `data:` this as JSON. */
export type LiveMessage =
  | {
      readonly kind: 'now';
      readonly now: Pick<NowView, 'at' | 'sources' | 'totals' | 'demo'>;
      readonly flow: { readonly time: number; readonly counts: Record<string, number> };
    }
  | { readonly kind: 'incident'; readonly incident: IncidentRow }
  | {
      readonly kind: 'finding';
      readonly incidentId?: string;
      readonly finding: Pick<Finding, 'key' | 'level' | 'firstAt' | 'explanation'> & { readonly title: string };
    };

/*
 * What changes something. All but the first steps of sign-in need the header `x-csrf`.
 *
 *   DELETE /api/session                                    sign out
 *   POST   /api/sign-in/passkey/options  {}                → PublicKeyCredentialRequestOptionsJSON
 *   POST   /api/sign-in/passkey          {response}        AuthenticationResponseJSON → SessionView
 *   POST   /api/sign-in/password         {email, password, code} → SessionView
 *   GET    /api/sign-in/oidc             redirects to the provider, which leads back to / or /sign-in?refused=…
 *   GET    /api/welcome/:token                             → WelcomeView
 *   POST   /api/welcome/:token/passkey/options {name, email?}  → PublicKeyCredentialCreationOptionsJSON
 *   POST   /api/welcome/:token/passkey   {name, email?, response} → SessionView
 *   POST   /api/welcome/:token/password/options {email?}   → PasswordSetup
 *   POST   /api/welcome/:token/password  {name, email?, password, code} → SessionView
 *   PUT    /api/demo                     {playing?, speed?} → DemoView
 *   POST   /api/incidents/:id/changes    {from, to, reason} → IncidentView; 409 when somebody was faster
 *   POST   /api/incidents/:id/notes      {text}            → Note
 *   PUT    /api/incidents/:id/restriction {readers, reason} → IncidentView; DELETE lifts it
 *   PUT    /api/rules/:name              {enabled, reason} → RuleView
 *   POST   /api/tokens                   {name, scopes, days} → TokenView & {secret}, shown once
 *   DELETE /api/tokens/:id
 *   POST   /api/staff/invitations        {email, role}     → InvitationView; DELETE /api/staff/invitations/:id
 *   PUT    /api/staff/:id/role           {role}            → Person
 *   POST   /api/staff/:id/disable                          → Person
 *   GET    /api/audit-log?limit=&before=                   → readonly AuditEntry[]
 *   GET    /api/audit-log/verification                     → AuditVerification
 *   GET    /api/incidents?format=csv&ids=ID,ID; without ids all, /api/events?…&format=csv
 */

/** GET /api/welcome/:token: what the one-time link leads to. */
export interface WelcomeView {
  readonly role: Role;
  /** Absent for the first owner, who names their own. */
  readonly email?: string;
  readonly expiresAt: number;
  /** Whether the weaker way, password and one-time code, may be chosen instead of a passkey. */
  readonly password: boolean;
}

/** For an authenticator app: shown as text and as a link. */
export interface PasswordSetup {
  readonly otpauthUri: string;
  readonly secret: string;
}

export interface InvitationView {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: number;
  /** The one-time link, shown once: pass it on by a way the person is known to read. */
  readonly link: string;
}

export type AuditVerification =
  | { readonly ok: true; readonly entries: number; readonly anchors: number }
  | { readonly ok: false; readonly sequence: number; readonly found: string; readonly expected: string };
