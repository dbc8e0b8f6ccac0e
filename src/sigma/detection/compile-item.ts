import type { EventKind, Read } from '../event.ts';
import { holds, numberOf, textOf } from '../field-values.ts';
import type { Refusals } from '../rules/refusals.ts';
import { datePartOf } from './date-part.ts';
import type { SearchItem } from './detection.ts';
import { type Bound, type DatePart, type Item, type Operand, operandsOf, type Value } from './item.ts';
import { toKeyword } from './keyword.ts';
import { compileNetwork } from './network.ts';
import { either, every, type Needs, negate, type Predicate } from './predicate.ts';
import { compileRegularExpression } from './regular-expression.ts';
import { rememberVerdicts } from './remember-verdicts.ts';
import { anything, compileTextPatterns, fixedText, foldCase, type TextPattern } from './text-pattern.ts';

export interface ItemContext {
  readonly refusals: Refusals;
  readonly kind: EventKind;
}

type MemberTest = (member: unknown) => boolean;

export function compileItem({ field, modifiers, item }: SearchItem, context: ItemContext): Predicate | undefined {
  if (hasOpenPlaceholder(item, context.refusals)) return undefined;
  const matches = field === undefined ? compileKeywords(modifiers, item, context) : compileField(field, item, context);
  const name = field ?? '';
  return matches && Object.assign(matches, { cost: costOf(name, item, context), needs: needsOf(name, item, context) });
}

/** Neither configured nor replaced by a pipeline. */
function hasOpenPlaceholder(item: Item, refusals: Refusals): boolean {
  for (const { line, choices } of item.values)
    for (const operand of choices)
      for (const piece of operand.kind === 'text' ? operand.pattern : [])
        if (typeof piece === 'object') {
          refusals.refuse(line, '|expand', `a placeholder that is configured, not %${piece.placeholder}%`);
          return true;
        }
  return false;
}

/** Keywords are looked for anywhere in the original line, or where it begins or ends. */
function compileKeywords(names: readonly string[], item: Item, context: ItemContext): Predicate | undefined {
  const anchor = names.find((name) => name === 'startswith' || name === 'endswith');
  const values: Value[] = [];
  for (const value of item.values) {
    const choices = value.choices.map((choice) => toKeyword(choice, anchor));
    if (!choices.every((choice) => choice !== undefined) || item.asksExistence || item.datePart !== undefined)
      return context.refusals.refuse(value.line, 'a keyword', 'text, a number or a regular expression');
    values.push({ ...value, choices });
  }
  return compileValues(context.kind.readText, { ...item, values }, context);
}

function compileField(field: string, item: Item, context: ItemContext): Predicate | undefined {
  const read = context.kind.readField(field);
  const [first] = operandsOf(item);
  if (item.asksExistence && first?.kind === 'boolean') {
    const expected = first.value;
    return (event) => (read(event) !== undefined) === expected;
  }
  return compileValues(read, item, context);
}

/** Numbers cost little, then words, then patterns. */
function costOf(field: string, item: Item, { kind }: ItemContext): number {
  const costs = operandsOf(item).map((operand) => {
    if (operand.kind === 'number' || operand.kind === 'bound' || operand.kind === 'boolean') return 2;
    return operand.kind === 'text' && fixedText(operand.pattern) !== undefined ? 5 : 10;
  });
  return kind.costOf(field, Math.max(1, ...costs));
}

/** Known of a plain list of words. */
function needsOf(field: string, item: Item, { kind }: ItemContext): Needs {
  const routes = kind.routingFields.includes(field);
  const texts = operandsOf(item).map((operand) => (operand.kind === 'text' ? fixedText(operand.pattern) : undefined));
  const isList = !item.needsAll && !item.isNegated && texts.every((text) => text !== undefined);
  return new Map(routes && isList ? [[field, new Set(texts.map(foldCase))]] : []);
}

function compileValues(read: Read, item: Item, context: ItemContext): Predicate | undefined {
  const predicates: Predicate[] = [];
  const patterns: TextPattern[] = [];
  for (const { line, choices } of item.values) {
    const others: Predicate[] = [];
    for (const operand of choices) {
      if (operand.kind === 'text' && !item.needsAll) patterns.push(operand.pattern);
      else {
        const predicate = compileOperand(read, operand, item, line, context);
        if (predicate === undefined) return undefined;
        others.push(predicate);
      }
    }
    // Of a value without any choice (an empty placeholder) `all` must not lose sight: nothing matches it.
    if (others.length > 0 || item.needsAll) predicates.push(either(others));
  }
  if (patterns.length > 0) predicates.unshift(matchTexts(read, patterns, item.isCased));
  const matches = item.needsAll ? every(predicates) : either(predicates);
  return item.isNegated ? negate(matches) : matches;
}

function matchTexts(read: Read, patterns: readonly TextPattern[], isCased: boolean): Predicate {
  const matches = rememberVerdicts(compileTextPatterns(patterns, isCased));
  const takesAll = patterns.some((pattern) => pattern.length > 0 && pattern.every((piece) => piece === anything));
  const matchesMember = (member: unknown): boolean => {
    const text = textOf(member);
    return text === undefined ? takesAll && typeof member === 'object' && member !== null : matches(text);
  };
  return (event) => {
    const value = read(event);
    return typeof value === 'string' ? matches(value) : holds(value, matchesMember);
  };
}

function compileOperand(
  read: Read,
  operand: Operand,
  item: Item,
  line: number,
  { refusals, kind }: ItemContext,
): Predicate | undefined {
  switch (operand.kind) {
    case 'text':
      return matchTexts(read, [operand.pattern], item.isCased);
    case 'number':
    case 'bound':
      return compareNumber(read, operand, item.datePart);
    case 'boolean': {
      const words = [String(operand.value), operand.text.toLowerCase()];
      return onMembers(read, (member) => words.includes(textOf(member)?.toLowerCase() ?? ''));
    }
    case 'null':
      return onMembers(
        (event) => read(event) ?? null,
        (member) => member === null || member === undefined,
      );
    case 'field':
      return compareFields(read, kind.readField(operand.name), operand, item.isCased);
    case 'cidr':
      return matchNetwork(read, operand.text, line, refusals);
    case 'regex': {
      const matcher = compileRegularExpression(operand.source, item.regexFlags);
      if (!matcher.ok) return refusals.refuse(line, matcher.failure.found, matcher.failure.expected);
      return onMembers(read, (member) => {
        const text = textOf(member);
        return text !== undefined && matcher.value(text);
      });
    }
  }
}

function compareNumber(
  read: Read,
  operand: Extract<Operand, { kind: 'number' | 'bound' }>,
  datePart: DatePart | undefined,
): Predicate {
  const test = operand.kind === 'number' ? (value: number) => value === operand.value : testBound(operand);
  const numberIn = datePart === undefined ? numberOf : (member: unknown) => datePartOf(member, datePart);
  const compared = onMembers(read, (member) => {
    const value = numberIn(member);
    return value !== undefined && test(value);
  });
  if (operand.kind === 'bound' || datePart !== undefined || numberOf(operand.text) === operand.value) return compared;
  // Logs have as text what is no decimal number, such as 0x17.
  return either([compared, matchTexts(read, [[operand.text]], false)]);
}

function testBound({ operator, value }: { readonly operator: Bound; readonly value: number }): (x: number) => boolean {
  switch (operator) {
    case 'lt':
      return (found) => found < value;
    case 'lte':
      return (found) => found <= value;
    case 'gt':
      return (found) => found > value;
    case 'gte':
      return (found) => found >= value;
  }
}

/** Any member of the one field against any member of the other. */
function compareFields(
  read: Read,
  readOther: Read,
  { startsOpen, endsOpen }: Extract<Operand, { kind: 'field' }>,
  isCased: boolean,
): Predicate {
  const fold = isCased ? (text: string) => text : foldCase;
  const compare = (text: string, other: string): boolean => {
    if (startsOpen && endsOpen) return text.includes(other);
    if (startsOpen) return text.endsWith(other);
    return endsOpen ? text.startsWith(other) : text === other;
  };
  return (event) => {
    const others = readOther(event);
    return holds(read(event), (member) => {
      const text = textOf(member);
      if (text === undefined) return false;
      const folded = fold(text);
      return holds(others, (other) => {
        const otherText = textOf(other);
        return otherText !== undefined && compare(folded, fold(otherText));
      });
    });
  };
}

function matchNetwork(read: Read, text: string, line: number, refusals: Refusals): Predicate | undefined {
  const network = compileNetwork(text);
  if (!network.ok) return refusals.refuse(line, text, network.failure);
  return onMembers(read, (member) => typeof member === 'string' && network.value(member));
}

const onMembers =
  (read: Read, test: MemberTest): Predicate =>
  (event) =>
    holds(read(event), test);
