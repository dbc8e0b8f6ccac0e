import { readText, readTexts } from '../rules/describe-rule.ts';
import type { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeMap } from '../rules/yaml-tree.ts';

/** The section `correlation`, its rules still named and not yet found. */
export interface Correlation {
  readonly type: CorrelationType;
  readonly references: readonly string[];
  readonly groupBy: readonly string[];
  /** Alias → the rule, by name or id, → its field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly timespanMs: number;
  /** Whether a count satisfies the condition. */
  readonly isMet: (count: number) => boolean;
  /** Whose different values `value_count` counts; several make a tuple. */
  readonly fields: readonly string[];
  /** Whether the rules it refers to alert on their own as well. */
  readonly generates: boolean;
  readonly line: number;
}

const types = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const;
export type CorrelationType = (typeof types)[number];

const keys = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];

const dayMs = 86_400_000;
/** Sigma names s, m, h and d; pySigma also w, M and y, here of fixed length. */
const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
  y: 365 * dayMs,
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
  const type = types.find((known) => known === readText(tree.entries.get('type'), 'type', refusals));
  if (type === undefined) return refusals.refuse(lineOf(tree, 'type'), 'no such type', `one of ${types.join(', ')}`);
  const references = readTexts(tree.entries.get('rules'), 'rules', refusals);
  if (references.length === 0) return refusals.refuse(lineOf(tree, 'rules'), 'no rules', 'names or ids of rules');
  if (new Set(references).size < references.length)
    return refusals.refuse(lineOf(tree, 'rules'), 'a rule twice', 'each rule once');
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const most = isTemporal ? references.length : maximumCount;
  const isMet = compileCounting(tree, isTemporal ? references.length : undefined, most, refusals);
  const timespanMs = readTimespan(tree, refusals);
  const fields = readCountedFields(tree, type, refusals);
  const aliases = readAliases(tree, references, refusals);
  const generate = tree.entries.get('generate') ?? ruleTree.entries.get('generate');
  if (generate !== undefined && !(generate.kind === 'scalar' && typeof generate.value === 'boolean'))
    refusals.refuse(generate.line, 'generate', 'true or false');
  if (isMet === undefined || timespanMs === undefined || refusals.list.length > faults) return undefined;
  return {
    type,
    references,
    groupBy: readTexts(tree.entries.get('group-by'), 'group-by', refusals),
    aliases,
    timespanMs,
    isMet,
    fields,
    generates: generate?.kind === 'scalar' && generate.value === true,
    line: tree.line,
  };
}

const lineOf = (tree: TreeMap, key: string): number => tree.entries.get(key)?.line ?? tree.line;

function readTimespan(tree: TreeMap, refusals: Refusals): number | undefined {
  const text = readText(tree.entries.get('timespan'), 'timespan', refusals) ?? 'nothing';
  const [, number, unit] = /^([1-9]\d{0,5})([smhdwMy])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    return refusals.refuse(lineOf(tree, 'timespan'), `timespan ${text}`, 'a number and s, m, h, d, w, M or y');
  return Number(number) * unitsMs[unit]!;
}

const comparisons: Readonly<Record<string, (count: number, value: number) => boolean>> = {
  gt: (count, value) => count > value,
  gte: (count, value) => count >= value,
  lt: (count, value) => count < value,
  lte: (count, value) => count <= value,
  eq: (count, value) => count === value,
  neq: (count, value) => count !== value,
};

/** Several comparisons are their AND. `unstated` is what a temporal correlation needs without a condition. */
function compileCounting(
  tree: TreeMap,
  unstated: number | undefined,
  most: number,
  refusals: Refusals,
): ((count: number) => boolean) | undefined {
  const condition = tree.entries.get('condition');
  if (condition === undefined && unstated !== undefined) return (count) => count >= unstated;
  const expected = `a map of ${Object.keys(comparisons).join(', ')} to whole numbers`;
  if (condition?.kind !== 'map') return refusals.refuse(lineOf(tree, 'condition'), 'no such condition', expected);
  const parts: { readonly compare: (count: number, value: number) => boolean; readonly value: number }[] = [];
  for (const [key, tree] of condition.entries) {
    if (key === 'field') continue;
    const compare = Object.hasOwn(comparisons, key) ? comparisons[key] : undefined;
    const value = tree.kind === 'scalar' ? tree.value : undefined;
    if (compare === undefined || typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      return refusals.refuse(tree.line, `condition.${key}`, expected);
    parts.push({ compare, value });
  }
  if (parts.length === 0) return refusals.refuse(condition.line, 'an empty condition', expected);
  const isMet = (count: number): boolean => parts.every(({ compare, value }) => compare(count, value));
  const candidates = [1, most, ...parts.flatMap(({ value }) => [value - 1, value, value + 1])];
  if (!candidates.some((count) => count >= 1 && count <= most && isMet(count)))
    return refusals.refuse(condition.line, 'a condition that is never met', `one for a count between 1 and ${most}`);
  return isMet;
}

function readCountedFields(tree: TreeMap, type: CorrelationType, refusals: Refusals): readonly string[] {
  const condition = tree.entries.get('condition');
  const field = condition?.kind === 'map' ? condition.entries.get('field') : undefined;
  if (type === 'value_count' && field === undefined) refusals.refuse(lineOf(tree, 'condition'), 'no field', 'a field');
  if (type !== 'value_count' && field !== undefined)
    refusals.refuse(field.line, 'condition.field', 'a field only under value_count');
  return readTexts(field, 'field', refusals);
}

/** Every alias names a field for every rule. */
function readAliases(tree: TreeMap, references: readonly string[], refusals: Refusals): Correlation['aliases'] {
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  const section: Tree | undefined = tree.entries.get('aliases');
  if (section === undefined) return aliases;
  if (section.kind !== 'map') {
    refusals.refuse(section.line, 'aliases', 'a map of aliases');
    return aliases;
  }
  for (const [alias, fields] of section.entries) {
    const entries = fields.kind === 'map' ? fields.entries : new Map<string, Tree>();
    const byRule = new Map<string, string>();
    for (const reference of references) {
      const field = readText(entries.get(reference), reference, refusals);
      if (field === undefined) refusals.refuse(fields.line, `alias ${alias}`, `a field for rule ${reference}`);
      else byRule.set(reference, field);
    }
    for (const [name, { line }] of entries)
      if (!references.includes(name)) refusals.refuse(line, `rule ${name}`, `one of ${references.join(', ')}`);
    aliases.set(alias, byRule);
  }
  return aliases;
}
