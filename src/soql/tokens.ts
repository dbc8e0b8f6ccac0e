import type { Failure } from '#model/result.ts';

export type TokenKind = 'word' | 'number' | 'date' | 'dateTime' | 'string' | 'symbol' | 'broken' | 'end';

/** Of conditions, calls and sub-queries inside each other. Salesforce itself stops far earlier. */
const maximumDepth = 64;

/** Characters of one name; the longest of Salesforce's own have 80. */
const longestName = 255;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

/**
 * The words of a query, read one at a time. The first fault is kept and ends the text, so that a parser may run on to
 * its end without asking after every step, and then look at `fault` once.
 */
export class Tokens {
  kind: TokenKind = 'end';
  /** Offsets of the current token; of a string, those of its quotes. */
  start = 0;
  end = 0;
  fault: Failure | undefined = undefined;
  readonly #text: string;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.advance();
  }

  get text(): string {
    return this.#text.slice(this.start, this.end);
  }

  advance(): void {
    const text = this.#text;
    let at = this.end;
    while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
    this.start = at;
    if (at >= text.length || this.fault !== undefined) {
      this.kind = 'end';
      this.end = at;
      return;
    }
    const code = text.charCodeAt(at);
    if (isLetter(code)) {
      this.kind = 'word';
      this.end = this.#afterWord(at + 1);
    } else if (isDigit(code) || this.#startsNumber(at, code)) this.#readNumberOrDate();
    else if (code === 39) this.#readString();
    else this.#readSymbol(code);
  }

  isSymbol(symbol: string): boolean {
    return (
      this.kind === 'symbol' && this.end - this.start === symbol.length && this.#text.startsWith(symbol, this.start)
    );
  }

  /** `word` in upper case. */
  isWord(word: string): boolean {
    if (this.kind !== 'word' || this.end - this.start !== word.length) return false;
    for (let index = 0; index < word.length; index += 1) {
      const code = this.#text.charCodeAt(this.start + index);
      if ((code >= 97 ? code - 32 : code) !== word.charCodeAt(index)) return false;
    }
    return true;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.advance();
    return true;
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.advance();
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.fail(symbol);
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) this.fail(word);
  }

  /** The current token's text, going on to the next; a fault when it is of another kind. */
  take(kind: TokenKind, expected: string): string {
    if (this.kind !== kind) {
      this.fail(expected);
      return '';
    }
    if (kind === 'word' && this.end - this.start > longestName) {
      this.fail(`a name of at most ${longestName} characters`);
      return '';
    }
    const text = this.text;
    this.advance();
    return text;
  }

  /** One of `words` (upper case), or a fault. */
  takeOneOf<Word extends string>(words: readonly [Word, ...Word[]]): Word {
    for (const word of words) if (this.acceptWord(word)) return word;
    this.fail(words.join(' or '));
    return words[0];
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > maximumDepth) this.fail(`nesting of at most ${maximumDepth} levels`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  fail(expected: string): void {
    if (this.fault !== undefined) return;
    const found =
      this.kind === 'end' ? 'the end' : `"${this.#text.slice(this.start, Math.min(this.end, this.start + 40))}"`;
    this.fault = { kind: 'invalid', where: `SOQL, character ${this.start}`, found, expected };
    this.kind = 'end';
    this.end = this.#text.length;
  }

  #afterWord(from: number): number {
    let at = from;
    while (at < this.#text.length) {
      const code = this.#text.charCodeAt(at);
      if (!isLetter(code) && !isDigit(code)) break;
      at += 1;
    }
    return at;
  }

  #afterDigits(from: number): number {
    let at = from;
    while (isDigit(this.#text.charCodeAt(at))) at += 1;
    return at;
  }

  /** `-5`, `+5`, `.5`, `-.5` */
  #startsNumber(at: number, code: number): boolean {
    const signed = code === 43 || code === 45;
    const next = this.#text.charCodeAt(at + 1);
    if (signed && next === 46) return isDigit(this.#text.charCodeAt(at + 2));
    return (signed || code === 46) && isDigit(next);
  }

  #readNumberOrDate(): void {
    const text = this.#text;
    let at = this.#afterDigits(isDigit(text.charCodeAt(this.start)) ? this.start : this.start + 1);
    if (at === this.start + 4 && text.charCodeAt(at) === 45) {
      this.#readDate();
      return;
    }
    if (text.charCodeAt(at) === 46) at = this.#afterDigits(at + 1);
    if ((text.charCodeAt(at) | 32) === 101) {
      const sign = text.charCodeAt(at + 1);
      const exponent = sign === 43 || sign === 45 ? at + 2 : at + 1;
      const after = this.#afterDigits(exponent);
      if (after > exponent) at = after;
    }
    this.#close('number', at, 'a number');
  }

  /** `2026-11-23`, `2026-11-23T10:00:00Z`, `2026-11-23T10:00:00.000+01:00`, also `+0100`. */
  #readDate(): void {
    const rest = this.#text.slice(this.start, this.start + 40);
    const match = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2}))?/i.exec(rest);
    const length = match?.[0].length ?? 4;
    const kind = match === null ? 'broken' : match[1] === undefined ? 'date' : 'dateTime';
    this.#close(kind, this.start + length, 'a date YYYY-MM-DD or a time YYYY-MM-DDThh:mm:ssZ');
  }

  /** A literal that runs on into letters (`10abc`, `2026-11-23T1`) is none. */
  #close(kind: TokenKind, at: number, expected: string): void {
    const after = this.#afterWord(at);
    this.kind = after === at ? kind : 'broken';
    this.end = after;
    if (this.kind === 'broken') this.fail(expected);
  }

  #readString(): void {
    const text = this.#text;
    this.kind = 'string';
    let at = this.start + 1;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 39) {
        this.end = at + 1;
        return;
      }
      if (code !== 92) continue;
      const sequence = /^(?:[nrtbf"'\\_%]|u[0-9a-f]{4})/i.exec(text.slice(at + 1, at + 6));
      if (sequence === null) {
        this.start = at;
        this.end = Math.min(at + 2, text.length);
        this.fail('one of the escapes \\n \\r \\t \\b \\f \\" \\\' \\\\ \\_ \\% \\uXXXX');
        return;
      }
      at += sequence[0].length;
    }
    this.end = text.length;
    this.fail("a closing '");
  }

  #readSymbol(code: number): void {
    const next = this.#text.charCodeAt(this.start + 1);
    const two = (next === 61 && (code === 33 || code === 60 || code === 62)) || (code === 60 && next === 62);
    this.kind = 'symbol';
    this.end = this.start + (two ? 2 : 1);
  }
}
