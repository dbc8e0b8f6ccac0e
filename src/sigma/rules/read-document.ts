import { type Correlation, compileCorrelation } from '../correlation/compile-correlation.ts';
import type { Detection } from '../detection/detection.ts';
import type { ReadContext } from '../detection/item.ts';
import { readDetection } from '../detection/read-detection.ts';
import { type Filter, readFilter } from '../filters/filter.ts';
import type { LogSource } from '../log-source.ts';
import { type Description, describeRule } from './describe-rule.ts';
import { readLogSource } from './log-source.ts';
import type { Refusals } from './refusals.ts';
import { plain, type Tree, type TreeMap } from './yaml-tree.ts';

interface Described {
  readonly description: Description;
  /** Name and id. */
  readonly handles: readonly string[];
  /** The document's top-level keys, for pipelines to ask for. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly line: number;
  readonly refusals: Refusals;
}

export interface EventDocument extends Described {
  readonly kind: 'event';
  readonly source: LogSource;
  readonly detection: Detection;
}

export interface CorrelationDocument extends Described {
  readonly kind: 'correlation';
  readonly source: undefined;
  readonly correlation: Correlation;
}

export type RuleDocument = EventDocument | CorrelationDocument;
export type Document = RuleDocument | { readonly kind: 'filter'; readonly filter: Filter };

export interface DocumentPlace {
  readonly file: string;
  readonly text: string;
  /** Names the document where nothing else does. */
  readonly place: string;
}

/** One document of a file, read by itself. */
export function readDocument(
  tree: Tree,
  place: DocumentPlace,
  context: ReadContext,
  maximumCount: number,
): Document | undefined {
  const { refusals } = context;
  if (tree.kind !== 'map') return refusals.refuse(tree.line, `a ${tree.kind}`, 'a rule');
  const action = tree.entries.get('action');
  if (action !== undefined)
    return refusals.refuse(
      action.line,
      'action',
      'whole rules: since Sigma 2 there are no collections that share parts',
    );
  const filter = tree.entries.get('filter');
  if (filter !== undefined) return readFilterDocument(filter, tree, context);
  const kind = tree.entries.has('correlation') ? 'correlation' : 'event';
  const description = describeRule(tree, kind, place, refusals);
  const body = readBody(tree, context, maximumCount);
  if (description === undefined || body === undefined) return undefined;
  const handles = [...new Set([description.name, description.id])];
  return { ...body, description, handles, attributes: attributesOf(tree), line: tree.line, refusals };
}

function readFilterDocument(section: Tree, tree: TreeMap, context: ReadContext): Document | undefined {
  if (section.kind !== 'map') return context.refusals.refuse(section.line, `a ${section.kind}`, 'a map `filter`');
  const filter = readFilter(section, tree, context);
  return filter && { kind: 'filter', filter };
}

type Body = Omit<EventDocument, keyof Described> | Omit<CorrelationDocument, keyof Described>;

function readBody(tree: TreeMap, context: ReadContext, maximumCount: number): Body | undefined {
  const { refusals } = context;
  const section = tree.entries.get('correlation') ?? tree.entries.get('detection');
  if (section?.kind !== 'map') return refusals.refuse(tree.line, 'no rule', 'a map `detection` or `correlation`');
  if (tree.entries.has('correlation')) {
    if (tree.entries.has('detection')) return refusals.refuse(section.line, 'both', 'detection or correlation');
    const correlation = compileCorrelation(section, tree, maximumCount, refusals);
    return correlation && { kind: 'correlation', source: undefined, correlation };
  }
  const source = readLogSource(tree.entries.get('logsource'), tree.line, refusals);
  const detection = readDetection(section, context);
  return source && detection && { kind: 'event', source, detection };
}

const attributesOf = (tree: TreeMap): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
