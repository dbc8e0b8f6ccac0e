import type { Refusal } from '../call.ts';

/**
 * What a policy may grant. `count`: `SELECT COUNT() FROM X` without a filter; a filtered one is a `query`. `query-all`:
 * deleted records too, in addition to `query` or `bulk`. A composite needs what its parts need; `limits`, versions and
 * the caller's own identity need nothing.
 */
export const operations = ['describe', 'count', 'query', 'query-all', 'retrieve', 'bulk'] as const;
export type Operation = (typeof operations)[number];

/** What a policy says of one object. Every field name is in lower case, but for `fieldList` and `customerField`. */
export interface PolicyObject {
  /** As the policy spells it. */
  readonly name: string;
  /** `all`: every field that is not denied. `Id` and the customer field may always be read. */
  readonly fields: 'all' | ReadonlySet<string>;
  /** The same as written, for rewriting a retrieve that names no fields; empty when `fields` is `all`. */
  readonly fieldList: readonly string[];
  /**
   * Wins over `fields`. Holds every field in which a denied one can be read too (`deniedWith` of policy/denied-fields.ts);
   * never `id` or the customer field.
   */
  readonly denied: ReadonlySet<string>;
  /** The field of this object that leads from a record to its customer: `Id`, `AccountId`; no path. */
  readonly customerField: string | undefined;
  /** Holds nobody's data (`RecordType`, `Store__c`): may be a relation's column in a CSV, whose rows name no second id. */
  readonly isReference: boolean;
}

/** A path that the gateway does not speak and the policy lets through all the same: makes the exposure unbounded. */
export interface OpenPath {
  /** `/services/apexrest/stores`: this path and all below it, GET only; compared exactly. */
  readonly path: string;
  readonly why: string;
}

/** The policy of one integration in force, as data: what the planner judges by. */
export interface PolicyView {
  readonly version: number;
  /** Report what would be refused by policy and let it go; what is not understood is refused even so. */
  readonly isDryRun: boolean;
  readonly operations: ReadonlySet<Operation>;
  /** By lower-case name. What is not here may not be read. */
  readonly objects: ReadonlyMap<string, PolicyObject>;
  /**
   * Relationships beside the standard ones, parents and children alike, all in lower case but the object they lead to:
   * `contact` → `favouriteshop__r` → `Store__c`. A standard one cannot be told otherwise.
   */
  readonly relationships: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly openPaths: readonly OpenPath[];
  /** The verdict of hours and networks on a call at this time (ms since 1970 UTC) from this address; undefined: let it. */
  refuses(at: number, address: string): Refusal | undefined;
}

/** Where the planner finds the policy in force. */
export interface Policies {
  /** Undefined: the integration has none, and may do nothing. Called for every call: a look into a map. */
  policyOf(integration: string): PolicyView | undefined;
}
