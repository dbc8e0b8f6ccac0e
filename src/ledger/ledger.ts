import type { IdBatch, Release } from '#model/release.ts';

/** How an answer ended: all of it left, it was cut by Cordon, or it broke off on the way. */
export type ReleaseEnd = 'complete' | 'cut' | 'broken';

/** A release under way. */
export interface OpenRelease {
  readonly id: number;
  /**
   * Writes what is about to leave; encoded before the call returns. Resolves when it is durable: only then may the bytes
   * go. `customers` where they are other objects than the records; a record without customer is absent there.
   */
  append(records: IdBatch, customers?: IdBatch): Promise<void>;
  /** Ends it; what was appended stays. Resolves when durable. */
  end(how: ReleaseEnd): Promise<void>;
}

/**
 * Records that one token may release before their frames are durable: written first, so that after a crash the
 * unresolved rest counts as read ("up to K records of query Q").
 */
export interface Reservation {
  /** Takes from it without waiting; false when it holds too few: then `renew` and try again. */
  take(records: number): boolean;
  /** Adds so many; while another renewal is under way it waits for that one alone. */
  renew(records: number): Promise<void>;
}

/** A small answer that reservations cover. */
export interface SmallAnswer {
  readonly release: Omit<Release, 'id'>;
  /** One batch for each prefix. */
  readonly records: readonly IdBatch[];
  readonly customers: readonly IdBatch[];
}

/** How the gateway writes down what leaves. */
export interface LedgerWriter {
  /** `handOver` is called before a question is answered, so that whoever gathers small answers keeps none back from it. */
  onQuestion?(handOver: () => void): void;
  /** Its head is written with its first records. */
  open(release: Omit<Release, 'id'>): OpenRelease;
  /**
   * The token's reservation for one object; created on first use. The integration is named so that what a crash leaves
   * unknown counts against its budget.
   */
  reservation(token: string, object: string, integration: string): Reservation;
  /**
   * Writes small answers that reservations cover, in the order they left; their bytes may leave before. Encoded before the
   * call returns; resolves when durable.
   */
  note(answers: readonly SmallAnswer[]): Promise<void>;
}
