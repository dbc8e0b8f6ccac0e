import type { Source } from '#model/source.ts';
import { CellBounds, findCells } from './csv-cells.ts';
import { CsvRow } from './csv-row.ts';
import { csvFormat, type RecordFormat } from './record-format.ts';
import type { RecordJudge } from './record-judge.ts';
import { maxRecordBytes } from './span.ts';
import type { Window } from './window.ts';

/** A header that a source has accepted. */
export interface CsvHeader {
  readonly cells: readonly string[];
  readonly format: RecordFormat;
  readonly read: NonNullable<ReturnType<NonNullable<Source['readCsv']>>>;
}

/** The source that reads rows under this header, if any does. */
export function findCsvHeader(cells: readonly string[], sources: readonly Source[]): CsvHeader | undefined {
  for (const source of sources) {
    const read = source.readCsv?.(cells);
    if (read !== undefined) return { cells, format: csvFormat(source, cells, read), read };
  }
  return undefined;
}

/**
 * Frames the rows behind a CSV header. After damage (a quoted cell followed by an illegal character, a wrong number of
 * cells over several lines, a record over 1 MB) only the first physical line is quarantined and reading starts again on
 * the next one, so that an open quote swallows one line and not the file. Each line is thereby read at most twice: a
 * scan that started inside a broken record ends at the next quote that is out of place.
 */
export class CsvFramer {
  readonly #sources: readonly Source[];
  readonly #judge: RecordJudge;
  #header: CsvHeader;
  readonly #bounds = new CellBounds();
  /** Set while a line longer than 1 MB is being passed over: where it began, and why it is quarantined. */
  #skipping: { readonly from: number; readonly reason: string } | undefined;

  constructor(header: CsvHeader, sources: readonly Source[], judge: RecordJudge) {
    this.#header = header;
    this.#sources = sources;
    this.#judge = judge;
  }

  /** Frames what is complete in the window from `at` on; the index up to which it is done with. */
  take(window: Window, at: number): number {
    let start = at;
    while (start < window.length) {
      const next = this.#skipping === undefined ? this.#row(window, start) : this.#skip(window, start);
      if (next <= start) return start;
      start = next;
    }
    if (window.isLast && this.#skipping !== undefined) this.#skip(window, start);
    return start;
  }

  /** Index behind the row at `start`, or `start` when more of the input is needed. */
  #row(window: Window, start: number): number {
    const { text } = window;
    const blank = blankLineEnd(text, start);
    if (blank > start) {
      this.#judge.spans.frame(window.offset + start, blank - start);
      return blank;
    }
    const row = new CsvRow(window, this.#bounds);
    const end = findCells(text, start, window.isLast, this.#bounds);
    if (end.kind === 'open') {
      if (window.length - start <= maxRecordBytes && !window.isLast) return start;
      const why =
        window.isLast && window.length - start <= maxRecordBytes ? 'reaches the end of the file' : 'is over 1 MB long';
      return this.#damaged(window, start, `quoted cell ${row.length + 1} ${why}, expected its closing quote`);
    }
    if (end.kind === 'illegal') {
      const found = JSON.stringify(window.textOf(end.at, end.at + 1));
      return this.#damaged(
        window,
        start,
        `found ${found} behind the closing quote of cell ${row.length}, expected a comma or line end`,
      );
    }
    if (end.end - start > maxRecordBytes) return this.#damaged(window, start, 'the row is over 1 MB long');
    return this.#complete(window, start, end.end, end.next, row);
  }

  #complete(window: Window, start: number, end: number, next: number, row: CsvRow): number {
    const { spans } = this.#judge;
    const { offset, text } = window;
    if (this.#isHeader(row)) {
      spans.quarantine(offset + start, next - start, 'stray header row', this.#header.format.source.name);
      return next;
    }
    if (row.length !== this.#header.cells.length) {
      const other = findCsvHeader(row.texts(), this.#sources);
      if (other !== undefined) {
        this.#header = other;
        spans.frame(offset + start, next - start);
        return next;
      }
      const reason = `found ${row.length} cells, expected ${this.#header.cells.length}`;
      const lineEnd = text.indexOf('\n', start);
      if (lineEnd >= 0 && lineEnd < end) return this.#damaged(window, start, reason);
      spans.quarantine(offset + start, next - start, reason, this.#header.format.source.name);
      return next;
    }
    const raw = window.textOf(start, end);
    const place = { start: offset + start, end: offset + end, next: offset + next };
    this.#judge.judge(this.#header.read(row), this.#header.format, place, raw, undefined);
    return next;
  }

  #isHeader(row: CsvRow): boolean {
    const header = this.#header.cells;
    return row.length === header.length && header.every((cell, index) => cell === row.at(index));
  }

  /** Quarantines the physical line at `start`. */
  #damaged(window: Window, start: number, reason: string): number {
    const lineEnd = window.text.indexOf('\n', start);
    if (lineEnd < 0) {
      this.#skipping = { from: window.offset + start, reason };
      return this.#skip(window, start);
    }
    const source = this.#header.format.source.name;
    this.#judge.spans.quarantine(window.offset + start, lineEnd + 1 - start, reason, source);
    return lineEnd + 1;
  }

  #skip(window: Window, start: number): number {
    const skipping = this.#skipping!;
    const lineEnd = window.lineEnd(start);
    if (lineEnd < 0) return window.length;
    const next = Math.min(lineEnd + 1, window.length);
    const bytes = window.offset + next - skipping.from;
    this.#judge.spans.quarantine(skipping.from, bytes, skipping.reason, this.#header.format.source.name);
    this.#skipping = undefined;
    return next;
  }
}

/** Index behind the line end at `start` when the line is empty, else `start`. */
function blankLineEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === 10) return start + 1;
  return code === 13 && text.charCodeAt(start + 1) === 10 ? start + 2 : start;
}
