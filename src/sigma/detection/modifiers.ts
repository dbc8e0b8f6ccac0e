import type { TreeScalar } from '../rules/yaml-tree.ts';
import { encodings } from './encodings.ts';
import { expand } from './expand.ts';
import {
  asWritten,
  type Bound,
  type DatePart,
  type Item,
  type Modifier,
  mapOperands,
  misuse,
  type Operand,
  operandsOf,
  textOperand,
} from './item.ts';
import { anything, fixedText, looseDashes, parseTextPattern, type TextPattern } from './text-pattern.ts';

/** contains, startswith and endswith, on text and on field references. */
const open =
  (startsOpen: boolean, endsOpen: boolean): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      if (operand.kind === 'field') return [{ ...operand, startsOpen, endsOpen }];
      if (operand.kind === 'regex') return [{ ...operand, source: anchored(operand.source, startsOpen, endsOpen) }];
      const text = asWritten(operand);
      if (text.kind !== 'text') return 'text';
      const before: TextPattern = startsOpen ? [anything] : [];
      const after: TextPattern = endsOpen ? [anything] : [];
      const pattern = [...before, ...text.pattern, ...after];
      return [{ ...text, raw: undefined, pattern }];
    });

/** A regular expression is found anywhere as it is. */
const anchored = (source: string, startsOpen: boolean, endsOpen: boolean): string =>
  startsOpen && endsOpen ? source : `${startsOpen ? '' : '^'}(?:${source})${endsOpen ? '' : '$'}`;

const loosenDashes: Modifier = (item) =>
  mapOperands(item, (operand) =>
    operand.kind === 'text'
      ? [{ ...operand, raw: undefined, pattern: looseDashes(operand.pattern) }]
      : 'text (in quotes)',
  );

/** Of a text as it was written. */
const ofWritten =
  (expected: string, change: (raw: string) => Operand | undefined): Modifier =>
  (item) =>
    mapOperands(item, (operand) => {
      const text = asWritten(operand);
      const changed = text.kind === 'text' && text.raw !== undefined ? change(text.raw) : undefined;
      return changed === undefined ? expected : [changed];
    });

const toRegex = ofWritten('a regular expression as text, and `re` as first modifier', (source) => ({
  kind: 'regex',
  source,
}));

const toCidr = ofWritten('a network such as 10.0.0.0/8, and `cidr` as first modifier', (text) => ({
  kind: 'cidr',
  text,
}));

const toField = ofWritten(
  'the name of a field without wildcards, and `fieldref` before contains, startswith and endswith',
  (written) => {
    const name = fixedText(parseTextPattern(written));
    return name === undefined || name === '' ? undefined : { kind: 'field', name, startsOpen: false, endsOpen: false };
  },
);

const toBound =
  (operator: Bound): Modifier =>
  (item) =>
    mapOperands(item, (operand) =>
      operand.kind === 'number' ? [{ kind: 'bound', operator, value: operand.value }] : 'a number',
    );

const flagRegex =
  (flag: string): Modifier =>
  (item) =>
    operandsOf(item).every(({ kind }) => kind === 'regex')
      ? { ...item, regexFlags: item.regexFlags + flag }
      : misuse('`re` before it');

const takePart =
  (datePart: DatePart): Modifier =>
  (item) =>
    item.datePart === undefined ? { ...item, datePart } : misuse('one part of a date');

const negate: Modifier = (item) => ({ ...item, isNegated: true });

const linkAll: Modifier = (item) =>
  item.values.length < 2 ? misuse('at least two values under `all`') : { ...item, needsAll: true };

const respectCase: Modifier = (item) =>
  operandsOf(item).every(({ kind }) => kind === 'text' || kind === 'field')
    ? { ...item, isCased: true }
    : misuse('text or a field reference (regular expressions respect case as they are)');

const askExistence: Modifier = (item) =>
  item.values.length === 1 && operandsOf(item)[0]?.kind === 'boolean'
    ? { ...item, asksExistence: true }
    : misuse('true or false');

/** Sigma 2.1, appendix Modifiers; the long names of regular expression flags are pySigma's. */
export const modifiers: ReadonlyMap<string, Modifier> = new Map(
  Object.entries({
    contains: open(true, true),
    startswith: open(false, true),
    endswith: open(true, false),
    all: linkAll,
    exists: askExistence,
    cased: respectCase,
    neq: negate,
    windash: loosenDashes,
    re: toRegex,
    i: flagRegex('i'),
    ignorecase: flagRegex('i'),
    m: flagRegex('m'),
    multiline: flagRegex('m'),
    s: flagRegex('s'),
    dotall: flagRegex('s'),
    ...encodings,
    lt: toBound('lt'),
    lte: toBound('lte'),
    gt: toBound('gt'),
    gte: toBound('gte'),
    minute: takePart('minute'),
    hour: takePart('hour'),
    day: takePart('day'),
    week: takePart('week'),
    month: takePart('month'),
    year: takePart('year'),
    cidr: toCidr,
    fieldref: toField,
    expand,
  } satisfies Record<string, Modifier>),
);

const ranges: Readonly<Record<DatePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

/** What modifiers may not stand beside each other; undefined where nothing is wrong. */
export function misuseOfNames(names: readonly string[]): string | undefined {
  if (names.includes('exists') && names.length > 1) return 'exists alone';
  const anchors = names.filter((name) => ['contains', 'startswith', 'endswith'].includes(name));
  return anchors.length > 1 ? 'one of contains, startswith and endswith' : undefined;
}

/** What a chain of modifiers may not end in, in whatever order it came about. */
export function misuseOfItem(item: Item): string | undefined {
  if (item.isNegated && item.needsAll) return 'no `all` beside neq: the field must differ from every value as it is';
  const operands = operandsOf(item);
  if (item.isNegated && operands.some(({ kind }) => kind === 'bound')) return 'no comparison under neq';
  return item.datePart === undefined ? undefined : misuseOfPart(item.datePart, operands);
}

function misuseOfPart(part: DatePart, operands: readonly Operand[]): string | undefined {
  const [least, most] = ranges[part];
  const isSound = operands.every(
    (operand) =>
      (operand.kind === 'number' || operand.kind === 'bound') &&
      Number.isInteger(operand.value) &&
      operand.value >= least &&
      operand.value <= most,
  );
  return isSound ? undefined : `a number from ${least} to ${most} under ${part}`;
}

/** A value of the YAML as an operand; `%name%` is a placeholder only where `expand` is among the modifiers. */
export function operandOf({ value, text }: Pick<TreeScalar, 'value' | 'text'>, hasPlaceholders: boolean): Operand {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'number') return { kind: 'number', value, text };
  if (typeof value === 'boolean') return { kind: 'boolean', value, text };
  return textOperand(value, hasPlaceholders);
}
