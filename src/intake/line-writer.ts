import { maxRecordBytes } from '#detection/sources/span.ts';

const lineFeed = 10;

/** What one writer has sent, cut into whole lines; of a line that is not ended yet at most 1 MB is kept. */
export class LineWriter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Inside a line that is passed over for its length. */
  #isSkipping = false;
  /** Lines passed over since the last `takeTooLong`. */
  #tooLong = 0;

  /** The whole lines that these bytes end, with what was kept before them. */
  take(chunk: Buffer): Buffer | undefined {
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      this.#keep(chunk);
      return undefined;
    }
    const begin = this.#isSkipping ? chunk.indexOf(lineFeed) + 1 : 0;
    this.#isSkipping = false;
    const lines = Buffer.concat([...this.#rest, chunk.subarray(begin, end)]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#keep(chunk.subarray(end));
    return lines.length > 0 ? lines : undefined;
  }

  /** The line that the writer did not end before it went. */
  end(): Buffer | undefined {
    const rest = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    return rest.length > 0 ? rest : undefined;
  }

  takeTooLong(): number {
    const count = this.#tooLong;
    this.#tooLong = 0;
    return count;
  }

  #keep(bytes: Buffer): void {
    if (this.#isSkipping || bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes <= maxRecordBytes) {
      // Not a view: the whole chunk would be kept for its last line.
      this.#rest.push(Buffer.from(bytes));
      return;
    }
    this.#rest = [];
    this.#restBytes = 0;
    this.#isSkipping = true;
    this.#tooLong += 1;
  }
}
