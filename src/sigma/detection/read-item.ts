import type { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeScalar } from '../rules/yaml-tree.ts';
import type { Search } from './detection.ts';
import { type Item, isMisuse, type ReadContext, type Value } from './item.ts';
import { misuseOfItem, misuseOfNames, modifiers, operandOf } from './modifiers.ts';

/** `field|modifier|…: value(s)`; with an empty field name the values are keywords. */
export function readItem(key: string, tree: Tree, context: ReadContext): Search | undefined {
  const [field = '', ...written] = key.split('|');
  const names = written.map((name) => name.toLowerCase());
  const scalars = scalarsOf(tree, context.refusals);
  const item = scalars && applyModifiers(names, scalars, tree.line, context);
  if (item === undefined) return undefined;
  const parts = withNullApart(item).map((part) => ({
    kind: 'item' as const,
    field: field === '' ? undefined : field,
    modifiers: names,
    item: part,
    line: tree.line,
    processedBy: new Set<string>(),
  }));
  const [only] = parts;
  return parts.length === 1 ? only : { kind: item.needsAll || item.isNegated ? 'every' : 'either', parts };
}

/** Absence is another question than a value: of several fields for one, it must hold of each. */
function withNullApart(item: Item): readonly Item[] {
  const isNull = ({ choices }: Value): boolean => choices.some(({ kind }) => kind === 'null');
  const parts = [item.values.filter(isNull), item.values.filter((value) => !isNull(value))];
  return parts.filter((values) => values.length > 0).map((values) => ({ ...item, values }));
}

function scalarsOf(tree: Tree, refusals: Refusals): readonly TreeScalar[] | undefined {
  const scalars = tree.kind === 'list' ? tree.items : [tree];
  if (scalars.length === 0) return refusals.refuse(tree.line, 'an empty list', 'at least one value');
  for (const scalar of scalars) {
    if (scalar.kind !== 'scalar')
      return refusals.refuse(scalar.line, `a ${scalar.kind}`, 'a value or a list of values');
  }
  return scalars as readonly TreeScalar[];
}

function applyModifiers(
  names: readonly string[],
  scalars: readonly TreeScalar[],
  line: number,
  { refusals, placeholders }: ReadContext,
): Item | undefined {
  const chain = `|${names.join('|')}`;
  const contradiction = misuseOfNames(names);
  if (contradiction !== undefined) return refusals.refuse(line, chain, contradiction);
  const hasPlaceholders = names.includes('expand');
  let item: Item = {
    values: scalars.map((scalar) => ({ line: scalar.line, choices: [operandOf(scalar, hasPlaceholders)] })),
    needsAll: false,
    isNegated: false,
    isCased: false,
    asksExistence: false,
    datePart: undefined,
    regexFlags: '',
  };
  for (const name of names) {
    const modify = modifiers.get(name);
    if (modify === undefined)
      return refusals.refuse(line, `modifier |${name}`, `one of ${[...modifiers.keys()].join(', ')}`);
    const outcome = modify(item, placeholders);
    if (isMisuse(outcome)) return refusals.refuse(outcome.line ?? line, `|${name}`, outcome.expected);
    item = outcome;
  }
  const expected = misuseOfItem(item);
  return expected === undefined ? item : refusals.refuse(line, chain, expected);
}
