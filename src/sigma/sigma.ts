import { type Failure, failure, type Result, success } from '#model/result.ts';
import { compileCorrelation } from './correlation/compile-correlation.ts';
import type { CorrelationLimits } from './correlation/correlator.ts';
import { compileDetection } from './detection/compile-detection.ts';
import type { ItemContext } from './detection/compile-item.ts';
import type { Placeholders } from './detection/item.ts';
import type { RuleSetStatistics } from './evaluation.ts';
import type { EventKind, SigmaEvent } from './event.ts';
import type { Match, Rule } from './rule.ts';
import { describeRule } from './rules/describe-rule.ts';
import { type Draft, linkRules } from './rules/link-rules.ts';
import { readLogSource } from './rules/log-source.ts';
import { Refusals } from './rules/refusals.ts';
import { readYaml, type TreeMap } from './rules/yaml-tree.ts';

export interface RuleFile {
  readonly name: string;
  /** One or more YAML documents. */
  readonly text: string;
}

export interface RuleSetOptions<Event extends SigmaEvent> extends Partial<CorrelationLimits> {
  readonly kind: EventKind<Event>;
  /** Values of `%name%` under the modifier `expand`. */
  readonly placeholders?: Placeholders;
}

export interface RuleSet<Event extends SigmaEvent = SigmaEvent> {
  /** In the order of the files; those that only feed correlations included. */
  readonly rules: readonly Rule[];
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

/** Compiles Sigma 2.1 rules and correlations. All or nothing: every fault of every file is told, with its line. */
export function compileRules<Event extends SigmaEvent>(
  files: readonly RuleFile[],
  options: RuleSetOptions<Event>,
): Result<RuleSet<Event>, readonly Failure[]> {
  // Inside, an event is what its kind makes of it; only events of this kind come in.
  const kind = options.kind as unknown as EventKind;
  const limits: CorrelationLimits = { ...defaultLimits, ...options };
  const byFile = files.map((file) => ({ file, refusals: new Refusals(file.name) }));
  const drafts = byFile.flatMap(({ file, refusals }) =>
    draftFile(file, { placeholders: options.placeholders ?? {}, kind, refusals }, limits.maximumEventsPerGroup),
  );
  const linked = byFile.every(({ refusals }) => refusals.list.length === 0)
    ? linkRules(drafts, limits, kind)
    : undefined;
  const faults = byFile.flatMap(({ refusals }) => refusals.list);
  if (linked === undefined) return failure(faults);
  const { rules, evaluation } = linked;
  return success({
    rules,
    evaluate: (event) => evaluation.evaluate(event) as readonly Match<Event>[],
    statistics: () => evaluation.statistics(),
  });
}

function draftFile(file: RuleFile, context: ItemContext, maximumCount: number): readonly Draft[] {
  const { refusals } = context;
  const trees = readYaml(file.text, refusals);
  if (trees.length === 0 && refusals.list.length === 0) refusals.refuse(1, 'an empty file', 'a rule');
  return trees.flatMap((tree, index) => {
    if (tree.kind !== 'map') return refusals.refuse(tree.line, `a ${tree.kind}`, 'a rule') ?? [];
    const place = index === 0 ? file.name : `${file.name}#${index + 1}`;
    const kind = tree.entries.has('correlation') ? 'correlation' : 'event';
    const description = describeRule(tree, kind, { file: file.name, text: file.text, place }, refusals);
    const body = readBody(tree, context, maximumCount);
    return description === undefined || body === undefined ? [] : [{ description, body, refusals, line: tree.line }];
  });
}

function readBody(tree: TreeMap, context: ItemContext, maximumCount: number): Draft['body'] | undefined {
  const { refusals } = context;
  const section = tree.entries.get('correlation') ?? tree.entries.get('detection');
  for (const key of ['filter', 'action'])
    if (tree.entries.has(key)) return refusals.refuse(tree.entries.get(key)!.line, key, 'a rule or a correlation');
  if (section?.kind !== 'map') return refusals.refuse(tree.line, 'no rule', 'a map `detection` or `correlation`');
  if (tree.entries.has('correlation')) {
    if (tree.entries.has('detection')) return refusals.refuse(section.line, 'both', 'detection or correlation');
    const correlation = compileCorrelation(section, tree, maximumCount, refusals);
    return correlation && { kind: 'correlation', correlation };
  }
  const source = readLogSource(tree.entries.get('logsource'), tree.line, refusals);
  const matches = compileDetection(section, context);
  return source && matches && { kind: 'event', source, matches };
}
