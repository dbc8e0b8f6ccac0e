import type { Source } from '#model/source.ts';
import { looksOfBytes } from './look-of-format.ts';
import type { Input } from './open-input.ts';
import { largestHold, OrderGauge } from './order-gauge.ts';
import { readRecords } from './read-records.ts';
import type { Span } from './span.ts';

export type Survey =
  | {
      readonly kind: 'known';
      /** No event is earlier, ms since 1970 UTC; Infinity when there is none. */
      readonly firstTime: number;
      /** Events to hold back so that they come in order; over `largestHold`: sort. */
      readonly hold: number;
    }
  | { readonly kind: 'unknown'; readonly looksLike: string };

/** Plain files up to this size are read once to learn their order; of larger ones samples are read. */
const wholeBytes = 1 << 22;
const headBytes = 1 << 18;
const pieceBytes = 1 << 16;
const pieces = 15;
/** A sample cannot show all disorder: at least so many events are held back. */
const sampledHold = 64;

/**
 * Learns before a file is read in earnest whether a source reads it, when its first event was and how far from the
 * order of time its records stand. Files up to 4 MB and compressed ones are read through; of others the first 256 KB
 * and 15 pieces of 64 KB, and they are read through only if these are out of order with each other.
 */
export async function surveyFile(input: Input, sources: readonly Source[]): Promise<Survey> {
  if (!input.isPlain || input.storedBytes <= wholeBytes) return (await surveyChunks(input.read(), sources, [])).survey;
  const seams: number[] = [];
  const { survey, isAscending } = await surveyChunks(sample(input, seams), sources, seams);
  if (survey.kind === 'unknown') return survey;
  if (isAscending && survey.hold * 4 <= largestHold) return { ...survey, hold: Math.max(sampledHold, survey.hold * 4) };
  return (await surveyChunks(input.read(), sources, [])).survey;
}

/** Head and pieces of the file as one input: each piece from its first whole line on. Notes where pieces begin. */
async function* sample(input: Input, seams: number[]): AsyncGenerator<Buffer, void, void> {
  let offset = headBytes + 1;
  yield await input.readAt(0, headBytes);
  yield lineEnd;
  for (let index = 1; index <= pieces; index++) {
    const from = headBytes + Math.floor(((input.storedBytes - headBytes - pieceBytes) * index) / pieces);
    const piece = await input.readAt(from, pieceBytes);
    const whole = piece.subarray(piece.indexOf(lineEnd) + 1);
    seams.push(offset);
    offset += whole.length + 1;
    yield whole;
    yield lineEnd;
  }
}

const lineEnd = Buffer.from('\n');

async function surveyChunks(
  chunks: AsyncIterable<Buffer>,
  sources: readonly Source[],
  seams: readonly number[],
): Promise<{ readonly survey: Survey; readonly isAscending: boolean }> {
  const head: Buffer[] = [];
  const marks = new Marks(seams);
  for await (const spans of readRecords(keepHead(chunks, head), { file: '', sources }))
    for (const span of spans) marks.note(span);
  return { survey: marks.survey(Buffer.concat(head)), isAscending: marks.isAscending };
}

async function* keepHead(chunks: AsyncIterable<Buffer>, head: Buffer[]): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of chunks) {
    if (head.length === 0) head.push(Buffer.from(chunk.subarray(0, 1 << 16)));
    yield chunk;
  }
}

/** What the spans of a survey say about the file. */
class Marks {
  readonly #gauge = new OrderGauge();
  readonly #seams: readonly number[];
  #piece = 0;
  /** Latest time before the present piece. */
  #latestBefore = Number.NEGATIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  #refused = 0;
  #strange = 0;
  #framed = 0;
  #problem: string | undefined;
  isAscending = true;

  constructor(seams: readonly number[]) {
    this.#seams = seams;
  }

  note(span: Span): void {
    if (span.fate === 'frame') this.#framed += span.bytes;
    else if (span.fate === 'quarantined') {
      if (span.bytes === 0) this.#problem = span.reason;
      else if (span.source !== undefined) this.#refused += 1;
      else this.#strange += 1;
    } else if (span.fate === 'accepted') {
      while (span.offset >= (this.#seams[this.#piece] ?? Number.POSITIVE_INFINITY)) {
        this.#piece += 1;
        this.#latestBefore = this.#latest;
      }
      const { time } = span.event;
      if (time < this.#latestBefore) this.isAscending = false;
      this.#latest = Math.max(this.#latest, time);
      this.#gauge.note(time);
    }
  }

  survey(head: Buffer): Survey {
    const isKnown = this.#gauge.count > 0 || this.#refused > 0 || (this.#framed > 0 && this.#strange === 0);
    if (isKnown && !/^\s*$/.test(head.toString('latin1')))
      return { kind: 'known', firstTime: this.#gauge.first, hold: this.#gauge.hold };
    const broken = this.#problem === undefined ? '' : ` (${this.#problem})`;
    return { kind: 'unknown', looksLike: `${looksOfBytes(head)}${broken}` };
  }
}
