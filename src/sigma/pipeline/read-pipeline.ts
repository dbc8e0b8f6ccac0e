import type { Placeholders } from '../detection/item.ts';
import type { LogSource } from '../log-source.ts';
import type { Refusals } from '../rules/refusals.ts';
import { readYaml, type TreeMap } from '../rules/yaml-tree.ts';
import { readConditions, readLogSource } from './conditions.ts';
import { fieldTransformations } from './field-transformations.ts';
import { Options } from './options.ts';
import { applyItems, type Pipeline, type ProcessingItem, type Transform } from './pipeline.ts';
import { ruleTransformations } from './rule-transformations.ts';
import { valueTransformations } from './value-transformations.ts';

const transformations: Readonly<Record<string, (options: Options) => Transform>> = {
  ...fieldTransformations,
  ...valueTransformations,
  ...ruleTransformations,
};

const known = ['name', 'priority', 'vars', 'transformations', 'allowed_backends', 'cordon'];

/** One YAML document. What it asks for and is not understood is refused with pipeline, item and type. */
export function readPipeline(text: string, refusals: Refusals): Pipeline | undefined {
  const faults = refusals.list.length;
  const trees = readYaml(text, refusals);
  const [tree] = trees;
  if (refusals.list.length > faults) return undefined;
  if (tree?.kind !== 'map' || trees.length > 1)
    return refusals.refuse(tree?.line ?? 1, `${trees.length} documents`, 'one map with `transformations`');
  const options = new Options(tree, 'pipeline', refusals);
  const name = options.text('name') ?? 'without a name';
  const priority = options.scalar('priority') ?? 0;
  if (typeof priority !== 'number') options.refuse('priority', 'a number');
  for (const key of ['postprocessing', 'finalizers'])
    if (tree.entries.has(key)) options.refuse(key, 'no text of a query: rules are evaluated here, not translated');
    else options.tree(key);
  options.tree('allowed_backends');
  const items = options
    .parts('transformations')
    .flatMap(([at, part]) => readProcessingItem(part, `pipeline ${name}, item ${at}`, refusals) ?? []);
  const pipeline = {
    name,
    priority: Number(priority),
    vars: readVars(options),
    items,
    serves: readServed(options),
  };
  for (const [key, { line }] of tree.entries)
    if (!known.includes(key) && key !== 'postprocessing' && key !== 'finalizers')
      refusals.refuse(line, `pipeline ${name}: ${key}`, `one of ${known.join(', ')}`);
  return refusals.list.length === faults ? pipeline : undefined;
}

function readProcessingItem(tree: TreeMap, place: string, refusals: Refusals): ProcessingItem | undefined {
  const type = new Options(tree, place, refusals).requiredText('type');
  const options = new Options(tree, `${place} (${type})`, refusals);
  const id = options.text('id');
  options.tree('type');
  const conditions = readConditions(options);
  const read = Object.hasOwn(transformations, type) ? transformations[type] : undefined;
  const transform = type === 'nest' ? readNest(options) : read?.(options);
  if (transform === undefined) return options.refuse('type', `one of ${Object.keys(transformations).join(', ')}, nest`);
  options.refuseOthers();
  return { id, place: options.place, ...conditions, transform };
}

/** Items of their own behind the conditions of one. */
function readNest(options: Options): Transform {
  const items = options
    .parts('items')
    .flatMap(([at, part]) => readProcessingItem(part, `${options.place}, item ${at}`, options.refusals) ?? []);
  if (items.length === 0) options.refuse('items', 'a list of transformations');
  return (rule) => applyItems(items, rule);
}

function readVars(options: Options): Placeholders {
  if (options.tree('vars') === undefined) return {};
  return Object.fromEntries(options.textsByName('vars'));
}

function readServed(options: Options): readonly LogSource[] {
  const tree = options.tree('cordon');
  if (tree === undefined) return [];
  if (tree.kind !== 'map') return options.refuse('cordon', 'a map with `logsources`') ?? [];
  const inner = new Options(tree, `${options.place}: cordon`, options.refusals);
  const served = inner.parts('logsources').map(([at, part]) => {
    const source = new Options(part, `${inner.place}, log source ${at}`, options.refusals);
    const read = readLogSource(source);
    source.refuseOthers();
    return read;
  });
  inner.refuseOthers();
  return served;
}
