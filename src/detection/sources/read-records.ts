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
  /** Byte offset in the file of the first chunk, where reading goes on. Default: the beginning. */
  readonly offset?: number;
  /** The lines beginning with `#` that stand before the first chunk, where reading goes on in a log of lines. */
  readonly directives?: readonly string[];
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
  const framer = new Recogniser(options.sources, judge, options.directives);
  const held = new HeldBytes(options.offset ?? 0);
  let problem: unknown;
  const take = (isLast: boolean): void => {
    const window = new Window(held.bytes, held.offset, isLast);
    held.drop(framer.take(window, 0));
  };
  try {
    let wanted = windowBytes;
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += windowBytes) {
        held.add(chunk.subarray(start, start + windowBytes));
        if (held.length < wanted) continue;
        take(false);
        // What was too short to be framed is looked at again only when there is twice as much of it.
        wanted = Math.max(windowBytes, held.length * 2);
        yield spans.take();
      }
    }
  } catch (error) {
    problem = error;
  }
  take(true);
  if (problem !== undefined)
    spans.quarantine(
      held.offset,
      0,
      `the input breaks off here: ${problem instanceof Error ? problem.message : problem}`,
      undefined,
    );
  yield spans.take();
}

/** The bytes of the input that are not framed yet, in one buffer that is used again and again. */
class HeldBytes {
  /** Byte offset in the input of the first of them. */
  offset: number;
  #room = Buffer.allocUnsafeSlow(windowBytes * 2);
  #start = 0;
  #end = 0;

  constructor(offset: number) {
    this.offset = offset;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Valid until bytes are added. */
  get bytes(): Buffer {
    return this.#room.subarray(this.#start, this.#end);
  }

  add(bytes: Buffer): void {
    if (this.#end + bytes.length > this.#room.length) this.#makeRoom(bytes.length);
    this.#end += bytes.copy(this.#room, this.#end);
  }

  drop(count: number): void {
    this.#start += count;
    this.offset += count;
  }

  #makeRoom(bytes: number): void {
    const needed = this.length + bytes;
    const room = needed > this.#room.length ? Buffer.allocUnsafeSlow(needed * 2) : this.#room;
    this.#room.copy(room, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#room = room;
  }
}
