/** What the parts of the gateway owe each other; each is built and tested alone, and joined in open-gateway.ts. */
import type { Result } from '#model/result.ts';
import type { CallHead, Forward, Identity, Notice, Opening, Plan, Refusal, UnderstoodCall } from './call.ts';

/** How a call came in: what the transport knows before anything is parsed. */
export interface Caller {
  /** IPv4 or IPv6 as text, IPv4-mapped addresses unwrapped. */
  readonly address: string;
  /** Base64url SHA-256 of the client certificate's DER (RFC 8705 `x5t#S256`), computed once per TLS connection. */
  readonly certificate: string | undefined;
}

/** Cordon tokens in, the CRM's own token out. */
export interface Broker {
  /**
   * Who bears the token of this call. In the hot path: no await, no query, one hash. 401 when the token is unknown,
   * expired or revoked (a refresh helps or fails for good), 403 when it is suspended or was brought from elsewhere.
   */
  identify(head: CallHead, caller: Caller): Identity | Refusal;
  /**
   * Whether a token that was identified before was not stopped since: asked again while an answer streams. That its time
   * ran out does not end what began in time: an export that takes longer than a token lives would never end.
   */
  isAlive(token: string): boolean;
  /** The CRM's access token of an integration; refreshed at most once at a time. `isStale`: the CRM refused the last. */
  upstreamToken(integration: string, isStale: boolean): Result<string> | Promise<Result<string>>;
  /** Ends the use of every token of the family at once; undone only by a person. */
  suspend(identity: Identity, why: string): Promise<void>;
  /** `POST /services/oauth2/token`, `/revoke`, `/introspect`: the answer to a form, in the CRM's shapes. */
  answerForm(
    path: 'token' | 'revoke' | 'introspect',
    form: URLSearchParams,
    head: CallHead,
    caller: Caller,
  ): Promise<FormAnswer>;
}

export interface FormAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Understands calls, judges them by policy and says what goes to the CRM instead. */
export interface Planner {
  /** From the head alone whether a body is to be read, and how large it may be. */
  bodyLimit(head: CallHead): number | Refusal;
  understand(head: CallHead, body: Uint8Array | undefined): UnderstoodCall | Refusal;
  /** Synchronous: it also clamps to what is left of the budget at this moment. */
  plan(call: UnderstoodCall, identity: Identity): Plan | Refusal;
  /** Resolves when the opening is durable; called before the answer that names it leaves. */
  remember(opening: Omit<Opening, 'openedAt'>): Promise<void>;
  /** For the list of jobs: whether this family opened it. */
  owns(identity: Identity, kind: Opening['kind'], id: string): boolean;
  /** The version of the policy in force for the integration, for the records of decisions. */
  policyVersion(integration: string): number | undefined;
}

/** What one stream or page wants to let go, by record; `customers[i]` undefined: the record counts as a customer of its own. */
export interface Wanted {
  readonly object: string;
  readonly prefix: readonly { readonly from: number; readonly prefix: string }[];
  readonly numbers: BigUint64Array;
  readonly customers:
    | undefined
    | {
        readonly runs: readonly { readonly from: number; readonly prefix: string }[];
        readonly numbers: BigUint64Array;
      };
}

/** How many records and distinct customers each integration may still read; one account for all its streams. */
export interface Budget {
  /** Records that may still leave now for this object, before an answer is asked for; Infinity without a limit. */
  remaining(integration: string, object: string): number;
  /**
   * Takes as many of the records, from the first on, as every window allows; synchronous and atomic. The answer is how
   * many: fewer than wanted means the budget is reached.
   */
  take(integration: string, wanted: Wanted): number;
  /** Whole pages: all of these or nothing. */
  takeAll(integration: string, wanted: readonly Wanted[]): boolean;
  /** Computed rows (COUNT and the like). */
  takeAggregates(integration: string, object: string, rows: number): boolean;
}

/** Where the gateway tells what it noticed. Never throws, never waits. */
export type Notify = (notice: Notice) => void;

/** The CRM's side: sends a call, hands over the answer's bytes. */
export interface Upstream {
  /** Ready or not, for the readiness page. */
  readonly isReachable: boolean;
  close(): Promise<void>;
}

export type { Forward };
