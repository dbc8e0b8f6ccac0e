/** More than these cost as much as the search that they save. */
const mostTexts = 16;

/** Escapes that stand for a class of characters, an anchor or a control character: they end a text, no more. */
const plainEscapes = 'dDwWsSbBnrtf';

/**
 * Texts of which one must stand in whatever the expression (RE2 syntax, valid) is found in; undefined where none is
 * known. `ignoresCase`: the texts are in lower case and ASCII.
 */
export function requiredTexts(source: string, ignoresCase: boolean): readonly string[] | undefined {
  const reader = new RequiredTexts([...source], ignoresCase);
  const texts = reader.readEither();
  return texts === undefined || reader.isUnknown || texts.length > mostTexts ? undefined : texts;
}

type Texts = readonly string[] | undefined;

class RequiredTexts {
  /** Something stands in the expression that is not understood here. */
  isUnknown = false;
  readonly #characters: readonly string[];
  readonly #ignoresCase: boolean;
  #at = 0;

  constructor(characters: readonly string[], ignoresCase: boolean) {
    this.#characters = characters;
    this.#ignoresCase = ignoresCase;
  }

  readEither(): Texts {
    let texts: Texts = [];
    do {
      const choice = this.#readSequence();
      texts = choice === undefined || texts === undefined ? undefined : [...texts, ...choice];
    } while (this.#accept('|'));
    return texts;
  }

  #accept(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** The best of what must stand in each of its parts. */
  #readSequence(): Texts {
    let best: Texts;
    let run = '';
    const endRun = (): void => {
      if (run !== '') best = better(best, [run]);
      run = '';
    };
    while (this.#at < this.#characters.length && !'|)'.includes(this.#characters[this.#at]!)) {
      const atom = this.#readAtom();
      const isOptional = this.#readsOptional();
      if (typeof atom === 'string' && isOptional === undefined) run += atom;
      else {
        if (typeof atom === 'string' && isOptional === false) run += atom;
        endRun();
        if (typeof atom !== 'string' && isOptional !== true) best = better(best, atom);
      }
    }
    endRun();
    return best;
  }

  /** One literal character, or what must stand in a group; undefined for all else. */
  #readAtom(): string | Texts {
    const character = this.#characters[this.#at]!;
    this.#at += 1;
    if (character === '(') return this.#readGroup();
    if (character === '[') return this.#skipClass();
    if (character === '\\') return this.#readEscape();
    return '.^$'.includes(character) ? undefined : this.#literal(character);
  }

  #literal(character: string): string | undefined {
    if (!this.#ignoresCase) return character;
    return /[^\x20-\x7e]/.test(character) ? undefined : character.toLowerCase();
  }

  #readGroup(): Texts {
    if (this.#accept('?') && !this.#accept(':')) this.isUnknown = true;
    const texts = this.readEither();
    this.#accept(')');
    return texts;
  }

  #skipClass(): undefined {
    this.#accept('^');
    this.#accept(']');
    while (this.#at < this.#characters.length && !this.#accept(']')) {
      // `[[:alpha:]]` has a bracket of its own.
      if (this.#accept('[')) this.isUnknown ||= ':.='.includes(this.#characters[this.#at] ?? ' ');
      else this.#at += this.#characters[this.#at] === '\\' ? 2 : 1;
    }
    return undefined;
  }

  #readEscape(): string | undefined {
    const character = this.#characters[this.#at] ?? '';
    this.#at += 1;
    if (!/[a-z\d]/i.test(character)) return this.#literal(character);
    if (!plainEscapes.includes(character)) this.isUnknown = true;
    return undefined;
  }

  /** Whether what stands before may be absent; undefined without a quantifier. */
  #readsOptional(): boolean | undefined {
    const braces = /^\{(\d+)(?:,\d*)?\}/.exec(this.#characters.slice(this.#at, this.#at + 12).join(''));
    const sign = this.#characters[this.#at] ?? '';
    if (braces === null && (sign === '' || !'*+?'.includes(sign))) return undefined;
    this.#at += braces?.[0].length ?? 1;
    this.#accept('?');
    return braces === null ? sign !== '+' : Number(braces[1]) === 0;
  }
}

/** The longer its shortest text, the less often it stands there by chance. */
function better(known: Texts, found: Texts): Texts {
  if (known === undefined || found === undefined) return known ?? found;
  const worth = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length));
  return worth(found) > worth(known) ? found : known;
}
