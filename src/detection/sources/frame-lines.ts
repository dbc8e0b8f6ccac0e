import type { LineFormat, Source } from '#model/source.ts';
import { type LineRecords, lineFormat } from './record-format.ts';
import type { RecordJudge } from './record-judge.ts';
import { maxRecordBytes } from './span.ts';
import type { Window } from './window.ts';

/** Directives beyond so many describe no log. */
const mostDirectives = 64;

const isDirective = (line: string): boolean => line.startsWith('#');

/** The formats of lines under these directives, one per source that knows them. */
export function findLineFormats(directives: readonly string[], sources: readonly Source[]): readonly LineRecords[] {
  return sources.flatMap((source) => {
    const format: LineFormat | undefined = source.readLines?.(directives);
    return format === undefined ? [] : [lineFormat(source, format, directives)];
  });
}

/** What a log of lines begins with. */
export type LinesBeginning =
  | { readonly kind: 'lines'; readonly formats: readonly LineRecords[] }
  | { readonly kind: 'other' }
  /** More of the input is needed to tell. */
  | { readonly kind: 'open' };

/** Whether a log of lines that a source reads begins at `at`, by its directives or, where it has none, by its first line. */
export function findLines(window: Window, at: number, sources: readonly Source[]): LinesBeginning {
  const directives: string[] = [];
  for (let start = at; ; ) {
    const end = window.lineEnd(start);
    if (end < 0 || (end === start && end >= window.length && !window.isLast))
      return window.length - at > maxRecordBytes ? { kind: 'other' } : { kind: 'open' };
    const line = contentOf(window, start, end);
    if (!isDirective(line) || directives.length >= mostDirectives) {
      const formats = findLineFormats(directives, sources);
      // Directives name their log; without them only the line itself does.
      const isKnown = directives.length > 0 ? formats.length > 0 : formats.some(({ accepts }) => accepts(line));
      return isKnown ? { kind: 'lines', formats } : { kind: 'other' };
    }
    directives.push(line);
    if (end >= window.length) {
      const formats = findLineFormats(directives, sources);
      return formats.length > 0 ? { kind: 'lines', formats } : { kind: 'other' };
    }
    start = end + 1;
  }
}

const contentOf = (window: Window, start: number, end: number): string => {
  const isReturn = end > start && window.text.charCodeAt(end - 1) === 13;
  return window.textOf(start, isReturn ? end - 1 : end);
};

/**
 * Frames records of one line each. Lines beginning with `#` are frame; new ones under which the next line is a record
 * replace those before, as when logs are joined into one file. A line that no format takes is quarantined, and the next
 * is looked at by itself.
 */
export class LineFramer {
  readonly #sources: readonly Source[];
  readonly #judge: RecordJudge;
  #formats: readonly LineRecords[];
  #latest: LineRecords | undefined;
  /** Directives since the last record. */
  #directives: string[] = [];
  /** Where the line began that is being passed over for its length. */
  #skippingFrom: number | undefined;

  constructor(formats: readonly LineRecords[], sources: readonly Source[], judge: RecordJudge) {
    this.#formats = formats;
    this.#sources = sources;
    this.#judge = judge;
  }

  /** Frames what is complete in the window from `at` on; the index up to which it is done with. */
  take(window: Window, at: number): number {
    let start = at;
    while (start < window.length) {
      const end = window.lineEnd(start);
      if (end < 0) return this.#wait(window, start);
      const next = Math.min(end + 1, window.length);
      if (this.#skippingFrom !== undefined || end - start > maxRecordBytes) this.#passOver(window, start, next);
      else this.#line(window, start, end, next);
      start = next;
    }
    if (window.isLast && this.#skippingFrom !== undefined) this.#passOver(window, start, start);
    return start;
  }

  #wait(window: Window, start: number): number {
    if (this.#skippingFrom === undefined && window.length - start <= maxRecordBytes) return start;
    this.#skippingFrom ??= window.offset + start;
    return window.length;
  }

  #passOver(window: Window, start: number, next: number): void {
    const from = this.#skippingFrom ?? window.offset + start;
    this.#skippingFrom = undefined;
    const bytes = window.offset + next - from;
    this.#judge.spans.quarantine(from, bytes, 'the line is over 1 MB long', this.#latest?.source.name);
  }

  #line(window: Window, start: number, end: number, next: number): void {
    const { spans } = this.#judge;
    const { offset } = window;
    const raw = contentOf(window, start, end);
    if (raw.trim() === '' || isDirective(raw)) {
      if (raw !== '' && isDirective(raw) && this.#directives.length < mostDirectives) this.#directives.push(raw);
      spans.frame(offset + start, next - start);
      return;
    }
    const format = this.#formatOf(raw);
    if (format === undefined) {
      spans.quarantine(offset + start, next - start, 'no source reads this line', this.#latest?.source.name);
      return;
    }
    const place = { start: offset + start, end: offset + start + lengthOf(window, start, end), next: offset + next };
    this.#judge.judge(format.read(raw), format, place, raw, undefined);
  }

  #formatOf(line: string): LineRecords | undefined {
    if (this.#directives.length > 0) {
      const renewed = findLineFormats(this.#directives, this.#sources);
      this.#directives = [];
      if (renewed.some(({ accepts }) => accepts(line))) {
        this.#formats = renewed;
        this.#latest = undefined;
      }
    }
    if (this.#latest?.accepts(line)) return this.#latest;
    const found = this.#formats.find(({ accepts }) => accepts(line));
    this.#latest = found ?? this.#latest;
    return found;
  }
}

const lengthOf = (window: Window, start: number, end: number): number =>
  end > start && window.text.charCodeAt(end - 1) === 13 ? end - start - 1 : end - start;
