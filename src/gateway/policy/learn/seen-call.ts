import type { Wanted } from '../../parts.ts';
import type { Operation } from '../../requests/policy-view.ts';

/** One call that was answered, as the ledger or a log tells of it. */
export interface SeenCall {
  readonly integration: string;
  /** ms since 1970 UTC. */
  readonly at: number;
  readonly address: string;
  readonly operation: Operation;
  readonly reads: readonly SeenRead[];
  /** Computed rows (COUNT) that left. */
  readonly counts: number;
}

export interface SeenRead {
  readonly object: string;
  /** `Field` or `Relation.Field`; undefined: all the object has. */
  readonly fields: readonly string[] | undefined;
  /** The field that leads to the customer, where it was known; empty: the policy called it reference data. */
  readonly customerField: string | undefined;
  readonly records: number;
  /** Which they were, where that is known; without it customers cannot be told apart. */
  readonly wanted: Wanted | undefined;
}

/** A stretch of time that nothing is learned from: it stands under a finding. */
export interface LeftOutWindow {
  /** Undefined: every integration's. */
  readonly integration: string | undefined;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly why: string;
}
