import type { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeMap } from '../rules/yaml-tree.ts';
import type { Detection, Search } from './detection.ts';
import type { ReadContext } from './item.ts';
import { readItem } from './read-item.ts';

/** The section `detection` of a rule, or `filter` of a filter; the keys `besides` are no identifiers. */
export function readDetection(
  tree: TreeMap,
  context: ReadContext,
  besides: readonly string[] = [],
): Detection | undefined {
  const { refusals } = context;
  const identifiers = new Map<string, Search>();
  let isSound = true;
  for (const [name, selection] of tree.entries) {
    if (name === 'condition' || besides.includes(name)) continue;
    const search =
      name === 'timeframe'
        ? refusals.refuse(selection.line, 'timeframe', 'no timeframe: since Sigma 2 it belongs to a correlation rule')
        : readSelection(selection, context);
    if (search === undefined) isSound = false;
    else identifiers.set(name, search);
  }
  const conditions = isSound ? readConditions(tree, refusals) : undefined;
  return conditions && { identifiers, conditions, line: tree.line, refusals };
}

/** A list of conditions is their OR. */
function readConditions(tree: TreeMap, refusals: Refusals): Detection['conditions'] | undefined {
  const condition = tree.entries.get('condition');
  const members = condition?.kind === 'list' ? condition.items : condition === undefined ? [] : [condition];
  if (members.length === 0) return refusals.refuse(condition?.line ?? tree.line, 'no condition', 'a condition');
  const conditions: { readonly text: string; readonly line: number }[] = [];
  for (const member of members) {
    if (member.kind !== 'scalar' || member.value === null)
      return refusals.refuse(member.line, 'a condition that is no text', 'text such as `selection and not filter`');
    conditions.push({ text: member.text, line: member.line });
  }
  return conditions;
}

/** A map is the AND of its items; a list the OR of its maps and keywords; a lone value one keyword. */
export function readSelection(tree: Tree, context: ReadContext): Search | undefined {
  if (tree.kind === 'map') return readMap(tree, context);
  const members = tree.kind === 'list' ? tree.items : [tree];
  if (members.length === 0) return context.refusals.refuse(tree.line, 'an empty list', 'maps or keywords');
  const parts = members.map((member) => {
    if (member.kind === 'list') return context.refusals.refuse(member.line, 'a list in a list', 'maps or keywords');
    return member.kind === 'map' ? readMap(member, context) : readItem('', member, context);
  });
  return parts.every((part) => part !== undefined) ? { kind: 'either', parts } : undefined;
}

function readMap(tree: TreeMap, context: ReadContext): Search | undefined {
  if (tree.entries.size === 0) return context.refusals.refuse(tree.line, 'an empty map', 'fields and values');
  const parts = [...tree.entries].map(([key, value]) => readItem(key, value, context));
  return parts.every((part) => part !== undefined) ? { kind: 'every', parts } : undefined;
}
