import type { Refusals } from '../rules/refusals.ts';

/** What `and`, `or` and `not` make of parts. */
export interface Algebra<Part> {
  readonly every: (parts: readonly Part[]) => Part;
  readonly either: (parts: readonly Part[]) => Part;
  readonly negate: (part: Part) => Part;
}

const maximumDepth = 64;

/**
 * A condition over search identifiers. Sigma 2.1, Condition: `or` binds least, then `and`, `not`, `1 of`/`all of`,
 * parentheses. `them` leaves out identifiers beginning with `_`, and so does a pattern that does not begin with `_` itself.
 */
export function compileCondition<Part>(
  text: string,
  identifiers: ReadonlyMap<string, Part>,
  algebra: Algebra<Part>,
  line: number,
  refusals: Refusals,
): Part | undefined {
  const aggregation = /\||(?<![^\s()])near(?![^\s()])/.exec(text);
  if (aggregation !== null && !identifiers.has('near'))
    return refusals.refuse(line, `"${text}"`, `${replacementOf(text.slice(aggregation.index))}, since Sigma 2`);
  const reader = new ConditionReader(text, identifiers, algebra, line, refusals);
  return reader.read();
}

/** Of an aggregation of Sigma 1, by what it begins with: `| count(user) by host > 5`. */
function replacementOf(aggregation: string): string {
  const [, name = '', field = ''] = /^\|?\s*(\w+)\s*(?:\(\s*([^)\s]*))?/.exec(aggregation) ?? [];
  const types: ReadonlyMap<string, string> = new Map([
    ['count', field === '' ? 'event_count' : 'value_count'],
    ['sum', 'value_sum'],
    ['avg', 'value_avg'],
    ['near', 'temporal'],
  ]);
  const type = types.get(name.toLowerCase());
  return type === undefined ? 'a correlation rule of its own' : `a correlation rule of its own with type: ${type}`;
}

class ConditionReader<Part> {
  readonly #words: readonly string[];
  readonly #identifiers: ReadonlyMap<string, Part>;
  readonly #algebra: Algebra<Part>;
  readonly #line: number;
  readonly #refusals: Refusals;
  #at = 0;
  #depth = 0;

  constructor(
    text: string,
    identifiers: ReadonlyMap<string, Part>,
    algebra: Algebra<Part>,
    line: number,
    refusals: Refusals,
  ) {
    this.#algebra = algebra;
    this.#words = text.match(/[()]|[^\s()]+/g) ?? [];
    this.#identifiers = identifiers;
    this.#line = line;
    this.#refusals = refusals;
  }

  read(): Part | undefined {
    const part = this.#readChain('or');
    if (part === undefined || this.#at === this.#words.length) return part;
    return this.#refuse('and, or, or the end of the condition');
  }

  #refuse(expected: string): undefined {
    return this.#refusals.refuse(this.#line, `"${this.#words[this.#at] ?? 'the end'}" in the condition`, expected);
  }

  #accept(word: string): boolean {
    if (this.#words[this.#at]?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #readChain(link: 'or' | 'and'): Part | undefined {
    const links: Part[] = [];
    do {
      const next = link === 'or' ? this.#readChain('and') : this.#readNot();
      if (next === undefined) return undefined;
      links.push(next);
    } while (this.#accept(link));
    return link === 'or' ? this.#algebra.either(links) : this.#algebra.every(links);
  }

  #readNot(): Part | undefined {
    this.#depth += 1;
    if (this.#depth > maximumDepth) return this.#refuse(`at most ${maximumDepth} levels`);
    const isNegated = this.#accept('not');
    const part = isNegated ? this.#readNot() : this.#readOperand();
    this.#depth -= 1;
    return isNegated && part !== undefined ? this.#algebra.negate(part) : part;
  }

  #readOperand(): Part | undefined {
    if (this.#accept('(')) {
      const part = this.#readChain('or');
      if (part === undefined) return undefined;
      return this.#accept(')') ? part : this.#refuse(')');
    }
    if (this.#words[this.#at + 1]?.toLowerCase() === 'of') return this.#readQuantified();
    const word = this.#words[this.#at];
    const part = word === undefined ? undefined : this.#identifiers.get(word);
    if (part === undefined) return this.#refuse(`one of ${[...this.#identifiers.keys()].join(', ')}`);
    this.#at += 1;
    return part;
  }

  /** `1 of them`, `any of filter_*`, `all of selection*` */
  #readQuantified(): Part | undefined {
    const needsAll = this.#accept('all');
    if (!needsAll && !this.#accept('1') && !this.#accept('any')) return this.#refuse('1 of, any of or all of');
    this.#at += 1;
    const pattern = this.#words[this.#at];
    const chosen = [...this.#identifiers].filter(([name]) => pattern !== undefined && isNamed(name, pattern));
    if (chosen.length === 0) return this.#refuse('them, or a pattern that some identifier fits');
    this.#at += 1;
    const parts = chosen.map(([, part]) => part);
    return needsAll ? this.#algebra.every(parts) : this.#algebra.either(parts);
  }
}

function isNamed(name: string, pattern: string): boolean {
  if (pattern.toLowerCase() === 'them') return !name.startsWith('_');
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  const last = rest.pop()!;
  let at = first.length;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= name.length;
}
