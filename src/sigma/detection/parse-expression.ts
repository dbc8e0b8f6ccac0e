import { failure, type Result, success } from '#model/result.ts';
import { foldCase } from './text-pattern.ts';

export type CharacterTest = (code: number) => boolean;

/** A regular expression as data. Laziness and capturing are gone: they do not change whether it is found. */
export type Pattern =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assert'; readonly anchor: '^' | '$' | 'b' | 'B' }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'either'; readonly choices: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number | undefined };

export interface ExpressionOptions {
  /** Characters will be given as `foldCase` has them. */
  readonly ignoresCase: boolean;
  readonly dotTakesNewline: boolean;
}

const maximumRepeat = 1000;
const maximumDepth = 50;

/**
 * PCRE as far as Sigma 2.1 allows it (. ^ $ * + ? {n,m} [] () |), and with it \d \w \s \b, their opposites, (?:) and
 * lazy quantifiers. Look-around, back references, inline flags and the rest are refused; the failure says what would do.
 */
export function parseExpression(source: string, options: ExpressionOptions): Result<Pattern, string> {
  const parser = new ExpressionParser(source, options);
  const pattern = parser.parseEither(0);
  if (!parser.isAtEnd) parser.refuse('no closing parenthesis without an opening one');
  return parser.expected === undefined ? success(pattern) : failure(parser.expected);
}

const range =
  (from: number, to: number): CharacterTest =>
  (code) =>
    code >= from && code <= to;
const anyOf =
  (tests: readonly CharacterTest[]): CharacterTest =>
  (code) =>
    tests.some((test) => test(code));
const not =
  (test: CharacterTest): CharacterTest =>
  (code) =>
    !test(code);

const digit = range(48, 57);
const word = anyOf([digit, range(65, 90), range(97, 122), range(95, 95)]);
const space = anyOf([range(9, 13), range(32, 32)]);
const classes: Readonly<Record<string, CharacterTest>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};
const sigma = 0x3c3;
const finalSigma = 0x3c2;
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12 };

class ExpressionParser {
  /** What would have been right, once something was wrong. */
  expected: string | undefined = undefined;
  readonly #characters: readonly string[];
  readonly #options: ExpressionOptions;
  #at = 0;

  constructor(source: string, options: ExpressionOptions) {
    this.#characters = [...source];
    this.#options = options;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  refuse(expected: string): void {
    this.expected ??= expected;
    this.#at = this.#characters.length;
  }

  parseEither(depth: number): Pattern {
    if (depth > maximumDepth) this.refuse(`at most ${maximumDepth} groups inside each other`);
    const choices = [this.#parseSequence(depth)];
    while (this.#accept('|')) choices.push(this.#parseSequence(depth));
    return choices.length === 1 ? choices[0]! : { kind: 'either', choices };
  }

  #accept(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += text.length;
    return true;
  }

  #parseSequence(depth: number): Pattern {
    const parts: Pattern[] = [];
    while (!this.isAtEnd && this.#characters[this.#at] !== '|' && this.#characters[this.#at] !== ')')
      parts.push(this.#parseRepeat(depth));
    return { kind: 'sequence', parts };
  }

  #parseRepeat(depth: number): Pattern {
    let part = this.#parseAtom(depth);
    const bounds = this.#parseQuantifier();
    if (bounds === undefined) return part;
    part = { kind: 'repeat', part, least: bounds[0], most: bounds[1] };
    if (this.#accept('+')) this.refuse('no possessive quantifiers');
    this.#accept('?');
    if (this.#parseQuantifier() !== undefined) this.refuse('one quantifier after another only with a group');
    return part;
  }

  #parseQuantifier(): readonly [number, number | undefined] | undefined {
    if (this.#accept('*')) return [0, undefined];
    if (this.#accept('+')) return [1, undefined];
    if (this.#accept('?')) return [0, 1];
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#characters.slice(this.#at, this.#at + 12).join(''));
    if (braces === null) return undefined;
    this.#at += braces[0].length;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === '' ? undefined : Number(braces[3]);
    if (Math.max(least, most ?? 0) > maximumRepeat) this.refuse(`at most ${maximumRepeat} repetitions`);
    if (most !== undefined && most < least) this.refuse('{least,most} in this order');
    return [least, most];
  }

  #parseAtom(depth: number): Pattern {
    const character = this.#characters[this.#at]!;
    this.#at += 1;
    switch (character) {
      case '.':
        return { kind: 'character', test: this.#options.dotTakesNewline ? () => true : (code) => code !== 10 };
      case '^':
      case '$':
        return { kind: 'assert', anchor: character };
      case '(':
        return this.#parseGroup(depth);
      case '[':
        return { kind: 'character', test: this.#parseClass() };
      case '\\':
        return this.#parseEscape();
      case '*':
      case '+':
      case '?':
        this.refuse(`something before ${character}`);
        return { kind: 'sequence', parts: [] };
      default:
        return this.#literal(character.codePointAt(0)!);
    }
  }

  #parseGroup(depth: number): Pattern {
    if (!this.#accept('?:') && this.#characters[this.#at] === '?')
      this.refuse('no look-around, named groups or inline flags (flags are modifiers: |re|i)');
    const pattern = this.parseEither(depth + 1);
    if (!this.#accept(')')) this.refuse('a closing parenthesis');
    return pattern;
  }

  #parseEscape(): Pattern {
    const character = this.#characters[this.#at] ?? '';
    if (character === 'b' || character === 'B') {
      this.#at += 1;
      return { kind: 'assert', anchor: character };
    }
    const escaped = this.#readEscaped();
    return typeof escaped === 'number' ? this.#literal(escaped) : { kind: 'character', test: this.#folded(escaped) };
  }

  /** What follows a backslash: a character's code or a class. */
  #readEscaped(): number | CharacterTest {
    const character = this.#characters[this.#at] ?? '';
    this.#at += 1;
    const known = Object.hasOwn(classes, character) ? classes[character] : controls[character];
    if (known !== undefined) return known;
    const hex = /^x(?:([\da-f]{2})|\{([\da-f]{1,6})\})/i.exec(
      this.#characters.slice(this.#at - 1, this.#at + 8).join(''),
    );
    if (hex !== null) {
      this.#at += hex[0].length - 1;
      const code = Number.parseInt((hex[1] ?? hex[2])!, 16);
      if (code > 0x10ffff) this.refuse('a character of Unicode');
      return Math.min(code, 0x10ffff);
    }
    if (character === '' || /[a-z0-9]/i.test(character)) this.refuse(`no escape \\${character}`);
    return character === '' ? 0 : character.codePointAt(0)!;
  }

  /** `[a-z_]`, `[^"]`, and as in PCRE `[]a]`. */
  #parseClass(): CharacterTest {
    const isNegated = this.#accept('^');
    const tests: CharacterTest[] = [];
    do {
      if (this.isAtEnd) this.refuse('a closing ]');
      else tests.push(this.#parseClassMember());
    } while (!this.isAtEnd && this.#characters[this.#at] !== ']');
    if (!this.#accept(']')) this.refuse('a closing ]');
    const test = this.#folded(anyOf(tests));
    return isNegated ? not(test) : test;
  }

  #parseClassMember(): CharacterTest {
    if (/^\[[:.=]/.test(this.#characters.slice(this.#at, this.#at + 2).join(''))) this.refuse('no POSIX class');
    const from = this.#readClassCharacter();
    const isRange = this.#characters[this.#at] === '-' && (this.#characters[this.#at + 1] ?? ']') !== ']';
    if (typeof from !== 'number') return from;
    if (!isRange) return range(from, from);
    this.#at += 1;
    const to = this.#readClassCharacter();
    if (typeof to === 'number' && to >= from) return range(from, to);
    this.refuse('a range from the lower to the higher character');
    return range(from, from);
  }

  #readClassCharacter(): number | CharacterTest {
    if (this.#accept('\\')) {
      if (!this.#accept('b')) return this.#readEscaped();
      return 8;
    }
    const character = this.#characters[this.#at];
    this.#at += 1;
    return character?.codePointAt(0) ?? 0;
  }

  #literal(code: number): Pattern {
    const folded = this.#options.ignoresCase ? foldCase(String.fromCodePoint(code)).codePointAt(0)! : code;
    return { kind: 'character', test: (found) => found === folded };
  }

  /** Without case a class holds a lower-case character if it holds its upper case. */
  #folded(test: CharacterTest): CharacterTest {
    if (!this.#options.ignoresCase) return test;
    return (code) => {
      const [upper, ...more] = String.fromCodePoint(code).toUpperCase();
      return test(code) || (more.length === 0 && test(upper!.codePointAt(0)!)) || (code === sigma && test(finalSigma));
    };
  }
}
