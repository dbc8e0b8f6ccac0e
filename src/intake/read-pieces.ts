import { readRecords } from '#detection/sources/read-records.ts';
import type { Event } from '#model/event.ts';
import type { Source } from '#model/source.ts';
import type { SourceHealthBook } from './source-health.ts';

/** Bytes in a vendor's format as they came by one channel. */
export interface Piece {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where they stand in what bears the name; 0 where they are all there is. */
  readonly offset?: number;
  /** Lines beginning with `#` that stand at the top of what bears the name. */
  readonly directives?: readonly string[];
  /** When it came, by the time of the event in it; ms since 1970 UTC. */
  readonly arrivalOf: (time: number) => number;
}

/** The events of all pieces in order of event time. What cannot be read is counted with its source. */
export async function readPieces(
  pieces: readonly Piece[],
  sources: readonly Source[],
  health: SourceHealthBook,
): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (const { name, bytes, arrivalOf, offset = 0, directives } of pieces) {
    const options = { file: name, sources, arrivalOf, offset, ...(directives && { directives }) };
    for await (const spans of readRecords([bytes], options)) {
      for (const span of spans) {
        if (span.fate === 'accepted') events.push(span.event);
        if (span.fate === 'quarantined' && span.source) health.counted(span.source, { duplicates: 0, quarantined: 1 });
      }
    }
  }
  return events.sort((one, other) => one.time - other.time);
}
