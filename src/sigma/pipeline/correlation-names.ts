import type { Correlation } from '../correlation/compile-correlation.ts';
import type { Placeholders } from '../detection/item.ts';
import type { EventKind } from '../event.ts';
import { textOf } from '../field-values.ts';
import { applyItems, joinPipelines, type Pipeline } from './pipeline.ts';
import { RuleInWork, type RuleToProcess } from './rule-in-work.ts';

export interface CorrelationNames {
  /** Reads the correlation's fields by the names of the event's own source. */
  readonly readBy: EventKind;
  /** What a kept event must still know, under all these names. */
  readonly keptFields: readonly string[];
}

interface Context {
  readonly kind: EventKind;
  readonly sources: readonly { readonly source: string; readonly pipeline: Pipeline }[];
  readonly placeholders: Placeholders;
}

/** A correlation may join events of several sources, each of which has its own names for the fields. */
export function namesByCorrelation(
  correlation: Correlation,
  rule: RuleToProcess,
  { kind, sources, placeholders }: Context,
): CorrelationNames {
  const { groupBy, aliases, fields } = correlation;
  const aliased = [...aliases.values()].flatMap((byRule) => [...byRule.values()]);
  const names = [...new Set([...groupBy.filter((name) => !aliases.has(name)), ...fields, ...aliased])];
  const bySource = new Map(
    sources.flatMap(({ source, pipeline }) => {
      const renamed = rename(names, rule, pipeline, placeholders);
      return [...renamed].every(([from, to]) => from === to) ? [] : [[source, renamed] as const];
    }),
  );
  const keptFields = [...new Set([...names, ...bySource.values().flatMap((renamed) => renamed.values())])];
  return { keptFields, readBy: bySource.size === 0 ? kind : { ...kind, readField: readBySource(kind, bySource) } };
}

const readBySource =
  (kind: EventKind, bySource: ReadonlyMap<string, ReadonlyMap<string, string>>): EventKind['readField'] =>
  (name) => {
    const read = kind.readField(name);
    const readers = new Map(
      [...bySource].map(([source, renamed]) => [source, kind.readField(renamed.get(name) ?? name)] as const),
    );
    return (event) => (readers.get(textOf(kind.source(event)) ?? '') ?? read)(event);
  };

/** A field that a source has under several names keeps its own. */
function rename(
  names: readonly string[],
  rule: RuleToProcess,
  pipeline: Pipeline,
  placeholders: Placeholders,
): ReadonlyMap<string, string> {
  const { items, vars } = joinPipelines([pipeline]);
  return new Map(
    names.map((name) => {
      const correlation = { groupBy: [name], aliases: new Map(), fields: [] };
      const work = new RuleInWork({ ...rule, correlation }, { ...placeholders, ...vars });
      applyItems(items, work);
      const [renamed, ...more] = work.correlation?.groupBy ?? [];
      return [name, renamed === undefined || more.length > 0 || work.hasFailed ? name : renamed];
    }),
  );
}
