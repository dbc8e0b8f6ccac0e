import type { Fingerprint } from '#lib/fingerprint.ts';
import type { Slots } from './event.ts';

/** What a source makes of one record. */
export interface Reading {
  /** Event time, ms since 1970 UTC. */
  readonly time: number;
  /** The record's own id, or what tells it apart where it has none; the same record read again gives the same. */
  readonly key: string | Fingerprint;
  readonly slots: Slots;
}

export interface Invalid {
  /** One clause: what was found and what was expected, e.g. `TIMESTAMP is "abc", expected YYYYMMDDhhmmss.SSS`. */
  readonly invalid: string;
}

export type JsonObject = { readonly [name: string]: unknown };

/** The unescaped cells of one row, in the order of the header; valid until the next row is read. */
export interface Cells {
  readonly length: number;
  /** The cell at a position from 0 on; undefined behind the last. */
  at(position: number): string | undefined;
  /** Adds the cell to a fingerprint without making a text of it. */
  addTo(print: Fingerprint, seed: number, position: number): void;
}

/** Reads the rows of one CSV file whose header it has accepted. */
export type CellsReader = (cells: Cells) => Reading | Invalid;

/** How the lines of one log of text are read: each is one record. */
export interface LineFormat {
  /** Whether a line is a record of this format. Cheap: asked for each line. */
  readonly accepts: (line: string) => boolean;
  readonly read: (line: string) => Reading | Invalid;
  /** The record's fields by the vendor's own names. */
  readonly fields: (line: string) => JsonObject;
}

/**
 * A vendor's log format. One folder under detection/sources/, found by directory. Formats are recognised by content,
 * never by file name. A source holds no state between files. Any exception it throws is a bug; a record it cannot read
 * is `Invalid` and goes to quarantine.
 */
export interface Source {
  /** Equals the folder's name. */
  readonly name: string;
  /** For people: `Salesforce event log file`. */
  readonly title: string;
  /** How late this source usually is, for people: `3 to 6 hours after the hour`. */
  readonly lag: string;
  /** Later than this by arrival, ms, it is later than its kind should be. */
  readonly longestLagMs: number;
  /** A reader for CSV rows under this header, or undefined when the header is not this source's. */
  readonly readCsv?: (header: readonly string[]) => CellsReader | undefined;
  /**
   * How lines of text are read, or undefined when they are not this source's. `directives`: the lines beginning with `#`
   * that stand before them and say what they hold (Zeek, W3C extended); none for logs that have no such lines.
   */
  readonly readLines?: (directives: readonly string[]) => LineFormat | undefined;
  /** Whether a JSON object is a record of this source. Cheap: called for each first record of a file. */
  readonly acceptsObject?: (value: JsonObject) => boolean;
  /**
   * The records of one act each that one accepted object holds, at most 256, always the same ones in the same order: an
   * activity of several events, a record in an exporter's envelope. `readObject` and the vendor's fields of the events
   * (`Event.native`) see these. Absent where the object itself is the record.
   */
  readonly recordsIn?: (value: JsonObject) => readonly JsonObject[];
  readonly readObject?: (value: JsonObject) => Reading | Invalid;
}
