/** How surely a call came from the one the token was given to, the surest first. `unbound`: whoever holds it may use it. */
export const senderTiers = ['certificate', 'dpop', 'network', 'unbound'] as const;
export type SenderTier = (typeof senderTiers)[number];

/** One answer with customer data that left through the gateway: who got it, what was asked, when. */
export interface Release {
  /** Ascending from 1, given by the ledger. */
  readonly id: number;
  /** When its first record was to leave, ms since 1970 UTC. */
  readonly at: number;
  /** The integration's name as registered at the gateway. */
  readonly integration: string;
  /** Id of the Cordon token, never the token. */
  readonly token: string;
  readonly tier: SenderTier;
  /** Where the call came from. */
  readonly address: string;
  /** `query`, `bulk`, `retrieve`, … */
  readonly operation: string;
  /** The object whose records these are: `Contact`. One answer with records of several objects is several releases. */
  readonly object: string;
  /** Fields of each record, `Field` or `Relation.Field`, in the order of the answer. */
  readonly fields: readonly string[];
  /** The SOQL as it was forwarded, where there is one. */
  readonly query: string | undefined;
  /**
   * The field that leads to the customer; `Id` when the record is the customer; undefined: every record counts as one;
   * empty: reference data, whose records are nobody's.
   */
  readonly customerField: string | undefined;
}

/**
 * Ids of one object as the scanners read them: the six characters that are nearly always equal (key prefix and instance)
 * apart from the last nine of the fifteen, as a number of 54 bits (base 62, digits `0-9A-Za-z`).
 */
export interface IdBatch {
  /** `003Jx0`: the first six characters. */
  readonly prefix: string;
  /** In the order of the answer; may repeat. A view: valid until the call that takes it returns. */
  readonly numbers: BigUint64Array;
}
