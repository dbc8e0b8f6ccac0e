import { isAscii } from 'node:buffer';

/**
 * A piece of the input held in memory. `text` is its bytes as Latin-1, so that an index into it is a byte offset into
 * the piece; what leaves a window is decoded as UTF-8 by `textOf`.
 */
export class Window {
  readonly bytes: Buffer;
  readonly text: string;
  /** Byte offset of the piece in the input. */
  readonly offset: number;
  /** Nothing follows this piece. */
  readonly isLast: boolean;
  /** All bytes are below 0x80: Latin-1 and UTF-8 agree. */
  readonly isPlain: boolean;

  constructor(bytes: Buffer, offset: number, isLast: boolean) {
    this.bytes = bytes;
    this.text = bytes.toString('latin1');
    this.offset = offset;
    this.isLast = isLast;
    this.isPlain = isAscii(bytes);
  }

  get length(): number {
    return this.bytes.length;
  }

  textOf(start: number, end: number): string {
    return this.isPlain ? this.text.slice(start, end) : this.bytes.toString('utf8', start, end);
  }

  /** Index of the line feed at or after `from`; the end of the piece when it is the last; -1 when unknown yet. */
  lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end >= 0 ? end : this.isLast ? this.length : -1;
  }
}
