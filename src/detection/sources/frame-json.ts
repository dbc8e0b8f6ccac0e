import type { JsonObject, Source } from '#model/source.ts';
import { findObjectEnd, recordMembers, walkEnvelope } from './json-scan.ts';
import { looksOfObject } from './look-of-format.ts';
import { type ObjectFormat, ObjectFormats } from './object-format.ts';
import type { RecordJudge } from './record-judge.ts';
import { isObject } from './record-values.ts';
import { maxRecordBytes } from './span.ts';
import type { Window } from './window.ts';

/**
 * Failed attempts at finding a record may cost this many bytes of scanning for each byte of input, so that input
 * written to mislead (a million opening braces) cannot make reading quadratic; a failed JSON.parse costs as much as
 * scanning a kilobyte.
 */
const effortPerByte = 8;
const failedParseEffort = 1024;

type Attempt =
  | {
      readonly kind: 'object';
      readonly value: JsonObject;
      readonly raw: string;
      readonly end: number;
      readonly next: number;
    }
  /** More of the input is needed to tell. */
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Frames JSON objects wherever they stand: one to a line, pretty-printed one after the other, in arrays, in envelopes
 * that hold an array of them. After damage, input is quarantined up to the next `{` behind a line end, comma or `[`
 * whose whole object parses and is accepted by a source.
 */
export class JsonFramer {
  readonly #judge: RecordJudge;
  readonly #formats: ObjectFormats;
  /** How many of the envelope's objects and arrays are open around the records; 0 outside an envelope. */
  #envelopeDepth = 0;
  /** Among the envelope's own members, not its records. */
  #inEnvelope = false;
  #lost: { readonly from: number; readonly reason: string } | undefined;
  /** Bytes scanned in vain since the input's beginning. */
  #effort = 0;
  /** Absolute end of a line that is known to hold more than one whole object. */
  #mixedLineEnd = -1;

  constructor(sources: readonly Source[], judge: RecordJudge) {
    this.#formats = new ObjectFormats(sources);
    this.#judge = judge;
  }

  /** Frames what is complete in the window from `at` on; the index up to which it is done with. */
  take(window: Window, at: number): number {
    let start = at;
    while (start < window.length) {
      const next = this.#step(window, start);
      if (next <= start) break;
      start = next;
    }
    if (window.isLast && start >= window.length) this.#found(window, window.length);
    return start;
  }

  #step(window: Window, at: number): number {
    if (this.#lost !== undefined) return this.#seek(window, at);
    return this.#inEnvelope ? this.#walk(window, at) : this.#between(window, at);
  }

  /** Between records: blank space, commas and brackets are frame, `{` begins a record. */
  #between(window: Window, at: number): number {
    const { text } = window;
    let index = at;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === closingBracket && this.#envelopeDepth > 0) {
        this.#inEnvelope = true;
        index += 1;
        break;
      }
      if (!isBetween(code)) break;
    }
    if (index > at) {
      this.#judge.spans.frame(window.offset + at, index - at);
      return index;
    }
    if (text.charCodeAt(at) === openingBrace) return this.#object(window, at);
    return this.#lose(window, at, `found ${JSON.stringify(window.textOf(at, at + 1))}, expected a JSON object`);
  }

  #object(window: Window, at: number): number {
    const attempt = this.#attempt(window, at);
    if (attempt.kind === 'open') return at;
    if (attempt.kind === 'failed') return this.#enter(window, at) ?? this.#lose(window, at, attempt.reason);
    const format = this.#formats.find(attempt.value);
    if (format !== undefined) return this.#deliver(window, at, attempt, format);
    if (isEnvelope(attempt.value)) {
      const entered = this.#enter(window, at);
      if (entered !== undefined) return entered;
      this.#judge.spans.frame(window.offset + at, attempt.next - at);
      return attempt.next;
    }
    const reason = isHeader(attempt.value)
      ? strayHeader
      : `no source reads this object: it looks like ${looksOfObject(attempt.value)}`;
    this.#judge.spans.quarantine(window.offset + at, attempt.next - at, reason, this.#formats.latest?.source.name);
    return attempt.next;
  }

  #deliver(window: Window, at: number, object: Attempt & { kind: 'object' }, format: ObjectFormat): number {
    const acts = format.read(object.value);
    const { offset } = window;
    const place = { start: offset + at, end: offset + object.end, next: offset + object.next };
    if ('invalid' in acts) {
      const reason = isHeader(object.value) ? strayHeader : acts.invalid;
      this.#judge.spans.quarantine(place.start, place.next - place.start, reason, format.source.name);
      return object.next;
    }
    let from = place.start;
    for (const { reading, record, format: ofAct } of acts) {
      this.#judge.judge(reading, ofAct, place, object.raw, record, from);
      from = place.next;
    }
    return object.next;
  }

  /** Goes into the envelope that begins at `at`: index behind the `[` of its records, undefined when it is none. */
  #enter(window: Window, at: number): number | undefined {
    const step = walkEnvelope(window.text, at + 1, 1);
    if (step.kind !== 'records') return undefined;
    this.#judge.spans.frame(window.offset + at, step.at - at);
    this.#envelopeDepth = step.depth;
    return step.at;
  }

  /** Goes on among the envelope's members, behind an array of records. */
  #walk(window: Window, at: number): number {
    const step = walkEnvelope(window.text, at, this.#envelopeDepth);
    if (step.kind === 'open' && !window.isLast && window.length - at <= maxRecordBytes) return at;
    this.#inEnvelope = false;
    this.#envelopeDepth = step.kind === 'records' ? step.depth : 0;
    if (step.kind === 'open') return this.#lose(window, at, 'found no end of the envelope');
    if (step.kind === 'broken') return this.#lose(window, at, 'the envelope goes on as no JSON does');
    this.#judge.spans.frame(window.offset + at, step.at - at);
    return step.at;
  }

  #lose(window: Window, at: number, reason: string): number {
    this.#lost = { from: window.offset + at, reason };
    return at + 1;
  }

  /** Ends the search, if there is one, at `at`: what lies before is quarantined. */
  #found(window: Window, at: number): void {
    if (this.#lost === undefined) return;
    const { from, reason } = this.#lost;
    this.#judge.spans.quarantine(from, window.offset + at - from, reason, this.#formats.latest?.source.name);
    this.#lost = undefined;
  }

  /** Looks from `at` on for the next record that a source accepts. */
  #seek(window: Window, at: number): number {
    for (let start = nextStart(window.text, at); start >= 0; start = nextStart(window.text, start + 1)) {
      const attempt = this.#attempt(window, start);
      if (attempt.kind === 'open') return start;
      if (attempt.kind === 'failed') continue;
      const format = this.#formats.find(attempt.value);
      if (format !== undefined) {
        this.#found(window, start);
        return this.#deliver(window, start, attempt, format);
      }
      this.#effort += attempt.end - start;
    }
    return window.length;
  }

  /** Tries to read a whole object at `at`: quickly if it ends with its line, else by its structure. */
  #attempt(window: Window, at: number): Attempt {
    if (this.#effort > effortPerByte * (window.offset + at + maxRecordBytes))
      return { kind: 'failed', reason: 'too many broken objects before it' };
    const line = this.#attemptLine(window, at);
    if (line !== undefined) return line;
    const found = findObjectEnd(window.text, at);
    if (found.kind === 'complete') {
      const raw = window.textOf(at, found.end);
      const value = this.#parse(raw);
      if (typeof value === 'string') return { kind: 'failed', reason: `not valid JSON: ${value}` };
      const next = window.text.charCodeAt(found.end) === lineFeed ? found.end + 1 : found.end;
      return { kind: 'object', value, raw, end: found.end, next };
    }
    const isWhole = window.length - at > maxRecordBytes;
    if (found.kind === 'open' && !window.isLast && !isWhole) return { kind: 'open' };
    this.#effort += found.at - at;
    if (found.kind === 'open')
      return { kind: 'failed', reason: isWhole ? 'the object is over 1 MB long' : 'the object is cut off' };
    const character = JSON.stringify(window.textOf(found.at, found.at + 1));
    return {
      kind: 'failed',
      reason: `found ${character} ${found.at - at} bytes into the object, where JSON allows it nowhere`,
    };
  }

  #attemptLine(window: Window, at: number): (Attempt & { kind: 'object' }) | undefined {
    const lineEnd = window.lineEnd(at);
    if (lineEnd < 0 || lineEnd - at > maxRecordBytes || window.offset + lineEnd === this.#mixedLineEnd)
      return undefined;
    const end = trimmedEnd(window.text, lineEnd);
    if (end - at < 2 || window.text.charCodeAt(end - 1) !== closingBrace) return undefined;
    const raw = window.textOf(at, end);
    const value = this.#parse(raw);
    if (typeof value !== 'string')
      return { kind: 'object', value, raw, end, next: Math.min(lineEnd + 1, window.length) };
    this.#mixedLineEnd = window.offset + lineEnd;
    return undefined;
  }

  /** The object, or what is wrong with it. */
  #parse(raw: string): JsonObject | string {
    try {
      return JSON.parse(raw) as JsonObject;
    } catch (error) {
      this.#effort += failedParseEffort;
      return String((error as Error).message).slice(0, 120);
    }
  }
}

const lineFeed = 10;
const comma = 44;
const openingBracket = 91;
const closingBracket = 93;
const openingBrace = 123;
const closingBrace = 125;
const strayHeader = 'stray header row';

const isBlank = (code: number): boolean => code === 32 || code === lineFeed || code === 13 || code === 9;
const isBetween = (code: number): boolean =>
  isBlank(code) || code === comma || code === openingBracket || code === closingBracket;

/** Index of the next `{` at or after `from` that stands where a record may begin; -1 when there is none. */
function nextStart(text: string, from: number): number {
  for (let brace = text.indexOf('{', from); brace >= 0; brace = text.indexOf('{', brace + 1)) {
    let before = brace - 1;
    while (before >= 0 && isBlank(text.charCodeAt(before)) && text.charCodeAt(before) !== lineFeed) before--;
    const code = before < 0 ? lineFeed : text.charCodeAt(before);
    if (code === lineFeed || code === comma || code === openingBracket) return brace;
  }
  return -1;
}

/** End of the line's content, without blank space and one comma. */
function trimmedEnd(text: string, lineEnd: number): number {
  let end = lineEnd;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  if (text.charCodeAt(end - 1) === comma) end--;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Whether the object only wraps an array of records, at most one level down, or says that there are none. */
function isEnvelope(value: JsonObject): boolean {
  return [value, ...Object.values(value).filter(isObject)].some((object) =>
    Object.entries(object).some(
      ([name, records]) =>
        recordMembers.has(name) && Array.isArray(records) && (records.length === 0 || isObject(records[0])),
    ),
  );
}

/** Whether each value repeats its column's name: a header row that a connector took for data (some add `_` to names). */
function isHeader(value: JsonObject): boolean {
  const entries = Object.entries(value);
  return (
    entries.length > 1 &&
    entries.every(
      ([name, cell]) => typeof cell === 'string' && cell.toLowerCase() === name.toLowerCase().replace(/_$/, ''),
    )
  );
}
