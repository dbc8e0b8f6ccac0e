import type { Refusals } from '../rules/refusals.ts';

/** Rules, by their place among those referred to, that must be in the window and others that must not. */
export interface Conjunction {
  /** In their order. */
  readonly present: readonly number[];
  readonly absent: readonly number[];
}

const maximumDepth = 64;
const maximumConjunctions = 256;

/** `a and (b or not c)`: the condition of pySigma's extended temporal correlations, over names or ids of rules. */
export type Expression =
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'not'; readonly part: Expression }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] };

/** Reads an expression: `not` binds most, then `and`, then `or`. */
export function parseExpression(text: string, line: number, refusals: Refusals): Expression | undefined {
  const reader = new ExpressionReader(text.match(/[()]|[^\s()]+/g) ?? [], line, refusals);
  return reader.read();
}

/** The rules an expression names, each once, as they appear. */
export function namedRules(expression: Expression): readonly string[] {
  if (expression.kind === 'rule') return [expression.name];
  const parts = expression.kind === 'not' ? [expression.part] : expression.parts;
  return [...new Set(parts.flatMap(namedRules))];
}

/**
 * The ways in which an expression over these rules is true; a failure says what it should have been. What is true
 * without any rule is refused, since absence alone is no occurrence.
 */
export function findConjunctions(
  expression: Expression,
  rules: readonly string[],
): { readonly conjunctions: readonly Conjunction[] } | { readonly expected: string } {
  const ways = waysOf(expression, rules, false);
  if (ways === undefined) return { expected: `at most ${maximumConjunctions} combinations` };
  const possible = ways.filter(({ present, absent }) => !present.some((rule) => absent.includes(rule)));
  if (possible.length === 0) return { expected: 'a condition that can be met' };
  if (possible.some(({ present }) => present.length === 0))
    return { expected: 'a rule that must occur, in every case' };
  return { conjunctions: possible };
}

function waysOf(
  expression: Expression,
  rules: readonly string[],
  isNegated: boolean,
): readonly Conjunction[] | undefined {
  if (expression.kind === 'not') return waysOf(expression.part, rules, !isNegated);
  if (expression.kind === 'rule') {
    const rule = [rules.indexOf(expression.name)];
    return [isNegated ? { present: [], absent: rule } : { present: rule, absent: [] }];
  }
  let ways: readonly Conjunction[] | undefined;
  for (const part of expression.parts) {
    const more = waysOf(part, rules, isNegated);
    if (more === undefined) return undefined;
    if (ways === undefined) ways = more;
    else {
      const areChoices = (expression.kind === 'or') !== isNegated;
      const count = areChoices ? ways.length + more.length : ways.length * more.length;
      if (count > maximumConjunctions) return undefined;
      ways = areChoices ? [...ways, ...more] : ways.flatMap((one) => more.map((other) => both(one, other)));
    }
  }
  return ways;
}

function both(one: Conjunction, other: Conjunction): Conjunction {
  const merge = (a: readonly number[], b: readonly number[]): readonly number[] =>
    [...new Set([...a, ...b])].sort((first, second) => first - second);
  return { present: merge(one.present, other.present), absent: merge(one.absent, other.absent) };
}

class ExpressionReader {
  readonly #words: readonly string[];
  readonly #line: number;
  readonly #refusals: Refusals;
  #at = 0;
  #depth = 0;

  constructor(words: readonly string[], line: number, refusals: Refusals) {
    this.#words = words;
    this.#line = line;
    this.#refusals = refusals;
  }

  read(): Expression | undefined {
    const expression = this.#readChain('or');
    if (expression === undefined || this.#at === this.#words.length) return expression;
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

  #readChain(link: 'or' | 'and'): Expression | undefined {
    const parts: Expression[] = [];
    do {
      const next = link === 'or' ? this.#readChain('and') : this.#readNot();
      if (next === undefined) return undefined;
      parts.push(next);
    } while (this.#accept(link));
    return parts.length === 1 ? parts[0] : { kind: link, parts };
  }

  #readNot(): Expression | undefined {
    this.#depth += 1;
    if (this.#depth > maximumDepth) return this.#refuse(`at most ${maximumDepth} levels`);
    const isNegated = this.#accept('not');
    const part = isNegated ? this.#readNot() : this.#readOperand();
    this.#depth -= 1;
    return isNegated && part !== undefined ? { kind: 'not', part } : part;
  }

  #readOperand(): Expression | undefined {
    if (this.#accept('(')) {
      const part = this.#readChain('or');
      if (part === undefined) return undefined;
      return this.#accept(')') ? part : this.#refuse(')');
    }
    const name = this.#words[this.#at];
    if (name === undefined || /^(?:and|or|not|[()])$/i.test(name)) return this.#refuse('the name or id of a rule');
    this.#at += 1;
    return { kind: 'rule', name };
  }
}
