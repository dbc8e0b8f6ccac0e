/** The words of this room: what the byte scanners find. */

/** Why an answer cannot be counted; then nothing of it that was not counted may leave. */
export interface ScanFault {
  /** One clause for the finding and the log, without customer data: `the id in column 1 has wrong check characters`. */
  readonly fault: string;
  /** Offset in the whole input of the byte that shows it. */
  readonly at: number;
}

/** A stretch of ids that share their first six characters; `from` is the index of its first. */
export interface PrefixRun {
  readonly from: number;
  readonly prefix: string;
}

/**
 * Ids by index of record. Views of the scanner's memory: valid until the scanner's next call. Where there are customers,
 * the first run may begin behind records that name none.
 */
export interface ScannedIds {
  readonly numbers: BigUint64Array;
  readonly runs: readonly PrefixRun[];
}

/**
 * Ids of records of several types by index of record, views of the same kind. Records of different types take turns
 * where they are nested, so each type has runs of its own: those at its index in `types` hold for its records alone.
 */
export interface ScannedIdsByType {
  readonly numbers: BigUint64Array;
  readonly runs: readonly (readonly PrefixRun[])[];
}

/** What stands in `customers.numbers` where a record names no customer. */
export const noId = 0xffff_ffff_ffff_ffffn;

/** What the bytes of one step add. */
export interface CsvStep {
  /** Records whose ids are now known; each is counted in exactly one step. */
  readonly count: number;
  readonly ids: ScannedIds;
  /** Ids in the column that leads to the customer; absent when none was named or it is the id column itself. */
  readonly customers?: ScannedIds;
  /** Where in `region` each counted record begins. */
  readonly starts: Uint32Array;
  /**
   * The bytes that may leave once the `count` records are accounted for: everything before the first record whose ids
   * are not complete yet. A view of the scanner's memory that stays as it is until `free`. May be empty.
   */
  readonly region: Uint8Array;
}

export interface CsvScanOptions {
  /** The six of Bulk API 2.0: comma, caret, backquote, pipe, semicolon, tab. */
  readonly delimiter: ',' | '^' | '`' | '|' | ';' | '\t';
  /** The names that the header must have, in order; compared without case. A header that comes again is no record. */
  readonly columns: readonly string[];
  /** Index of the column `Id`. */
  readonly idColumn: number;
  /** Index of the column that leads to the customer, where it is another one. */
  readonly customerColumn?: number;
}

/**
 * Counts the records of one CSV answer as its bytes pass, in place: RFC 4180 quoting, doubled quotes, line ends in
 * cells, LF or CRLF, a last line with or without an end. Bytes are read straight into `room()`; at most one record is
 * held back. Not to be used after a fault.
 */
export interface CsvScanner {
  /** Room for the next bytes; undefined while every buffer waits to be freed: then read no more. */
  room(): Uint8Array | undefined;
  /** Scans the first `bytes` bytes of `room()`, just written there; what was written behind them is lost. */
  take(bytes: number): CsvStep | ScanFault;
  /** The input has ended; fails within a quoted cell or an unfinished record. */
  end(): CsvStep | ScanFault;
  /** The step's region has left, or never will: its memory may be used again. Regions are freed in the order they came. */
  free(step: CsvStep): void;
  /** Gives the memory back for other streams. */
  close(): void;
}

/** The records in one whole JSON answer, nested and enveloped ones included, by index in the order of their end. */
export interface ScannedRecords {
  readonly count: number;
  readonly ids: ScannedIdsByType;
  /** Index into `types` of each record's `attributes.type`. */
  readonly typeOf: Uint16Array;
  readonly types: readonly string[];
  /**
   * A keyed hash of the record's type, of the members it stands under, and of its member names, nested ones and nested
   * records included: equal names in equal order give equal hashes. Of values it takes only whether they are objects,
   * lists or neither: null is as good as a text. Neighbours in a nested list that have equal names count once, so that a
   * hundred children hash as one.
   */
  readonly shapes: BigUint64Array;
  /** `[starts[i], ends[i])` is the record's object in the bytes. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Index of the record it is nested in, -1 for none. */
  readonly parents: Int32Array;
  /** Objects within a `records` list or elsewhere that carry `attributes` of type AggregateResult: they have no id. */
  readonly aggregates: number;
}
