import { failure, type Result, success } from '#model/result.ts';
import type { CorrelationLimits } from './correlation/correlator.ts';
import type { Placeholders } from './detection/item.ts';
import type { RuleSetStatistics } from './evaluation.ts';
import type { EventKind, SigmaEvent } from './event.ts';
import { assignFilters } from './filters/filter.ts';
import type { LogSource } from './log-source.ts';
import type { Pipeline } from './pipeline/pipeline.ts';
import { readPipeline } from './pipeline/read-pipeline.ts';
import type { Match, Rule } from './rule.ts';
import { type CompileContext, compileDocument, type Notice, type SourcePipeline } from './rules/compile-documents.ts';
import { linkRules } from './rules/link-rules.ts';
import { type Document, type RuleDocument, readDocument } from './rules/read-document.ts';
import { type Fault, Refusals } from './rules/refusals.ts';
import { readYaml } from './rules/yaml-tree.ts';

export interface RuleFile {
  readonly name: string;
  /** One or more YAML documents. */
  readonly text: string;
  /** Its rules name the events' fields by their own names already: no source's pipeline changes them. */
  readonly isAsWritten?: true;
}

export interface RuleSetOptions<Event extends SigmaEvent> extends Partial<CorrelationLimits> {
  readonly kind: EventKind<Event>;
  /** Values of `%name%` under the modifier `expand`, and for pipelines' `value_placeholders`. */
  readonly placeholders?: Placeholders;
  /** Processing pipelines for all rules, each one YAML document. */
  readonly pipelines?: readonly RuleFile[];
  /** Processing pipelines each for the rules of the log sources it declares, on events of one source alone. */
  readonly sources?: readonly { readonly source: string; readonly pipeline: RuleFile }[];
  /** Whether events of a log source that no pipeline declares come all the same; a rule of any other is told of. */
  readonly isServed?: (source: LogSource) => boolean;
}

export interface RuleSet<Event extends SigmaEvent = SigmaEvent> {
  /** In the order of the files; those that only feed correlations included. */
  readonly rules: readonly Rule[];
  /** What a person should know of rules that compiled. */
  readonly notices: readonly Notice[];
  /** What this event, with those before it, makes fire. Events may come out of order up to `latenessMs`. */
  evaluate(event: Event): readonly Match<Event>[];
  statistics(): RuleSetStatistics;
}

const defaultLimits: CorrelationLimits = {
  latenessMs: 600_000,
  maximumGroups: 100_000,
  maximumEventsPerGroup: 5_000,
  maximumEvents: 200_000,
};

/** Compiles Sigma 2.1 rules, correlations and filters. All or nothing: every fault of every file is told, with its line. */
export function compileRules<Event extends SigmaEvent>(
  files: readonly RuleFile[],
  options: RuleSetOptions<Event>,
): Result<RuleSet<Event>, readonly Fault[]> {
  // Inside, an event is what its kind makes of it; only events of this kind come in.
  const kind = options.kind as unknown as EventKind;
  const limits: CorrelationLimits = { ...defaultLimits, ...options };
  const placeholders = options.placeholders ?? {};
  const notices: Notice[] = [];
  const byFile: Refusals[] = [];
  const open = (file: RuleFile): Refusals => {
    const refusals = new Refusals(file.name);
    byFile.push(refusals);
    return refusals;
  };
  const pipelines = readPipelines(options.pipelines ?? [], open);
  const sources = (options.sources ?? []).flatMap(({ source, pipeline }): readonly SourcePipeline[] =>
    readPipelines([pipeline], open).map((read) => ({ source, pipeline: read })),
  );
  const documents = files.flatMap((file) => readFile(file, open(file), placeholders, limits.maximumEventsPerGroup));
  const faults = (): readonly Fault[] => byFile.flatMap(({ list }) => list);
  if (faults().length > 0) return failure(faults());
  const tell = (notice: Notice): void => void notices.push(notice);
  const { isServed } = options;
  const drafts = compileAll(documents, {
    kind,
    pipelines,
    sources,
    placeholders,
    tell,
    isServed,
    asWritten: new Set(files.filter(({ isAsWritten }) => isAsWritten === true).map(({ name }) => name)),
  });
  const linked = faults().length === 0 ? linkRules(drafts, limits, kind) : undefined;
  if (linked === undefined) return failure(faults());
  const { rules, evaluation } = linked;
  return success({
    rules,
    notices,
    evaluate: (event) => evaluation.evaluate(event) as readonly Match<Event>[],
    statistics: () => evaluation.statistics(),
  });
}

const readPipelines = (files: readonly RuleFile[], open: (file: RuleFile) => Refusals): readonly Pipeline[] =>
  files.flatMap((file) => readPipeline(file.text, open(file)) ?? []);

function readFile(
  file: RuleFile,
  refusals: Refusals,
  placeholders: Placeholders,
  maximumCount: number,
): readonly Document[] {
  const trees = readYaml(file.text, refusals);
  if (trees.length === 0 && refusals.list.length === 0) refusals.refuse(1, 'an empty file', 'a rule');
  return trees.flatMap((tree, index) => {
    const place = index === 0 ? file.name : `${file.name}#${index + 1}`;
    const where = { file: file.name, text: file.text, place };
    return readDocument(tree, where, { refusals, placeholders }, maximumCount) ?? [];
  });
}

function compileAll(documents: readonly Document[], context: CompileContext) {
  const rules = documents.flatMap((document) => (document.kind === 'filter' ? [] : [document]));
  const filters = documents.flatMap((document) => (document.kind === 'filter' ? [document.filter] : []));
  const added = assignFilters(filters, rules, (filter, rule) => {
    const names = `filter "${filter.title}" names it but`;
    if (typeof rule === 'string')
      context.tell({ rule, file: filter.refusals.file, what: `${names} there is no such rule in this set` });
    else {
      const { name, file } = rule.description;
      context.tell({ rule: name, file, what: `${names} is for another log source, so it does not apply` });
    }
  });
  const sourcesOf = (document: RuleDocument, seen: readonly RuleDocument[] = []): readonly LogSource[] => {
    if (document.kind === 'event') return [document.source];
    if (seen.includes(document)) return [];
    return rules
      .filter(({ handles }) => handles.some((handle) => document.correlation.references.includes(handle)))
      .flatMap((reference) => sourcesOf(reference, [...seen, document]));
  };
  return rules.flatMap((rule) => compileDocument(rule, added.get(rule) ?? [], sourcesOf, context) ?? []);
}
