type State =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-end'
  | 'trailer'
  | 'trailer-end'
  | 'done';

const [carriageReturn, lineFeed, semicolon, space, tab] = [13, 10, 59, 32, 9];
const mostOverheadBytes = 8 * 1024;

/** Takes the framing out of a chunked body where the bytes lie. RFC 9112 section 7.1; extensions and trailers are dropped. */
export class Dechunker {
  /** What is wrong with the framing; then nothing further may be decoded. */
  fault: string | undefined;
  #state: State = 'size';
  #digits = 0;
  #left = 0;
  /** Bytes of this extension or of the trailers, which are bounded. */
  #overhead = 0;
  #trailerIsEmpty = true;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Decodes the first `count` bytes of `bytes`, moving the payload to the front; answers how many bytes it has. */
  decode(bytes: Uint8Array, count: number): number {
    let kept = 0;
    let at = 0;
    while (at < count && this.fault === undefined) {
      if (this.#state === 'data') {
        const taken = Math.min(this.#left, count - at);
        if (kept !== at) bytes.copyWithin(kept, at, at + taken);
        kept += taken;
        at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#state = 'data-return';
      } else {
        this.#step(bytes[at]!);
        at++;
      }
    }
    return kept;
  }

  #step(byte: number) {
    switch (this.#state) {
      case 'size':
        return this.#size(byte);
      case 'extension':
        return this.#extension(byte);
      case 'size-end':
        return this.#sizeEnd(byte);
      case 'data-return':
        return this.#expect(byte, carriageReturn, 'data-end');
      case 'data-end':
        this.#digits = 0;
        return this.#expect(byte, lineFeed, 'size');
      case 'trailer':
      case 'trailer-end':
        return this.#trailer(byte);
      default:
        this.fault = 'bytes stand behind the last chunk';
    }
  }

  #expect(byte: number, wanted: number, next: State): void {
    if (byte === wanted) this.#state = next;
    else this.fault = 'a chunk does not end where its size says';
  }

  #size(byte: number): void {
    const digit = hexValue(byte);
    if (digit >= 0 && this.#digits < 12) {
      this.#left = this.#left * 16 + digit;
      this.#digits++;
    } else if (this.#digits === 0 || digit >= 0) {
      this.fault = 'a chunk has no size';
    } else if (byte === carriageReturn) {
      this.#state = 'size-end';
    } else if (byte === semicolon || byte === space || byte === tab) {
      this.#state = 'extension';
      this.#overhead = 0;
    } else {
      this.fault = 'a chunk has no size';
    }
  }

  #extension(byte: number): void {
    if (byte === carriageReturn) this.#state = 'size-end';
    else if (byte === lineFeed || ++this.#overhead > mostOverheadBytes)
      this.fault = 'a chunk has a malformed extension';
  }

  #sizeEnd(byte: number): void {
    if (byte !== lineFeed) this.fault = 'a chunk has no size';
    this.#overhead = 0;
    this.#trailerIsEmpty = true;
    this.#state = this.#left === 0 ? 'trailer' : 'data';
  }

  #trailer(byte: number): void {
    if (this.#state === 'trailer-end') {
      if (byte !== lineFeed) this.fault = 'a trailer is malformed';
      this.#state = this.#trailerIsEmpty ? 'done' : 'trailer';
      this.#trailerIsEmpty = true;
    } else if (byte === carriageReturn) {
      this.#state = 'trailer-end';
    } else {
      this.#trailerIsEmpty = false;
      if (byte === lineFeed || ++this.#overhead > mostOverheadBytes) this.fault = 'a trailer is malformed';
    }
  }
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
