import type { Correlation } from './correlation/compile-correlation.ts';
import { compileCondition } from './detection/condition.ts';
import type { Search, SearchItem } from './detection/detection.ts';
import type { Operand, Placeholders } from './detection/item.ts';
import type { TextPattern } from './detection/text-pattern.ts';
import { includes, type LogSource } from './log-source.ts';
import { applyItems, joinPipelines, type Pipeline } from './pipeline/pipeline.ts';
import { readPipeline } from './pipeline/read-pipeline.ts';
import { RuleInWork } from './pipeline/rule-in-work.ts';
import { type EventDocument, type RuleDocument, readDocument } from './rules/read-document.ts';
import { Refusals } from './rules/refusals.ts';
import { plain, readYaml } from './rules/yaml-tree.ts';
import type { RuleFile } from './sigma.ts';

/** A condition as a tree of plain words. */
export type Asked =
  | { readonly kind: 'every' | 'either' | 'not'; readonly parts: readonly Asked[] }
  /** `eventType is user.session.start` */
  | { readonly kind: 'item'; readonly text: string };

export interface Explained {
  readonly name: string;
  readonly logSource: LogSource | undefined;
  /** One for each condition, of which any will do; empty for a correlation. */
  readonly conditions: readonly Asked[];
  readonly correlation: Correlation | undefined;
  /** Of a correlation, its condition in words: `at least 5`. */
  readonly threshold: string;
  /** The sources whose pipelines serve it, and by the rule's field what it reads there. */
  readonly sources: readonly {
    readonly source: string;
    readonly fields: readonly { readonly written: string; readonly read: readonly string[] }[];
  }[];
}

interface ExplainOptions {
  readonly placeholders?: Placeholders;
  readonly sources: readonly { readonly source: string; readonly pipeline: RuleFile }[];
}

/** What the rules and correlations of a file ask, in words. The file must compile: what is at fault here is left out. */
export function explainRules(file: RuleFile, { placeholders = {}, sources }: ExplainOptions): readonly Explained[] {
  const refusals = new Refusals(file.name);
  const pipelines = sources.flatMap(({ source, pipeline }) => {
    const read = readPipeline(pipeline.text, refusals);
    return read === undefined ? [] : [{ source, pipeline: read }];
  });
  const context = { refusals, placeholders };
  return readYaml(file.text, refusals).flatMap((tree, index) => {
    const place = index === 0 ? file.name : `${file.name}#${index + 1}`;
    const where = { file: file.name, text: file.text, place };
    const document = readDocument(tree, where, context, Number.MAX_SAFE_INTEGER);
    if (document === undefined || document.kind === 'filter') return [];
    const section = tree.kind === 'map' ? tree.entries.get('correlation') : undefined;
    const condition = section?.kind === 'map' ? section.entries.get('condition') : undefined;
    const threshold = condition === undefined ? 'each of them at least once' : thresholdText(plain(condition));
    return { ...explain(document, file.isAsWritten ? [] : pipelines, placeholders), threshold };
  });
}

function explain(
  document: RuleDocument,
  pipelines: readonly { readonly source: string; readonly pipeline: Pipeline }[],
  placeholders: Placeholders,
): Omit<Explained, 'threshold'> {
  const { name } = document.description;
  if (document.kind === 'correlation')
    return { name, logSource: undefined, conditions: [], correlation: document.correlation, sources: [] };
  const { source, detection, refusals } = document;
  const parts = new Map([...detection.identifiers].map(([key, search]) => [key, askedOf(search)]));
  const conditions = detection.conditions.flatMap(
    ({ text, line }) => compileCondition(text, parts, algebra, line, refusals) ?? [],
  );
  const isGeneral = source.product === undefined && source.category === undefined;
  const serving = isGeneral
    ? []
    : pipelines.filter(({ pipeline }) => pipeline.serves.some((served) => includes(source, served)));
  const sources = serving.map((each) => ({
    source: each.source,
    fields: fieldsRead(document, each.pipeline, placeholders),
  }));
  return { name, logSource: source, conditions, correlation: undefined, sources };
}

const comparisonWords: Readonly<Record<string, string>> = {
  gt: 'more than',
  gte: 'at least',
  lt: 'less than',
  lte: 'at most',
  eq: 'exactly',
  neq: 'anything but',
};

function thresholdText(condition: unknown): string {
  if (typeof condition !== 'object' || condition === null) return String(condition);
  const comparisons = Object.entries(condition).filter(([key]) => Object.hasOwn(comparisonWords, key));
  return comparisons.map(([key, value]) => `${comparisonWords[key]} ${value}`).join(' and ');
}

const grouped = (kind: 'every' | 'either', parts: readonly Asked[]): Asked =>
  parts.length === 1 ? parts[0]! : { kind, parts };

const algebra = {
  every: (parts: readonly Asked[]): Asked => grouped('every', parts),
  either: (parts: readonly Asked[]): Asked => grouped('either', parts),
  negate: (part: Asked): Asked => ({ kind: 'not', parts: [part] }),
};

const askedOf = (search: Search): Asked =>
  search.kind === 'item' ? { kind: 'item', text: wordsOf(search) } : grouped(search.kind, search.parts.map(askedOf));

function wordsOf({ field, modifiers, item }: SearchItem): string {
  const values = item.values.map(({ choices }) => [...new Set(choices.map(operandText))].join(' or '));
  const shown = values.length > 12 ? [...values.slice(0, 12), `${values.length - 12} more`] : values;
  const list = shown.join(item.needsAll ? ' and ' : ' or ');
  if (field === undefined) return `the record's text has ${list}`;
  const not = item.isNegated ? 'not ' : '';
  if (item.asksExistence) return `${field} exists: ${list}`;
  const how = modifiers.filter(
    (modifier) =>
      !['all', 'neq', 'expand', 'contains', 'startswith', 'endswith', 'gt', 'gte', 'lt', 'lte'].includes(modifier),
  );
  return `${field} ${not}${how.length > 0 ? `(${how.join(', ')}) ` : ''}is ${list}`;
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'text':
      return operand.raw ?? patternText(operand.pattern);
    case 'number':
    case 'boolean':
      return String(operand.value);
    case 'null':
      return 'absent or null';
    case 'regex':
      return `/${operand.source}/`;
    case 'cidr':
      return `in ${operand.text}`;
    case 'bound':
      return `${{ lt: '<', lte: '≤', gt: '>', gte: '≥' }[operand.operator]} ${operand.value}`;
    case 'field':
      return `the value of ${operand.name}`;
  }
}

const patternText = (pattern: TextPattern): string =>
  pattern
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return typeof piece === 'symbol' ? (piece.description ?? '') : `%${piece.placeholder}%`;
    })
    .join('') || "''";

/** Items are told apart by their place: a pipeline may make several of one. */
function fieldsRead(document: EventDocument, pipeline: Pipeline, placeholders: Placeholders) {
  const { items, vars } = joinPipelines([pipeline]);
  const detections = [document.detection];
  const rule = { ...document, detections, sources: [document.source], correlation: undefined };
  const before = new RuleInWork(rule, placeholders);
  const work = new RuleInWork(rule, { ...placeholders, ...vars });
  applyItems(items, work);
  const after = [...work.items()];
  const read = new Map<string, Set<string>>();
  const written = [...before.items()];
  for (const item of written) {
    if (item.field === undefined) continue;
    // One line may hold several fields, `{ a: 1, b: 2 }`: those that kept their name are no successors of others.
    const onLine = written.filter(({ line, field }) => line === item.line && field !== item.field);
    const successors = after.filter(
      ({ line, field }) => line === item.line && !onLine.some((other) => other.field === field),
    );
    const names = read.get(item.field) ?? new Set<string>();
    for (const { field } of successors) names.add(field ?? 'the record’s text');
    read.set(item.field, names);
  }
  return [...read].map(([name, names]) => ({ written: name, read: [...names] }));
}
