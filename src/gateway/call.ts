/** The words of this room: one call, from what was asked to what may leave. */
import type { Level } from '#model/finding.ts';
import type { NoticeReason } from '#model/gateway-line.ts';
import type { SenderTier } from '#model/release.ts';
import type { Soql } from '#soql/query.ts';

/** A refusal in the CRM's own shape: `[{"errorCode", "message"}]`. REST API Developer Guide, "Status Codes and Error Responses". */
export interface Refusal {
  /** 401 only where a refresh helps; else 403, which no client repeats; 400, 404, 413, 415, 431 where that is the truth. */
  readonly status: 400 | 401 | 403 | 404 | 413 | 415 | 431 | 503;
  /** `REQUEST_LIMIT_EXCEEDED`, `INVALID_SESSION_ID`, `INSUFFICIENT_ACCESS`, `INVALID_QUERY_LOCATOR`, `MALFORMED_QUERY`, … */
  readonly errorCode: string;
  /** For whoever runs the client: what was refused, by which rule, what to do. */
  readonly message: string;
  /** For metrics and findings: `unknown-path`, `denied-field`, `budget`, `foreign-locator`, … */
  readonly reason: string;
}

/** Who calls, known after the token was looked up. */
export interface Identity {
  readonly integration: string;
  /** Id of the access token, and of the refresh family it stems from. */
  readonly token: string;
  readonly family: string;
  readonly tier: SenderTier;
  readonly address: string;
}

/** What a call asks of the CRM, once understood. What is not one of these is refused. */
export type Asked =
  /** `/services/data`, `/services/data/vXX.0`, limits, userinfo, identity: nothing of customers. */
  | { readonly kind: 'about'; readonly what: 'versions' | 'resources' | 'limits' | 'userinfo' }
  /** `/id/ORG/USER`, where `id` of the token answer leads. */
  | { readonly kind: 'identity'; readonly organization: string; readonly user: string }
  | { readonly kind: 'describe'; readonly object: string | undefined }
  /** `all`: queryAll. `columnsOnly`: `&columns=true`, which answers no records. */
  | {
      readonly kind: 'query';
      readonly query: Soql;
      readonly text: string;
      readonly all: boolean;
      readonly columnsOnly: boolean;
    }
  | { readonly kind: 'query-more'; readonly locator: string }
  | {
      readonly kind: 'retrieve';
      /** `row`: `sobjects/Contact/ID`, answered by one object; `rows`: `composite/sobjects/Contact`, by a list. */
      readonly form: 'row' | 'rows';
      readonly object: string;
      readonly ids: readonly string[];
      /** Undefined: all fields of the object, as `GET sobjects/Contact/ID` answers. */
      readonly fields: readonly string[] | undefined;
    }
  | {
      readonly kind: 'bulk-create';
      readonly query: Soql;
      readonly text: string;
      readonly all: boolean;
      readonly job: BulkForm;
    }
  /** `filters`: `jobType`, `queryLocator` and the like, as asked. */
  | { readonly kind: 'bulk-list'; readonly filters: ReadonlyMap<string, string> }
  | { readonly kind: 'bulk-see'; readonly job: string }
  | {
      readonly kind: 'bulk-results';
      readonly job: string;
      readonly locator: string | undefined;
      readonly maxRecords: number | undefined;
    }
  | { readonly kind: 'bulk-pages'; readonly job: string; readonly locator: string | undefined }
  | { readonly kind: 'bulk-abort'; readonly job: string }
  | { readonly kind: 'bulk-delete'; readonly job: string }
  /** `/composite`, `/composite/batch`: each part judged like a call of its own. */
  | {
      readonly kind: 'composite';
      readonly form: 'composite' | 'batch';
      /** `allOrNone` of a composite, `haltOnError` of a batch. */
      readonly isAllOrNone: boolean;
      readonly parts: readonly CompositePart[];
    }
  /** A GET that the gateway does not speak: `refusal`, unless a policy opens the path as uncounted. */
  | { readonly kind: 'unread'; readonly path: string; readonly target: string; readonly refusal: Refusal };

export interface BulkForm {
  readonly delimiter: ',' | '^' | '`' | '|' | ';' | '\t';
  readonly lineEnding: 'LF' | 'CRLF';
}

export interface CompositePart {
  readonly reference: string | undefined;
  readonly asked: Asked;
}

/** A call as it arrived, its head only. `target` has one leading slash. */
export interface CallHead {
  readonly method: string;
  readonly target: string;
  /** Lower-case names; no name twice. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A call understood: what it asks, and the API version in its path (`64.0`), where there is one. */
export interface UnderstoodCall {
  readonly asked: Asked;
  readonly version: string | undefined;
  /** Those headers of the call that may go to the CRM, as they may. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What goes to the CRM instead of what came. */
export interface Forward {
  readonly method: string;
  /** Path and query, always single-slashed, rebuilt from what was understood. */
  readonly target: string;
  /** Every header that goes, but host, authorization, connection and the framing of the body; none of the call's own besides. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array | undefined;
}

/** One object's records in an answer, as the policy lets them leave. */
export interface ExpectedRecords {
  /** As `attributes.type` names it; compared without case. */
  readonly object: string;
  /**
   * `Field` or `Relation.Field`, of a child query `Contacts.LastName`; records within the relation have an entry of
   * their own beside. Undefined: every field but `deniedFields` (retrieve without a field list).
   */
  readonly fields: readonly string[] | undefined;
  /** Never may leave. Compared without case. */
  readonly deniedFields: readonly string[];
  /** As in a `Release`: undefined: every record counts as a customer; empty: they are nobody's. */
  readonly customerField: string | undefined;
}

/** What the answer must be; anything else does not leave. */
export type Expectation =
  /** JSON without records of customers, of at most `maxBytes`. */
  | { readonly kind: 'no-records'; readonly maxBytes: number }
  /**
   * JSON with records, complete before its first byte leaves. `aggregates`: computed rows instead, at most so many; above
   * 0 at least one is to be paid for, since `COUNT()` answers no row but its number in `totalSize`.
   */
  | {
      readonly kind: 'records';
      readonly operation: string;
      readonly query: string | undefined;
      readonly records: readonly ExpectedRecords[];
      readonly aggregates: number;
      /** Deleted records too (queryAll), for which later pages need the operation as the first did. */
      readonly isAll?: boolean;
    }
  | {
      readonly kind: 'bulk-csv';
      readonly query: string;
      readonly records: ExpectedRecords;
      readonly columns: readonly string[];
      readonly form: BulkForm;
      readonly isAll?: boolean;
    }
  /** A job's own record or the list of them; only the caller's own jobs may be in it. */
  | { readonly kind: 'job' }
  /** Opened as uncounted by policy: whatever it is leaves, and makes the exposure unbounded. */
  | { readonly kind: 'uncounted'; readonly why: string };

/** What a later call of the same grant may refer to: a locator, or a bulk job. */
export interface Opening {
  readonly kind: 'locator' | 'job';
  /** As the CRM named it. */
  readonly id: string;
  readonly integration: string;
  /** Tokens of one refresh family share their openings; no other does. */
  readonly family: string;
  readonly openedAt: number;
  /** The query as forwarded. */
  readonly query: string;
  readonly expectation: Expectation;
}

/** A call that the policy lets through, and on which conditions. */
export interface Plan {
  readonly forward: Forward;
  readonly expectation: Expectation;
  /** What the answer opens for later calls of this family, to be remembered with the id that the CRM gives it. */
  readonly opens: Pick<Opening, 'kind' | 'query' | 'expectation'> | undefined;
  /** Set in a dry run: what would have been refused. */
  readonly wouldRefuse: readonly Refusal[];
}

/** What the gateway noticed; an event and a finding for the main house. */
export interface Notice {
  readonly at: number;
  readonly identity: Identity;
  readonly reason: NoticeReason;
  readonly level: Level;
  /** Plain words for a tired analyst, without customer data. */
  readonly explanation: string;
}
