import type { Event } from '#model/event.ts';
import type { RecordFormat } from './record-format.ts';

/** The longest record that is read, and the distance within which reading is back in step after damage. */
export const maxRecordBytes = 1 << 20;

/** A stretch of the input. The spans of one input, in order, cover each of its bytes exactly once. */
interface Stretch {
  /** Byte offset in the (unpacked) input. */
  readonly offset: number;
  readonly bytes: number;
}

export type Span = AcceptedSpan | DuplicateSpan | QuarantinedSpan | FrameSpan;

/**
 * A record with its line end, read as an event. `event.origin` is the record without its line end. Where a record tells
 * of several acts, each has a span; the first covers the record and the others take no bytes, behind it.
 */
export interface AcceptedSpan extends Stretch {
  readonly fate: 'accepted';
  readonly event: Event;
  /** Reads the record again from `event.raw`. */
  readonly format: RecordFormat;
}
/** A record whose key was seen before. */
export interface DuplicateSpan extends Stretch {
  readonly fate: 'duplicate';
  readonly source: string;
}
/** What could not be read. Zero bytes where the input itself broke off. */
export interface QuarantinedSpan extends Stretch {
  readonly fate: 'quarantined';
  /** What was found and what was expected. */
  readonly reason: string;
  /** The source that refused the record or reads the records around it, where there is one. */
  readonly source: string | undefined;
}
/** What stands around records: header row, brackets, commas, blank space, byte order mark, envelope. */
export interface FrameSpan extends Stretch {
  readonly fate: 'frame';
}
