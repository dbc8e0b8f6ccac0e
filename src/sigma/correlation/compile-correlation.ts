import { readText, readTexts } from '../rules/describe-rule.ts';
import type { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeMap } from '../rules/yaml-tree.ts';
import {
  type Condition,
  type CorrelationType,
  compileComparisons,
  compileExpression,
  correlationTypes,
  readFields,
} from './compile-condition.ts';
import { type Expression, namedRules, parseExpression } from './rule-expression.ts';

/** The section `correlation`, its rules still named and not yet found. */
export interface Correlation {
  readonly type: CorrelationType;
  readonly references: readonly string[];
  readonly groupBy: readonly string[];
  /** Alias → the rule, by name or id → its field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly timespanMs: number;
  readonly condition: Condition;
  /** What value types count or measure; several of `value_count` make a tuple. */
  readonly fields: readonly string[];
  /** Whether the rules it refers to alert on their own as well. */
  readonly generates: boolean;
  readonly line: number;
}

const keys = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];

const dayMs = 86_400_000;
/** Sigma names s, m, h and d; pySigma also w, M and y: the mean month and year of the Gregorian calendar. */
const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 2_629_746_000,
  y: 31_556_952_000,
};

/** Temporal types whose condition must be an expression, by the names pySigma gives them. */
const extendedTypes: Readonly<Record<string, CorrelationType>> = {
  temporal_extended: 'temporal',
  temporal_ordered_extended: 'temporal_ordered',
};

export function compileCorrelation(
  tree: TreeMap,
  ruleTree: TreeMap,
  maximumCount: number,
  refusals: Refusals,
): Correlation | undefined {
  const faults = refusals.list.length;
  for (const [key, value] of tree.entries)
    if (!keys.includes(key)) refusals.refuse(value.line, `correlation.${key}`, `one of ${keys.join(', ')}`);
  const type = readType(tree, refusals);
  if (type === undefined) return undefined;
  const expression = readExpression(tree, type, refusals);
  const references = readReferences(tree, expression, refusals);
  const timespanMs = readTimespan(tree, refusals);
  const groupBy = readTexts(tree.entries.get('group-by'), 'group-by', refusals);
  if (new Set(groupBy).size < groupBy.length) refusals.refuse(lineOf(tree, 'group-by'), 'a field twice', 'each once');
  const entry = tree.entries.get('condition');
  const fields = readFields(entry?.kind === 'map' ? entry : undefined, type, lineOf(tree, 'condition'), refusals);
  const aliases = readAliases(tree, refusals);
  const generates = readGenerate(tree.entries.get('generate') ?? ruleTree.entries.get('generate'), refusals);
  if (references === undefined) return undefined;
  const most = isTemporal(type) ? references.length : maximumCount;
  const condition =
    entry?.kind === 'map'
      ? compileComparisons(entry, type, most, refusals)
      : compileExpression(expression, references, lineOf(tree, 'condition'), refusals);
  if (condition === undefined || timespanMs === undefined || refusals.list.length > faults) return undefined;
  return { type, references, groupBy, aliases, timespanMs, condition, fields, generates, line: tree.line };
}

const lineOf = (tree: TreeMap, key: string): number => tree.entries.get(key)?.line ?? tree.line;

const isTemporal = (type: CorrelationType): boolean => type === 'temporal' || type === 'temporal_ordered';

function readType(tree: TreeMap, refusals: Refusals): CorrelationType | undefined {
  const text = readText(tree.entries.get('type'), 'type', refusals) ?? '';
  const extended = Object.hasOwn(extendedTypes, text) ? extendedTypes[text] : undefined;
  if (extended !== undefined && tree.entries.get('condition')?.kind !== 'scalar')
    return refusals.refuse(lineOf(tree, 'condition'), 'no such condition', 'an expression over names of rules');
  const type = extended ?? correlationTypes.find((known) => known === text);
  const expected = [...correlationTypes, ...Object.keys(extendedTypes)].join(', ');
  return type ?? refusals.refuse(lineOf(tree, 'type'), 'no such type', `one of ${expected}`);
}

/** Under temporal types a text is an expression over rules; elsewhere a condition is a map. */
function readExpression(tree: TreeMap, type: CorrelationType, refusals: Refusals): Expression | undefined {
  const condition = tree.entries.get('condition');
  if (condition?.kind === 'map' || (condition === undefined && isTemporal(type))) return undefined;
  if (condition?.kind === 'scalar' && typeof condition.value === 'string' && isTemporal(type))
    return parseExpression(condition.value, condition.line, refusals);
  const expected = isTemporal(type) ? 'a map of comparisons or an expression over rules' : 'a map of comparisons';
  return refusals.refuse(lineOf(tree, 'condition'), 'no such condition', expected);
}

function readReferences(
  tree: TreeMap,
  expression: Expression | undefined,
  refusals: Refusals,
): readonly string[] | undefined {
  const stated = readTexts(tree.entries.get('rules'), 'rules', refusals);
  const references = stated.length === 0 && expression !== undefined ? namedRules(expression) : stated;
  if (references.length === 0) return refusals.refuse(lineOf(tree, 'rules'), 'no rules', 'names or ids of rules');
  if (new Set(references).size < references.length)
    return refusals.refuse(lineOf(tree, 'rules'), 'a rule twice', 'each rule once');
  return references;
}

function readTimespan(tree: TreeMap, refusals: Refusals): number | undefined {
  const text = readText(tree.entries.get('timespan'), 'timespan', refusals) ?? 'nothing';
  const [, number, unit] = /^([1-9]\d{0,5})([smhdwMy])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    return refusals.refuse(lineOf(tree, 'timespan'), `timespan ${text}`, 'a number and s, m, h, d, w, M or y');
  return Number(number) * unitsMs[unit]!;
}

function readGenerate(tree: Tree | undefined, refusals: Refusals): boolean {
  if (tree === undefined) return false;
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
  refusals.refuse(tree.line, 'generate', 'true or false');
  return false;
}

function readAliases(tree: TreeMap, refusals: Refusals): Correlation['aliases'] {
  const section: Tree | undefined = tree.entries.get('aliases');
  if (section === undefined) return new Map();
  if (section.kind === 'map')
    return new Map([...section.entries].map(([alias, fields]) => [alias, readAlias(alias, fields, refusals)]));
  refusals.refuse(section.line, 'aliases', 'a map of aliases');
  return new Map();
}

function readAlias(alias: string, tree: Tree, refusals: Refusals): ReadonlyMap<string, string> {
  if (tree.kind === 'map')
    return new Map([...tree.entries].map(([rule, field]) => [rule, readText(field, rule, refusals) ?? '']));
  refusals.refuse(tree.line, `alias ${alias}`, 'a map of rules to their fields');
  return new Map();
}

/**
 * The same with each alias by the rules as `references` calls them: an alias may call a rule by its name where `rules`
 * has its id. Every alias must name one field for every rule.
 */
export function settleAliases(
  correlation: Correlation,
  rules: readonly { readonly name: string; readonly id: string }[],
  refuse: (found: string, expected: string) => void,
): Correlation {
  const { references } = correlation;
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  for (const [alias, fields] of correlation.aliases) {
    const settled = new Map<string, string>();
    for (const [handle, field] of fields) {
      const reference = references[rules.findIndex(({ name, id }) => name === handle || id === handle)];
      if (reference === undefined) refuse(`rule ${handle} in alias ${alias}`, `one of ${references.join(', ')}`);
      else if (settled.has(reference)) refuse(`rule ${handle} twice in alias ${alias}`, 'each rule once');
      else settled.set(reference, field);
    }
    for (const reference of references)
      if (!settled.has(reference)) refuse(`alias ${alias}`, `a field for rule ${reference}`);
    aliases.set(alias, settled);
  }
  return { ...correlation, aliases };
}
