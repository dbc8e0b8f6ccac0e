/** How one CSV record (RFC 4180) ends. */
export type RecordEnd =
  /** `next` is the index behind the line end, `end` the index of the line end. */
  | { readonly kind: 'complete'; readonly end: number; readonly next: number }
  /** The text ends before the record does. */
  | { readonly kind: 'open' }
  /** Index of the character that may not follow a closing quote. */
  | { readonly kind: 'illegal'; readonly at: number };

const quote = 34;
const comma = 44;
const lineFeed = 10;
const carriageReturn = 13;

const open: RecordEnd = { kind: 'open' };

/** Where the cells of one record stand in a text, without the quotes around them; used again for record after record. */
export class CellBounds {
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 where quotes within the cell are doubled. */
  doubled = new Uint8Array(64);

  add(start: number, end: number, hasDoubled: boolean): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.doubled[this.count] = hasDoubled ? 1 : 0;
    this.count += 1;
  }

  #grow(): void {
    const room = this.count * 2;
    this.starts = grown(this.starts, new Int32Array(room));
    this.ends = grown(this.ends, new Int32Array(room));
    this.doubled = grown(this.doubled, new Uint8Array(room));
  }

  /** The cell as it is meant. */
  cut(text: string, index: number): string {
    const cell = text.slice(this.starts[index], this.ends[index]);
    return this.doubled[index] === 0 ? cell : cell.replaceAll('""', '"');
  }
}

function grown<List extends Int32Array | Uint8Array>(old: List, larger: List): List {
  larger.set(old);
  return larger;
}

/**
 * Finds the cells of the record that starts at `start`. Cells may be quoted, hold doubled quotes and line ends (RFC 4180
 * section 2); a quote inside an unquoted cell is taken literally. The end of the text ends a record only where `isLast`.
 */
export function findCells(text: string, start: number, isLast: boolean, bounds: CellBounds): RecordEnd {
  const length = text.length;
  let at = start;
  bounds.count = 0;
  for (;;) {
    let end: number;
    if (text.charCodeAt(at) === quote) {
      const first = text.indexOf('"', at + 1);
      end = closingQuote(text, first);
      if (end < 0 || (end + 1 >= length && !isLast)) return open;
      bounds.add(at + 1, end, end !== first);
      end += 1;
    } else {
      end = unquotedEnd(text, at);
      if (end >= length && !isLast) return open;
      bounds.add(at, end, false);
    }
    if (end >= length) return { kind: 'complete', end: length, next: length };
    const follower = text.charCodeAt(end);
    if (follower === comma) {
      at = end + 1;
      if (at >= length && !isLast) return open;
    } else if (follower === lineFeed) return { kind: 'complete', end, next: end + 1 };
    else if (follower === carriageReturn && end + 1 >= length && !isLast) return open;
    else if (follower === carriageReturn && (end + 1 >= length || text.charCodeAt(end + 1) === lineFeed))
      return { kind: 'complete', end, next: Math.min(end + 2, length) };
    else return { kind: 'illegal', at: end };
  }
}

/** Reads the cells of the record that starts at `start` and appends them, unescaped, to `cells`; see `findCells`. */
export function readCells(text: string, start: number, isLast: boolean, cells: string[]): RecordEnd {
  const bounds = new CellBounds();
  const end = findCells(text, start, isLast, bounds);
  for (let index = 0; index < bounds.count; index++) cells.push(bounds.cut(text, index));
  return end;
}

/** Index of the quote that ends a cell whose first quote is at `first`, or -1; doubled quotes are passed over. */
function closingQuote(text: string, first: number): number {
  let end = first;
  while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2);
  return end;
}

/** Index of the comma or line end (`\n` or `\r\n`) behind an unquoted cell; the text's length when there is none. */
function unquotedEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === comma || code === lineFeed) return at;
    if (code === carriageReturn && (at + 1 >= text.length || text.charCodeAt(at + 1) === lineFeed)) return at;
  }
  return text.length;
}
