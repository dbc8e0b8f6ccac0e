import { numberOf } from '../field-values.ts';
import { readTexts } from '../rules/describe-rule.ts';
import type { Refusals } from '../rules/refusals.ts';
import type { TreeMap } from '../rules/yaml-tree.ts';
import { type Conjunction, type Expression, findConjunctions, namedRules } from './rule-expression.ts';

export const correlationTypes = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_median',
  'value_percentile',
  'temporal',
  'temporal_ordered',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export type Condition =
  | {
      readonly kind: 'comparison';
      readonly isMet: (value: number) => boolean;
      /** From 0 to 100; of `value_percentile`, where it says so. */
      readonly percentile: number | undefined;
    }
  | { readonly kind: 'expression'; readonly conjunctions: readonly Conjunction[] };

interface Comparison {
  readonly compare: (found: number, value: number) => boolean;
  readonly value: number;
}

const comparisons: Readonly<Record<string, Comparison['compare']>> = {
  gt: (found, value) => found > value,
  gte: (found, value) => found >= value,
  lt: (found, value) => found < value,
  lte: (found, value) => found <= value,
  eq: (found, value) => found === value,
  neq: (found, value) => found !== value,
};

/** Beyond it sums lose their exactness to overflow. */
export const largestNumber = 1e300;

/** What a condition may compare: counts from 1 to a bound, shares in percent, or any numbers. */
interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

const rangeOf = (type: CorrelationType, mostCount: number, percentile: number | undefined): Range => {
  if (type === 'value_percentile' && percentile === undefined)
    return { least: Number.MIN_VALUE, most: 100, isWhole: false };
  return type.startsWith('temporal') || type.endsWith('_count')
    ? { least: 1, most: mostCount, isWhole: true }
    : { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY, isWhole: false };
};

/** The map under `condition`; several comparisons are their AND. `mostCount` is the largest count there can be. */
export function compileComparisons(
  tree: TreeMap,
  type: CorrelationType,
  mostCount: number,
  refusals: Refusals,
): Condition | undefined {
  const percentile = readPercentile(tree, type, refusals);
  const range = rangeOf(type, mostCount, percentile);
  const expected = `${Object.keys(comparisons).join(', ')} of ${range.isWhole ? 'whole numbers' : 'numbers'}`;
  const parts: Comparison[] = [];
  for (const [key, entry] of tree.entries) {
    if (key === 'field' || key === 'percentile') continue;
    const compare = Object.hasOwn(comparisons, key) ? comparisons[key] : undefined;
    const value = entry.kind === 'scalar' ? numberOf(entry.value) : undefined;
    if (compare === undefined || value === undefined || !isAllowed(value, range))
      return refusals.refuse(entry.line, `condition.${key}`, expected);
    parts.push({ compare, value });
  }
  if (parts.length === 0) return refusals.refuse(tree.line, 'an empty condition', expected);
  const isMet = (found: number): boolean => parts.every(({ compare, value }) => compare(found, value));
  if (!candidates(parts, range).some(isMet)) {
    const where = range.isWhole ? `a count between 1 and ${range.most}` : 'some number';
    return refusals.refuse(tree.line, 'a condition that is never met', `one for ${where}`);
  }
  return { kind: 'comparison', isMet, percentile };
}

const isAllowed = (value: number, { isWhole }: Range): boolean =>
  Math.abs(value) <= largestNumber && (!isWhole || (Number.isInteger(value) && value >= 0));

/** Values among which one meets the comparisons if any does: those compared with, and one on each side of each. */
function candidates(parts: readonly Comparison[], { least, most, isWhole }: Range): readonly number[] {
  const values = parts.map(({ value }) => value).sort((a, b) => a - b);
  const beside = isWhole
    ? values.flatMap((value) => [value - 1, value + 1])
    : values.flatMap((value, index) => [
        (value + (values[index + 1] ?? most)) / 2,
        (value + (values[index - 1] ?? least)) / 2,
      ]);
  return [least, most, ...values, ...beside].filter((value) => value >= least && value <= most);
}

function readPercentile(tree: TreeMap, type: CorrelationType, refusals: Refusals): number | undefined {
  const entry = tree.entries.get('percentile');
  if (entry === undefined) return undefined;
  if (type !== 'value_percentile')
    return refusals.refuse(entry.line, 'condition.percentile', 'a percentile only under value_percentile');
  const value = entry.kind === 'scalar' ? entry.value : undefined;
  if (typeof value === 'number' && value >= 0 && value <= 100) return value;
  return refusals.refuse(entry.line, 'condition.percentile', 'a number from 0 to 100');
}

/** The field that is counted or measured; `value_count` also takes several as a tuple. */
export function readFields(
  condition: TreeMap | undefined,
  type: CorrelationType,
  line: number,
  refusals: Refusals,
): readonly string[] {
  const field = condition?.entries.get('field');
  const fields = readTexts(field, 'field', refusals);
  if (!type.startsWith('value_') && field !== undefined)
    refusals.refuse(field.line, 'condition.field', 'a field only under value_count and its like');
  if (type.startsWith('value_') && fields.length === 0) refusals.refuse(field?.line ?? line, 'no field', 'a field');
  if (type !== 'value_count' && fields.length > 1)
    refusals.refuse(field!.line, `${fields.length} fields`, 'one field: only value_count takes several');
  return fields;
}

/** The expression under `condition`, or where a temporal correlation has none, that all rules must occur. */
export function compileExpression(
  expression: Expression | undefined,
  references: readonly string[],
  line: number,
  refusals: Refusals,
): Condition | undefined {
  if (expression === undefined)
    return { kind: 'expression', conjunctions: [{ present: [...references.keys()], absent: [] }] };
  const named = namedRules(expression);
  for (const name of named)
    if (!references.includes(name)) return refusals.refuse(line, `rule ${name} in the condition`, 'one of `rules`');
  for (const reference of references)
    if (!named.includes(reference)) return refusals.refuse(line, `no ${reference} in the condition`, 'all of `rules`');
  const found = findConjunctions(expression, references);
  if ('expected' in found) return refusals.refuse(line, 'the condition', found.expected);
  return { kind: 'expression', conjunctions: found.conjunctions };
}
