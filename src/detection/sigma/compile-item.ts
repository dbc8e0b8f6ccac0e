import ipaddr from 'ipaddr.js';
import { datePartOf } from './date-part.ts';
import { holds, isSlot, numberOf, type Read, readField, textOf } from './event-field.ts';
import { type Bound, type Item, modifiers, type Operand, operandOf, type Placeholders } from './modifiers.ts';
import { either, every, type Needs, negate, type Predicate, routingSlots } from './predicate.ts';
import type { Refusals } from './refusals.ts';
import { compileRegularExpression } from './regular-expression.ts';
import { rememberVerdicts } from './remember-verdicts.ts';
import { anything, compileTextPatterns, fixedText, foldCase, type TextPattern } from './text-pattern.ts';
import type { Tree, TreeScalar } from './yaml-tree.ts';

export interface ItemContext {
  readonly refusals: Refusals;
  readonly placeholders: Placeholders;
}

type MemberTest = (member: unknown) => boolean;

/** `field|modifier|…: value(s)`; with an empty field name the values are keywords. */
export function compileItem(key: string, tree: Tree, context: ItemContext): Predicate | undefined {
  const [field = '', ...names] = key.split('|');
  const scalars = scalarsOf(tree, context.refusals);
  if (scalars === undefined) return undefined;
  const isKeyword = field === '';
  const item = applyModifiers(names, scalars, tree.line, context);
  if (item === undefined) return undefined;
  const matches = isKeyword ? compileKeywords(item, tree.line, context) : compileField(field, item, tree.line, context);
  return matches && Object.assign(matches, { cost: costOf(field, item), needs: needsOf(field, item) });
}

function scalarsOf(tree: Tree, refusals: Refusals): readonly TreeScalar[] | undefined {
  const scalars = tree.kind === 'list' ? tree.items : [tree];
  if (scalars.length === 0) return refusals.refuse(tree.line, 'an empty list', 'at least one value');
  for (const scalar of scalars) {
    if (scalar.kind !== 'scalar')
      return refusals.refuse(scalar.line, `a ${scalar.kind}`, 'a value or a list of values');
    if (scalar.value === null && scalars.length > 1)
      return refusals.refuse(scalar.line, 'null in a list', 'a selection of its own for null');
  }
  return scalars as readonly TreeScalar[];
}

function applyModifiers(
  names: readonly string[],
  scalars: readonly TreeScalar[],
  line: number,
  { refusals, placeholders }: ItemContext,
): Item | undefined {
  let item: Item = {
    operands: scalars.map(({ value }) => [operandOf(value)]),
    needsAll: false,
    isNegated: false,
    isCased: false,
    asksExistence: false,
    datePart: undefined,
    regexFlags: '',
  };
  if (names.includes('exists') && names.length > 1) return refusals.refuse(line, names.join('|'), 'exists alone');
  for (const name of names) {
    const modify = modifiers.get(name);
    if (modify === undefined)
      return refusals.refuse(line, `modifier |${name}`, `one of ${[...modifiers.keys()].join(', ')}`);
    const outcome = modify(item, placeholders);
    if (typeof outcome === 'string') return refusals.refuse(line, `|${name}`, outcome);
    item = outcome;
  }
  const isNumeric = item.operands.flat().every(({ kind }) => kind === 'number' || kind === 'bound');
  if (item.datePart !== undefined && !isNumeric) return refusals.refuse(line, `|${item.datePart}`, 'a number');
  return item;
}

/** Keywords are looked for anywhere in the original line. */
function compileKeywords(item: Item, line: number, context: ItemContext): Predicate | undefined {
  const readLine: Read = (event) => event.raw;
  const widen = (operand: Operand): Operand => {
    if (operand.kind === 'text') return { ...operand, pattern: [anything, ...operand.pattern, anything] };
    const text = operand.kind === 'number' || operand.kind === 'boolean' ? String(operand.value) : undefined;
    if (text === undefined) return operand;
    return { kind: 'text', pattern: [anything, text, anything], raw: undefined, isBytes: false };
  };
  const operands = item.operands.map((alternatives) => alternatives.map(widen));
  const isSearchable = operands.flat().every(({ kind }) => kind === 'text' || kind === 'regex');
  if (!isSearchable || item.asksExistence || item.datePart !== undefined)
    return context.refusals.refuse(line, 'a keyword', 'text, a number or a regular expression');
  return compileValues(readLine, { ...item, operands }, line, context);
}

function compileField(field: string, item: Item, line: number, context: ItemContext): Predicate | undefined {
  const read = readField(field);
  const [first] = item.operands[0]!;
  if (item.asksExistence && first?.kind === 'boolean') {
    const expected = first.value;
    return (event) => (read(event) !== undefined) === expected;
  }
  return compileValues(read, item, line, context);
}

/**
 * Numbers cost little, then words, then patterns; the vendor's own fields have to be found first. What history says
 * rules out most events, and the activity none: by it the rule was chosen.
 */
function costOf(field: string, { operands }: Item): number {
  if (field === 'activity_name') return 20;
  if (field.startsWith('history.')) return 1;
  const kinds = operands.flat().map((operand) => {
    if (operand.kind === 'number' || operand.kind === 'bound' || operand.kind === 'boolean') return 2;
    return operand.kind === 'text' && fixedText(operand.pattern) !== undefined ? 5 : 10;
  });
  return Math.max(...kinds) + (isSlot(field) ? 0 : 10);
}

/** Known of a plain list of words. */
function needsOf(field: string, { operands, needsAll, isNegated }: Item): Needs {
  const slot = routingSlots.find((name) => name === field);
  const texts = operands.flat().map((operand) => (operand.kind === 'text' ? fixedText(operand.pattern) : undefined));
  const isList = !needsAll && !isNegated && texts.every((text) => text !== undefined);
  return new Map(slot !== undefined && isList ? [[slot, new Set(texts.map(foldCase))]] : []);
}

function compileValues(read: Read, item: Item, line: number, context: ItemContext): Predicate | undefined {
  const predicates: Predicate[] = [];
  const patterns: TextPattern[] = [];
  for (const alternatives of item.operands) {
    const choices: Predicate[] = [];
    for (const operand of alternatives) {
      if (operand.kind === 'text' && !item.needsAll) patterns.push(operand.pattern);
      else {
        const predicate = compileOperand(read, operand, item, line, context);
        if (predicate === undefined) return undefined;
        choices.push(predicate);
      }
    }
    if (choices.length > 0) predicates.push(either(choices));
  }
  if (patterns.length > 0) predicates.unshift(matchTexts(read, patterns, item.isCased));
  const matches = item.needsAll ? every(predicates) : either(predicates);
  return item.isNegated ? negate(matches) : matches;
}

function matchTexts(read: Read, patterns: readonly TextPattern[], isCased: boolean): Predicate {
  const matches = rememberVerdicts(compileTextPatterns(patterns, isCased));
  const matchesMember = (member: unknown): boolean => {
    const text = textOf(member);
    return text !== undefined && matches(text);
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
  { refusals }: ItemContext,
): Predicate | undefined {
  switch (operand.kind) {
    case 'text':
      return matchTexts(read, [operand.pattern], item.isCased);
    case 'number':
    case 'bound': {
      const test = operand.kind === 'number' ? (value: number) => value === operand.value : testBound(operand);
      const { datePart } = item;
      const numberIn = datePart === undefined ? numberOf : (member: unknown) => datePartOf(member, datePart);
      return onMembers(read, (member) => {
        const value = numberIn(member);
        return value !== undefined && test(value);
      });
    }
    case 'boolean':
      return onMembers(read, (member) => textOf(member)?.toLowerCase() === String(operand.value));
    case 'null':
      return onMembers(
        (event) => read(event) ?? null,
        (member) => member === null || member === undefined,
      );
    case 'field':
      return compareFields(read, operand, item.isCased);
    case 'cidr':
      return compileNetwork(read, operand.text, line, refusals);
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
function compareFields(read: Read, reference: Extract<Operand, { kind: 'field' }>, isCased: boolean): Predicate {
  const readOther = readField(reference.name);
  const fold = isCased ? (text: string) => text : foldCase;
  const { startsOpen, endsOpen } = reference;
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

function compileNetwork(read: Read, text: string, line: number, refusals: Refusals): Predicate | undefined {
  const network = ipaddr.isValid(text) ? `${text}/${text.includes(':') ? 128 : 32}` : text;
  if (!ipaddr.isValidCIDR(network)) return refusals.refuse(line, text, 'a network such as 10.0.0.0/8 or 2001:db8::/32');
  const [base, bits] = ipaddr.parseCIDR(network);
  const whole = base.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  if (whole.networkAddressFromCIDR(network).toString() !== base.toString())
    return refusals.refuse(line, text, `a network without host bits: ${whole.networkAddressFromCIDR(network)}/${bits}`);
  return onMembers(read, (member) => {
    if (typeof member !== 'string' || !ipaddr.isValid(member)) return false;
    const address = ipaddr.process(member);
    return address.kind() === base.kind() && address.match(base, bits);
  });
}

const onMembers =
  (read: Read, test: MemberTest): Predicate =>
  (event) =>
    holds(read(event), test);
