import type { Correlation } from '../correlation/compile-correlation.ts';
import { compileDetection } from '../detection/compile-detection.ts';
import type { Detection } from '../detection/detection.ts';
import type { Placeholders } from '../detection/item.ts';
import { every, type Predicate } from '../detection/predicate.ts';
import type { EventKind } from '../event.ts';
import { describeLogSource, includes, type LogSource } from '../log-source.ts';
import { type CorrelationNames, namesByCorrelation } from '../pipeline/correlation-names.ts';
import { applyItems, joinPipelines, type Pipeline } from '../pipeline/pipeline.ts';
import { RuleInWork } from '../pipeline/rule-in-work.ts';
import type { Description } from './describe-rule.ts';
import type { Draft } from './link-rules.ts';
import type { CorrelationDocument, EventDocument, RuleDocument } from './read-document.ts';
import { Refusals } from './refusals.ts';

/** What writes events, the log sources it stands for, and what makes their rules fit to its events. */
export interface SourcePipeline {
  /** As `EventKind.source` has it. */
  readonly source: string;
  readonly pipeline: Pipeline;
}

/** What a person should know of a rule that compiled. */
export interface Notice {
  /** The rule's name. */
  readonly rule: string;
  readonly file: string;
  /** One clause. */
  readonly what: string;
}

export interface CompileContext {
  readonly kind: EventKind;
  /** For all rules. */
  readonly pipelines: readonly Pipeline[];
  readonly sources: readonly SourcePipeline[];
  /** Whether events of this log source are known to come without any source's pipeline; undefined: not asked. */
  readonly isServed: ((source: LogSource) => boolean) | undefined;
  readonly placeholders: Placeholders;
  /** Files whose rules no source's pipeline is to change. */
  readonly asWritten: ReadonlySet<string>;
  readonly tell: (notice: Notice) => void;
}

/** Runs a document through the pipelines and compiles it; undefined once something was refused. */
export function compileDocument(
  document: RuleDocument,
  added: readonly Detection[],
  sourcesOf: (document: RuleDocument) => readonly LogSource[],
  context: CompileContext,
): Draft | undefined {
  return document.kind === 'event'
    ? compileEventRule(document, added, context)
    : compileCorrelationRule(document, sourcesOf(document), context);
}

/** A rule that narrows neither product nor category is asked of every event as it is. */
const isGeneral = ({ product, category }: LogSource): boolean => product === undefined && category === undefined;

function compileEventRule(
  document: EventDocument,
  added: readonly Detection[],
  context: CompileContext,
): Draft | undefined {
  const { source, description, line, refusals } = document;
  const isOwn = isGeneral(source) || context.asWritten.has(description.file);
  const serving = isOwn
    ? []
    : context.sources.filter(({ pipeline }) => pipeline.serves.some((served) => includes(source, served)));
  const tell = (what: string): void => context.tell({ rule: description.name, file: description.file, what });
  const searches = serving.flatMap((each) => {
    const own = new Refusals(description.file);
    const search = compileFor(document, added, [...context.pipelines, each.pipeline], own, context);
    if (search === undefined)
      for (const fault of own.list)
        if (fault.kind === 'invalid') tell(`not asked of ${each.source}: ${fault.found}, ${fault.expected}`);
    return search === undefined ? [] : [{ ...search, eventSource: each.source }];
  });
  if (serving.length > 0 && searches.length === 0)
    return refusals.refuse(line, `${describeLogSource(source)}, which no source can be asked about`, 'another rule');
  if (searches.length === 0) {
    const search = compileFor(document, added, context.pipelines, refusals, context);
    if (search === undefined) return undefined;
    if (!isOwn && context.isServed?.(source) === false)
      tell(`no source here serves its log source (${describeLogSource(source)}), so it never matches`);
    return draftOf(document, search.description, { kind: 'event', searches: [{ ...search, eventSource: undefined }] });
  }
  return draftOf(document, searches[0]!.description, { kind: 'event', searches });
}

const draftOf = ({ refusals, line }: RuleDocument, description: Description, body: Draft['body']): Draft => ({
  description,
  body,
  refusals,
  line,
});

function compileFor(
  document: EventDocument,
  added: readonly Detection[],
  pipelines: readonly Pipeline[],
  refusals: Refusals,
  { kind, placeholders }: CompileContext,
): { readonly source: LogSource; readonly matches: Predicate; readonly description: Description } | undefined {
  const { items, vars } = joinPipelines(pipelines);
  const detections = [document.detection, ...added];
  const rule = { ...document, detections, sources: [document.source], correlation: undefined, refusals };
  const work = new RuleInWork(rule, { ...placeholders, ...vars });
  applyItems(items, work);
  if (work.hasFailed) return undefined;
  const predicates: Predicate[] = [];
  for (const detection of work.detections) {
    // What a filter or pipeline has added is at fault in its own file.
    const own = detection.refusals === document.refusals ? refusals : detection.refusals;
    const predicate = compileDetection(detection, { kind, refusals: own });
    if (predicate === undefined) return undefined;
    predicates.push(predicate);
  }
  const source = work.sources[0] ?? document.source;
  return { source, matches: every(predicates), description: describe(document, work) };
}

const describe = ({ description }: RuleDocument, { custom, fields }: RuleInWork): Description => ({
  ...description,
  fields,
  custom: { ...description.custom, ...Object.fromEntries(custom) },
});

function compileCorrelationRule(
  document: CorrelationDocument,
  sources: readonly LogSource[],
  context: CompileContext,
): Draft | undefined {
  const { items, vars } = joinPipelines(context.pipelines);
  const rule = { ...document, detections: [], sources };
  const work = new RuleInWork(rule, { ...context.placeholders, ...vars });
  applyItems(items, work);
  if (work.hasFailed) return undefined;
  const correlation: Correlation = { ...document.correlation, ...work.correlation };
  const names: CorrelationNames = namesByCorrelation(correlation, { ...rule, correlation }, context);
  return draftOf(document, describe(document, work), { kind: 'correlation', correlation, ...names });
}
