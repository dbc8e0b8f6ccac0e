import type { Source } from '#model/source.ts';
import { Recogniser } from './recognise.ts';
import { RecordJudge } from './record-judge.ts';
import type { SeenKeys } from './seen-keys.ts';
import type { Span } from './span.ts';
import { SpanList } from './span-list.ts';
import { Window } from './window.ts';

export interface RecordOptions {
  /** Named in each event's origin. */
  readonly file: string;
  readonly sources: readonly Source[];
  /** Shared by all inputs of a run; without it nothing counts as a duplicate. */
  readonly seen?: SeenKeys;
  /** Arrival of an event by its time, ms since 1970 UTC. Default: the event time itself. */
  readonly arrivalOf?: (time: number) => number;
}

/** Input is framed in pieces of at least this size. */
const windowBytes = 1 << 16;

/**
 * Reads the records of one unpacked input, whatever way it is cut into chunks. Yields batches of spans that together
 * cover the input exactly, in order. Which format it is, the content says; what no source reads is quarantined. When
 * `chunks` throws, what was read until then is judged as if the input ended there and the error becomes a quarantined
 * span of zero bytes.
 */
export async function* readRecords(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  options: RecordOptions,
): AsyncGenerator<readonly Span[], void, void> {
  const spans = new SpanList();
  const judge = new RecordJudge(options.file, spans, options.seen, options.arrivalOf ?? ((time) => time));
  const framer = new Recogniser(options.sources, judge);
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let problem: unknown;
  const take = (isLast: boolean): void => {
    const window = new Window(Buffer.concat([rest, ...waiting]), offset, isLast);
    const done = framer.take(window, 0);
    rest = window.bytes.subarray(done);
    offset += done;
    waiting = [];
    waitingBytes = 0;
  };
  try {
    for await (const piece of gather(chunks)) {
      waiting.push(piece);
      waitingBytes += piece.length;
      // What was too short to be framed is looked at again only when there is twice as much of it.
      if (waitingBytes < rest.length) continue;
      take(false);
      yield spans.take();
    }
  } catch (error) {
    problem = error;
  }
  take(true);
  if (problem !== undefined)
    spans.quarantine(
      offset,
      0,
      `the input breaks off here: ${problem instanceof Error ? problem.message : problem}`,
      undefined,
    );
  yield spans.take();
}

/** Joins small chunks and cuts large ones to pieces worth framing. An error of `chunks` comes after what was read. */
async function* gather(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  const takeWaiting = (): Buffer => {
    const piece = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
    return piece;
  };
  try {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += windowBytes) {
        const part = chunk.length <= windowBytes ? chunk : chunk.subarray(start, start + windowBytes);
        waiting.push(part);
        bytes += part.length;
        if (bytes >= windowBytes) yield takeWaiting();
      }
    }
  } catch (error) {
    if (bytes > 0) yield takeWaiting();
    throw error;
  }
  if (bytes > 0) yield takeWaiting();
}
