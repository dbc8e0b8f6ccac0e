import type { Source } from '#model/source.ts';
import { CellBounds, findCells } from './csv-cells.ts';
import { CsvRow } from './csv-row.ts';
import { CsvFramer, type CsvHeader, findCsvHeader } from './frame-csv.ts';
import { JsonFramer } from './frame-json.ts';
import { findLineFormats, findLines, LineFramer } from './frame-lines.ts';
import { looksOfBytes } from './look-of-format.ts';
import type { LineRecords } from './record-format.ts';
import type { RecordJudge } from './record-judge.ts';
import { maxRecordBytes } from './span.ts';
import type { Window } from './window.ts';

/** Cuts windows into spans. `take` frames what is complete from `at` on and returns the index up to which it is done. */
interface Framer {
  take(window: Window, at: number): number;
}

const byteOrderMark = '\u00ef\u00bb\u00bf';

/**
 * Finds out by content which framing the input needs: JSON when it begins with a bracket, CSV when a source knows its
 * header, single lines when a source knows the directives before them or the first of them. A damaged beginning is
 * searched, line by line and up to 1 MB, for any of these.
 */
export class Recogniser implements Framer {
  readonly #sources: readonly Source[];
  readonly #judge: RecordJudge;
  #framer: Framer | undefined;

  /** `directives`: the input is the rest of a log of lines under these, its beginning was read before. */
  constructor(sources: readonly Source[], judge: RecordJudge, directives?: readonly string[]) {
    this.#sources = sources;
    this.#judge = judge;
    if (directives !== undefined) this.#framer = new LineFramer(findLineFormats(directives, sources), sources, judge);
  }

  take(window: Window, at: number): number {
    if (this.#framer !== undefined) return this.#framer.take(window, at);
    const start = window.offset === 0 && window.text.startsWith(byteOrderMark) ? byteOrderMark.length : at;
    this.#judge.spans.frame(window.offset, start);
    const blank = /\S/g;
    blank.lastIndex = start;
    const first = blank.exec(window.text)?.index ?? window.length;
    if (window.text[first] === '{' || window.text[first] === '[') return this.#choose(this.#json(), window, start);
    const header = this.#headerAt(window, first);
    if (header !== undefined) return this.#beginRows(window, start, first, header);
    const lines = findLines(window, first, this.#sources);
    if (lines.kind === 'lines') return this.#beginLines(window, start, first, lines.formats);
    if (!window.isLast && window.length - start <= maxRecordBytes) return start;
    return this.#search(window, start, first);
  }

  #search(window: Window, start: number, first: number): number {
    const { text } = window;
    let earlier = first;
    for (let line = text.indexOf('\n', first) + 1; line > 0; line = text.indexOf('\n', line) + 1) {
      const before = text[earlier];
      earlier = line;
      if (text[line] === '{' || text[line] === '[') break;
      const header = this.#headerAt(window, line);
      if (header !== undefined) return this.#beginRows(window, start, line, header);
      // A block of directives is looked at once, from its first line.
      if (text[line] === '#' && before === '#') continue;
      const lines = findLines(window, line, this.#sources);
      if (lines.kind === 'lines') return this.#beginLines(window, start, line, lines.formats);
    }
    return this.#choose(text.includes('{', first) ? this.#json() : new Unknown(this.#judge), window, start);
  }

  #json(): Framer {
    return new JsonFramer(this.#sources, this.#judge);
  }

  #choose(framer: Framer, window: Window, start: number): number {
    this.#framer = framer;
    return framer.take(window, start);
  }

  #headerAt(window: Window, at: number): (CsvHeader & { readonly next: number }) | undefined {
    if (at >= window.length) return undefined;
    const bounds = new CellBounds();
    const end = findCells(window.text, at, window.isLast, bounds);
    if (end.kind !== 'complete' || end.end - at > maxRecordBytes) return undefined;
    const header = findCsvHeader(new CsvRow(window, bounds).texts(), this.#sources);
    return header && { ...header, next: end.next };
  }

  #beginRows(window: Window, start: number, line: number, header: CsvHeader & { readonly next: number }): number {
    this.#passOver(window, start, line);
    this.#judge.spans.frame(window.offset + line, header.next - line);
    return this.#choose(new CsvFramer(header, this.#sources, this.#judge), window, header.next);
  }

  #beginLines(window: Window, start: number, line: number, formats: readonly LineRecords[]): number {
    this.#passOver(window, start, line);
    return this.#choose(new LineFramer(formats, this.#sources, this.#judge), window, line);
  }

  #passOver(window: Window, start: number, line: number): void {
    const { spans } = this.#judge;
    if (/\S/.test(window.text.slice(start, line)))
      spans.quarantine(window.offset + start, line - start, 'no header of a known log stands before it', undefined);
    else spans.frame(window.offset + start, line - start);
  }
}

/** Quarantines input that no framing fits, in one span. */
class Unknown implements Framer {
  readonly #judge: RecordJudge;
  #begin: { readonly offset: number; readonly looks: string } | undefined;

  constructor(judge: RecordJudge) {
    this.#judge = judge;
  }

  take(window: Window, at: number): number {
    const { offset, length } = window;
    this.#begin ??= { offset: offset + at, looks: looksOfBytes(window.bytes.subarray(at)) };
    if (window.isLast && offset + length > this.#begin.offset) {
      const bytes = offset + length - this.#begin.offset;
      const reason = `unknown format: it looks like ${this.#begin.looks}; no source reads it yet`;
      this.#judge.spans.quarantine(this.#begin.offset, bytes, reason, undefined);
    }
    return length;
  }
}
