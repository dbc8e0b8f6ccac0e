import type { Bounds } from './finding.ts';
import type { SenderTier } from './release.ts';

/** The words between the gateway and those who look at it: its control socket, the API, the console. Times are ms since 1970 UTC. */

/** How much of the house stands behind the gateway: whoever says "exact" says this beside it. */
export interface CoverageView {
  readonly integrations: Share;
  /** Of the records read by third parties in the last 30 days, as far as logs tell. */
  readonly reads: Share | undefined;
  /** Integrations that go straight to the CRM. */
  readonly outside: readonly string[];
  /** One sentence for every page: what is exact and what is not. */
  readonly words: string;
}

export interface Share {
  readonly behind: number;
  readonly all: number;
}

export interface BudgetView {
  /** `counts`: computed rows, as of COUNT. */
  readonly what: 'records' | 'customers' | 'counts';
  /** Undefined: over all objects. */
  readonly object?: string;
  readonly windowMs: number;
  readonly limit: number;
  readonly spent: number;
  /** When the next of it frees, where something is spent. */
  readonly freesAt?: number;
}

export interface GatewayIntegrationView {
  readonly name: string;
  readonly owner: string;
  readonly vendor: string;
  readonly state: 'active' | 'suspended';
  readonly suspended?: { readonly at: number; readonly why: string; readonly by: string };
  readonly tier: SenderTier;
  readonly tokens: number;
  readonly policyVersion?: number;
  readonly dryRun: boolean;
  readonly objects: readonly string[];
  readonly operations: readonly string[];
  /** What its policy leaves open, the gravest first. */
  readonly warnings: readonly string[];
  /** Paths that its policy opened uncounted: with one of them its exposure has no upper bound. */
  readonly uncounted: readonly string[];
  readonly budgets: readonly BudgetView[];
  readonly lastCallAt?: number;
  readonly calls: number;
  readonly refused: number;
}

/** GET /gateway */
export interface GatewayView {
  readonly at: number;
  readonly publicUrl: string;
  readonly startedAt: number;
  readonly isReady: boolean;
  readonly integrations: readonly GatewayIntegrationView[];
  readonly coverage: CoverageView;
  readonly streams: number;
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number; readonly ledgerBytes: number };
  /** Changes of policy that wait for a second person. */
  readonly proposals: readonly ProposalView[];
  readonly names?: StaffNames;
}

/** Names of staff by id, as far as they stand in the same answer; Cordon adds them, the gateway knows ids alone. */
export type StaffNames = Readonly<Record<string, string>>;

export interface ProposalView {
  readonly id: string;
  readonly integration: string;
  readonly by: string;
  readonly at: number;
  readonly why: string;
  /** What it widens, one line each. */
  readonly widens: readonly string[];
  readonly expiresAt: number;
}

/** GET /gateway/policies/:integration */
export interface PolicyPage {
  readonly integration: string;
  readonly version: number;
  readonly yaml: string;
  readonly history: readonly {
    readonly version: number;
    readonly at: number;
    readonly by: string;
    readonly approvedBy?: string;
    readonly why: string;
    /** In words, one line each. */
    readonly changes: readonly string[];
  }[];
  readonly names?: StaffNames;
}

/** GET /gateway/river: records that left, by integration and step. */
export interface RiverView {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly series: readonly {
    readonly integration: string;
    /** One number a step. */
    readonly records: readonly number[];
    readonly customers: readonly number[];
  }[];
  /** The smallest budget of records an hour over all integrations, per step; undefined where none has one. */
  readonly budgetPerStep?: number;
  readonly cuts: readonly { readonly at: number; readonly integration: string; readonly words: string }[];
}

/** One answer that left, in an exposure. */
export interface ReleaseView {
  readonly id: number;
  readonly at: number;
  readonly integration: string;
  readonly token: string;
  readonly tier: SenderTier;
  readonly address: string;
  readonly operation: string;
  readonly object: string;
  readonly fields: readonly string[];
  readonly query?: string;
  readonly records: number;
  readonly end: 'complete' | 'cut' | 'broken' | 'under way' | 'unknown';
}

/** GET /gateway/exposure: what one token, integration, incident or customer stands for. */
export interface GatewayExposureView {
  readonly subject: {
    readonly kind: 'token' | 'integration' | 'customer' | 'window' | 'incident';
    readonly name: string;
  };
  readonly from: number;
  readonly to: number;
  readonly releases: readonly ReleaseView[];
  /** How many there are; `releases` holds the latest of them. */
  readonly releaseCount: number;
  readonly records: Bounds;
  readonly customers: Bounds;
  /** Which fields left, of which object, in how many records; most first. */
  readonly fields: readonly { readonly object: string; readonly field: string; readonly records: number }[];
  /** Why `atMost` is larger than `atLeast`, or nothing bounds it; and what stands for no customer. */
  readonly doubts: readonly string[];
  readonly coverage: CoverageView;
}

/** GET /gateway/reach/:integration: what one token could take, and what it has taken. */
export interface ReachView {
  readonly integration: string;
  readonly objects: readonly {
    readonly object: string;
    /** Distinct customers it has read within the window. */
    readonly read: number;
    /** What it may still read today. */
    readonly left?: number;
    readonly fields: readonly string[];
    /** Those that say who somebody is or what they spend. */
    readonly sensitive: readonly string[];
  }[];
}

/** An integration as the house's logs know it. */
export interface KnownIntegration {
  readonly name: string;
  /** Sign-in names and ids of the users it acts as. */
  readonly users: readonly string[];
  /** Its id in the CRM's logs. */
  readonly uid?: string;
  /** Records it read, as far as logs tell. */
  readonly rows: { readonly atLeast: number; readonly atMost?: number | undefined };
}

/** Which answers are asked about. */
export type ExposureQuestion =
  | { readonly kind: 'token'; readonly token: string; readonly from?: number; readonly to?: number }
  | { readonly kind: 'integration'; readonly integration: string; readonly from?: number; readonly to?: number }
  /** 15 or 18 characters. */
  | { readonly kind: 'customer'; readonly customer: string; readonly from?: number; readonly to?: number }
  | { readonly kind: 'window'; readonly integrations: readonly string[]; readonly from: number; readonly to: number }
  /** All that left by the tokens that an incident's findings name. */
  | {
      readonly kind: 'incident';
      readonly incident: string;
      readonly tokens: readonly string[];
      readonly from?: number;
      readonly to?: number;
    };

/** Names a new integration; what belongs into `registration` stands with the broker (gateway/broker/registration.ts). */
export interface RegistrationForm {
  readonly registration: unknown;
  /** YAML. */
  readonly policy: string;
}

/** What the integration's owner must put into the client, shown once. */
export interface RegisteredView {
  readonly name: string;
  readonly instanceUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For clients that hold one. */
  readonly refreshToken?: string;
  /** For clients that know no better way. */
  readonly password?: string;
  /** A first policy gives rights, so that it too may wait for a second person. */
  readonly policy: PolicyOutcome;
}

/** The outcome of asking for another policy. */
export interface PolicyOutcome {
  readonly state: 'in force' | 'waits for a second person';
  readonly version?: number;
  readonly proposal?: ProposalView;
}

/** GET /gateway/tokens: an access token that is alive, by its id. */
export interface TokenView {
  readonly id: string;
  readonly integration: string;
  /** Tokens of one consent share their family. */
  readonly family: string;
  readonly way: string;
  readonly tier: SenderTier;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
  readonly lastAddress?: string;
}

/** A new client secret, shown once. */
export interface RotatedView {
  readonly clientSecret: string;
  /** Until when the one before is taken too. */
  readonly oldUntil?: number;
}

/** Rows of the two tables that were written. */
export interface ExportedView {
  readonly releases: number;
  readonly reads: number;
}

export interface LearnedPolicy {
  readonly integration: string;
  readonly from: number;
  readonly to: number;
  readonly calls: number;
  readonly yaml: string;
  /** Of the calls learned from, how many the proposal would refuse. */
  readonly wouldRefuse: number;
  /** Stretches left out because they stand under a finding. */
  readonly leftOut: readonly { readonly from: number; readonly to: number; readonly why: string }[];
}
