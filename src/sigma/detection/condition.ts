import type { Refusals } from '../rules/refusals.ts';
import { either, every, negate, type Predicate } from './predicate.ts';

const maximumDepth = 64;

/**
 * A condition over search identifiers. Sigma 2.1, Condition: `or` binds least, then `and`, `not`, `1 of`/`all of`,
 * parentheses. `them` leaves out identifiers beginning with `_`, and so does a pattern that does not begin with `_` itself.
 */
export function compileCondition(
  text: string,
  identifiers: ReadonlyMap<string, Predicate>,
  line: number,
  refusals: Refusals,
): Predicate | undefined {
  if (/\||(?<![^\s()])near(?![^\s()])/.test(text) && !identifiers.has('near'))
    return refusals.refuse(line, `"${text}"`, 'no aggregation: since Sigma 2 a count is a correlation rule of its own');
  const reader = new ConditionReader(text, identifiers, line, refusals);
  return reader.read();
}

class ConditionReader {
  readonly #words: readonly string[];
  readonly #identifiers: ReadonlyMap<string, Predicate>;
  readonly #line: number;
  readonly #refusals: Refusals;
  #at = 0;
  #depth = 0;

  constructor(text: string, identifiers: ReadonlyMap<string, Predicate>, line: number, refusals: Refusals) {
    this.#words = text.match(/[()]|[^\s()]+/g) ?? [];
    this.#identifiers = identifiers;
    this.#line = line;
    this.#refusals = refusals;
  }

  read(): Predicate | undefined {
    const predicate = this.#readChain('or');
    if (predicate === undefined || this.#at === this.#words.length) return predicate;
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

  #readChain(link: 'or' | 'and'): Predicate | undefined {
    const links: Predicate[] = [];
    do {
      const next = link === 'or' ? this.#readChain('and') : this.#readNot();
      if (next === undefined) return undefined;
      links.push(next);
    } while (this.#accept(link));
    return link === 'or' ? either(links) : every(links);
  }

  #readNot(): Predicate | undefined {
    this.#depth += 1;
    if (this.#depth > maximumDepth) return this.#refuse(`at most ${maximumDepth} levels`);
    const isNegated = this.#accept('not');
    const predicate = isNegated ? this.#readNot() : this.#readOperand();
    this.#depth -= 1;
    return isNegated && predicate !== undefined ? negate(predicate) : predicate;
  }

  #readOperand(): Predicate | undefined {
    if (this.#accept('(')) {
      const predicate = this.#readChain('or');
      if (predicate === undefined) return undefined;
      return this.#accept(')') ? predicate : this.#refuse(')');
    }
    if (this.#words[this.#at + 1]?.toLowerCase() === 'of') return this.#readQuantified();
    const word = this.#words[this.#at];
    const predicate = word === undefined ? undefined : this.#identifiers.get(word);
    if (predicate === undefined) return this.#refuse(`one of ${[...this.#identifiers.keys()].join(', ')}`);
    this.#at += 1;
    return predicate;
  }

  /** `1 of them`, `any of filter_*`, `all of selection*` */
  #readQuantified(): Predicate | undefined {
    const needsAll = this.#accept('all');
    if (!needsAll && !this.#accept('1') && !this.#accept('any')) return this.#refuse('1 of, any of or all of');
    this.#at += 1;
    const pattern = this.#words[this.#at];
    const chosen = [...this.#identifiers].filter(([name]) => pattern !== undefined && isNamed(name, pattern));
    if (chosen.length === 0) return this.#refuse('them, or a pattern that some identifier fits');
    this.#at += 1;
    const predicates = chosen.map(([, predicate]) => predicate);
    return needsAll ? every(predicates) : either(predicates);
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
