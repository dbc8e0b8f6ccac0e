import type { Detection, Search, SearchItem } from '../detection/detection.ts';
import type { Operand, Placeholders } from '../detection/item.ts';
import type { LogSource } from '../log-source.ts';
import type { Refusals } from '../rules/refusals.ts';
import type { ProcessingItem } from './pipeline.ts';

export type Scalar = string | number | boolean | null;

/** The names of fields in a correlation. */
export interface CorrelationFields {
  readonly groupBy: readonly string[];
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly fields: readonly string[];
}

/** What a pipeline can ask of and change in a rule or correlation. */
export interface RuleToProcess {
  readonly kind: 'event' | 'correlation';
  readonly description: { readonly fields: readonly string[] };
  /** Top-level keys of the document. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of an event rule one, of a correlation those of the rules it refers to, in the end. */
  readonly sources: readonly LogSource[];
  /** Its own and those of its filters, of which all must hold; empty for correlations. */
  readonly detections: readonly Detection[];
  readonly correlation: CorrelationFields | undefined;
  readonly line: number;
  readonly refusals: Refusals;
}

/** One rule on its way through pipelines: what they have made of it so far, and what they have noted. */
export class RuleInWork {
  readonly rule: RuleToProcess;
  readonly vars: Placeholders;
  readonly state = new Map<string, Scalar>();
  readonly processedBy = new Set<string>();
  readonly custom = new Map<string, unknown>();
  /** Names that a field mapping has given, be it the same name. */
  readonly mappedFields = new Set<string>();
  detections: readonly Detection[];
  sources: readonly LogSource[];
  correlation: CorrelationFields | undefined;
  fields: readonly string[];
  hasFailed = false;
  readonly #fieldsProcessedBy = new Map<string, ReadonlySet<string>>();

  constructor(rule: RuleToProcess, vars: Placeholders) {
    this.rule = rule;
    this.vars = vars;
    this.detections = rule.detections;
    this.sources = rule.sources;
    this.correlation = rule.correlation;
    this.fields = rule.description.fields;
  }

  /** The rule cannot be used: `item` says so, or cannot do with it what it should. */
  fail(item: ProcessingItem, expected: string, line = this.rule.line): void {
    this.hasFailed = true;
    this.rule.refusals.refuse(line, `what ${item.place} fails on`, expected);
  }

  *items(): Generator<SearchItem> {
    for (const { identifiers } of this.detections) for (const search of identifiers.values()) yield* itemsOf(search);
  }

  /** Changes the items that `by` is for. `change` gives the item's successor, undefined to leave it as it is. */
  changeItems(by: ProcessingItem, change: (item: SearchItem) => Search | 'dropped' | undefined): void {
    const changeSearch = (search: Search): Search | undefined => {
      if (search.kind !== 'item') return { ...search, parts: search.parts.flatMap((part) => changeSearch(part) ?? []) };
      const changed = by.isForItem(this, search) ? change(search) : undefined;
      return changed === 'dropped' ? undefined : changed === undefined ? search : markAll(changed, by.id);
    };
    this.detections = this.detections.map((detection) => ({
      ...detection,
      identifiers: new Map(
        [...detection.identifiers].map(([name, search]) => [
          name,
          changeSearch(search) ?? { kind: 'every', parts: [] },
        ]),
      ),
    }));
  }

  /** Changes the values of the items that `by` is for; undefined leaves one as it is. */
  changeOperands(
    by: ProcessingItem,
    change: (operand: Operand, item: SearchItem) => readonly Operand[] | undefined,
  ): void {
    this.changeItems(by, (item) => {
      let isChanged = false;
      const values = item.item.values.map(({ line, choices }) => ({
        line,
        choices: choices.flatMap((operand) => {
          const changed = change(operand, item);
          isChanged ||= changed !== undefined;
          return changed ?? [operand];
        }),
      }));
      return isChanged ? { ...item, item: { ...item.item, values } } : undefined;
    });
  }

  noteField(from: string, to: readonly string[], id: string | undefined): void {
    for (const name of to) this.mappedFields.add(name);
    if (to.length === 1 && to[0] === from) return;
    const ids = new Set(this.#fieldsProcessedBy.get(from));
    if (id !== undefined) ids.add(id);
    this.#fieldsProcessedBy.delete(from);
    for (const name of to) this.#fieldsProcessedBy.set(name, ids);
  }

  wasFieldProcessedBy(field: string, id: string): boolean {
    return this.#fieldsProcessedBy.get(field)?.has(id) ?? false;
  }
}

function* itemsOf(search: Search): Generator<SearchItem> {
  if (search.kind === 'item') yield search;
  else for (const part of search.parts) yield* itemsOf(part);
}

const markAll = (search: Search, id: string | undefined): Search =>
  search.kind !== 'item'
    ? { ...search, parts: search.parts.map((part) => markAll(part, id)) }
    : id === undefined
      ? search
      : { ...search, processedBy: new Set([...search.processedBy, id]) };
