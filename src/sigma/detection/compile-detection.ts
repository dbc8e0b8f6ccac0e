import type { Tree, TreeMap } from '../rules/yaml-tree.ts';
import { compileItem, type ItemContext } from './compile-item.ts';
import { compileCondition } from './condition.ts';
import { either, every, type Predicate } from './predicate.ts';

/** The section `detection` of a rule. */
export function compileDetection(tree: TreeMap, context: ItemContext): Predicate | undefined {
  const identifiers = new Map<string, Predicate>();
  let isSound = true;
  for (const [name, selection] of tree.entries) {
    if (name === 'condition') continue;
    const predicate =
      name === 'timeframe'
        ? context.refusals.refuse(
            selection.line,
            'timeframe',
            'no timeframe: since Sigma 2 it belongs to a correlation rule',
          )
        : compileSelection(selection, context);
    if (predicate === undefined) isSound = false;
    else identifiers.set(name, predicate);
  }
  return isSound ? compileConditions(tree, identifiers, context) : undefined;
}

/** A list of conditions is their OR. */
function compileConditions(
  tree: TreeMap,
  identifiers: ReadonlyMap<string, Predicate>,
  { refusals }: ItemContext,
): Predicate | undefined {
  const condition = tree.entries.get('condition');
  const texts = condition?.kind === 'list' ? condition.items : condition === undefined ? [] : [condition];
  if (texts.length === 0) return refusals.refuse(condition?.line ?? tree.line, 'no condition', 'a condition');
  const predicates: Predicate[] = [];
  for (const text of texts) {
    if (text.kind !== 'scalar' || typeof text.value !== 'string')
      return refusals.refuse(text.line, 'a condition that is no text', 'text such as `selection and not filter`');
    const predicate = compileCondition(text.value, identifiers, text.line, refusals);
    if (predicate === undefined) return undefined;
    predicates.push(predicate);
  }
  return either(predicates);
}

/** A map is the AND of its items; a list the OR of its maps and keywords; a lone value one keyword. */
function compileSelection(tree: Tree, context: ItemContext): Predicate | undefined {
  if (tree.kind === 'map') return compileMap(tree, context);
  const members = tree.kind === 'list' ? tree.items : [tree];
  if (members.length === 0) return context.refusals.refuse(tree.line, 'an empty list', 'maps or keywords');
  const predicates = members.map((member) => {
    if (member.kind === 'list') return context.refusals.refuse(member.line, 'a list in a list', 'maps or keywords');
    return member.kind === 'map' ? compileMap(member, context) : compileItem('', member, context);
  });
  return predicates.every((predicate) => predicate !== undefined) ? either(predicates) : undefined;
}

function compileMap(tree: TreeMap, context: ItemContext): Predicate | undefined {
  if (tree.entries.size === 0) return context.refusals.refuse(tree.line, 'an empty map', 'fields and values');
  const predicates = [...tree.entries].map(([key, value]) => compileItem(key, value, context));
  return predicates.every((predicate) => predicate !== undefined) ? every(predicates) : undefined;
}
