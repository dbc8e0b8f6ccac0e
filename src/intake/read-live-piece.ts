import { readRecords } from '#detection/sources/read-records.ts';
import type { Event } from '#model/event.ts';
import type { LivePiece } from '#model/live-source.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';

export interface PieceReading {
  readonly sources: readonly Source[];
  /** Told of each record that cannot be read, with the source that refused it, where one did. */
  readonly quarantined: (source: string | undefined) => void;
  /** Takes the next events; more are read when it resolves. */
  readonly take: (events: readonly Event[]) => Promise<void>;
}

const eventsPerBatch = 1_000;

/**
 * Reads one piece as a file of the same content would be read, so that a large one passes through in batches. `broken`
 * when its content broke off: what stands at the break is not taken, since half a row can look like a whole one.
 */
export async function readLivePiece(piece: LivePiece, reading: PieceReading): Promise<Result<undefined>> {
  let broken: Failure | undefined;
  const chunks = chunksOf(piece, (error) => {
    broken = { kind: 'broken', by: piece.name, why: `its content broke off: ${causeOf(error)}` };
  });
  let events: Event[] = [];
  const options = { file: piece.name, sources: reading.sources, arrivalOf: () => piece.arrivedAt };
  for await (const spans of readRecords(chunks, options)) {
    if (broken !== undefined) break;
    for (const span of spans) {
      if (span.fate === 'accepted') events.push(span.event);
      if (span.fate === 'quarantined') reading.quarantined(span.source);
    }
    while (events.length >= eventsPerBatch) {
      await reading.take(events.slice(0, eventsPerBatch));
      events = events.slice(eventsPerBatch);
    }
  }
  if (events.length > 0) await reading.take(events);
  return broken === undefined ? success(undefined) : failure(broken);
}

async function* chunksOf(
  { content }: LivePiece,
  onBreak: (error: unknown) => void,
): AsyncGenerator<Buffer, void, void> {
  if (content instanceof Uint8Array) {
    yield asBuffer(content);
    return;
  }
  try {
    for await (const chunk of content) yield asBuffer(chunk);
  } catch (error) {
    onBreak(error);
    throw error;
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
