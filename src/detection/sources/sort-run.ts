import type { FileHandle } from 'node:fs/promises';

/** A record as it waits to be sorted: enough to make its event again. */
export interface SortEntry {
  readonly time: number;
  /** Place of the record in its file, bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Index of its format. */
  readonly format: number;
  readonly raw: string;
}

/** time, offset (doubles), bytes, format, length of raw (32 bits), all little-endian; then raw as UTF-8. */
const headBytes = 28;

export const isEarlierEntry = (one: SortEntry, other: SortEntry): boolean =>
  one.time < other.time || (one.time === other.time && one.offset < other.offset);

/** Gathers entries in one buffer and gives them out sorted; those of equal time in the order in which they came. */
export class SortRun {
  readonly #limit: number;
  #buffer = Buffer.allocUnsafe(1 << 12);
  #used = 0;
  #largest = 0;
  readonly #positions: number[] = [];
  readonly #times: number[] = [];

  /** Holds up to `limit` bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#used;
  }

  /** False when the run is full; an empty run takes any entry. */
  add(entry: SortEntry): boolean {
    const rawBytes = Buffer.byteLength(entry.raw);
    const end = this.#used + headBytes + rawBytes;
    if (end > this.#limit && this.#used > 0) return false;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    }
    const buffer = this.#buffer;
    let at = buffer.writeDoubleLE(entry.time, this.#used);
    at = buffer.writeDoubleLE(entry.offset, at);
    at = buffer.writeUInt32LE(entry.bytes, at);
    at = buffer.writeUInt32LE(entry.format, at);
    at = buffer.writeUInt32LE(rawBytes, at);
    buffer.write(entry.raw, at);
    this.#positions.push(this.#used);
    this.#times.push(entry.time);
    this.#largest = Math.max(this.#largest, end - this.#used);
    this.#used = end;
    return true;
  }

  /** The encoded entries in order, in pieces to write. */
  *encoded(): Generator<Buffer> {
    const piece = Buffer.allocUnsafe(Math.max(1 << 16, this.#largest));
    let used = 0;
    for (const position of this.#sorted()) {
      const end = position + headBytes + this.#buffer.readUInt32LE(position + 24);
      if (used + end - position > piece.length) {
        yield piece.subarray(0, used);
        used = 0;
      }
      used += this.#buffer.copy(piece, used, position, end);
    }
    yield piece.subarray(0, used);
  }

  *entries(): Generator<SortEntry, void, void> {
    for (const position of this.#sorted()) yield decodeEntry(this.#buffer, position);
  }

  *#sorted(): Generator<number> {
    const times = this.#times;
    const order = Uint32Array.from(times.keys()).sort((one, other) => times[one]! - times[other]! || one - other);
    for (const index of order) yield this.#positions[index]!;
  }
}

function decodeEntry(buffer: Buffer, position: number): SortEntry {
  const rawBytes = buffer.readUInt32LE(position + 24);
  return {
    time: buffer.readDoubleLE(position),
    offset: buffer.readDoubleLE(position + 8),
    bytes: buffer.readUInt32LE(position + 16),
    format: buffer.readUInt32LE(position + 20),
    raw: buffer.toString('utf8', position + headBytes, position + headBytes + rawBytes),
  };
}

/** Reads encoded entries that stand at `[start, end)` of a file, a piece of about `pieceBytes` at a time. */
export class RunReader {
  readonly #file: FileHandle;
  readonly #end: number;
  readonly #pieceBytes: number;
  #next: number;
  #piece: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The entry the reader stands at; undefined before the first and behind the last. */
  entry: SortEntry | undefined;

  constructor(file: FileHandle, start: number, end: number, pieceBytes: number) {
    this.#file = file;
    this.#next = start;
    this.#end = end;
    this.#pieceBytes = pieceBytes;
  }

  /** Steps to the next entry; a promise only when the file must be read for it. */
  advance(): Promise<void> | undefined {
    if (this.#decode()) return undefined;
    return this.#load(this.#pieceBytes);
  }

  #decode(): boolean {
    const left = this.#piece.length - this.#at;
    if (left < headBytes || left < headBytes + this.#piece.readUInt32LE(this.#at + 24)) return false;
    this.entry = decodeEntry(this.#piece, this.#at);
    this.#at += headBytes + this.#piece.readUInt32LE(this.#at + 24);
    return true;
  }

  async #load(wanted: number): Promise<void> {
    const rest = this.#piece.subarray(this.#at);
    const bytes = Math.min(wanted, this.#end - this.#next);
    if (bytes === 0) {
      this.entry = undefined;
      return;
    }
    const piece = Buffer.allocUnsafe(rest.length + bytes);
    rest.copy(piece);
    const { bytesRead } = await this.#file.read(piece, rest.length, bytes, this.#next);
    if (bytesRead === 0) throw new Error('the temporary file for sorting is shorter than what was written to it');
    this.#next += bytesRead;
    this.#piece = piece.subarray(0, rest.length + bytesRead);
    this.#at = 0;
    if (!this.#decode()) await this.#load(wanted * 2);
  }
}
