import type { Event } from '#model/event.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { compileCorrelation } from './compile-correlation.ts';
import { compileDetection } from './compile-detection.ts';
import type { CorrelationLimits } from './correlator.ts';
import { describeRule } from './describe-rule.ts';
import type { RuleSetStatistics } from './evaluation.ts';
import type { Placeholders } from './item.ts';
import { type Draft, linkRules } from './link-rules.ts';
import { readLogSource } from './log-source.ts';
import { Refusals } from './refusals.ts';
import type { Match, Rule } from './rule.ts';
import { readYaml, type TreeMap } from './yaml-tree.ts';

export interface RuleFile {
  readonly name: string;
  /** One or more YAML documents. */
  readonly text: string;
}

export interface RuleSetOptions extends Partial<CorrelationLimits> {
  /** Values of `%name%` under the modifier `expand`. */
  readonly placeholders?: Placeholders;
}

export interface RuleSet {
  /** In the order of the files; those that only feed correlations included. */
  readonly rules: readonly Rule[];
  /** What this event, with those before it, makes fire. Events may come out of order up to `latenessMs`. */
  evaluate(event: Event): readonly Match[];
  statistics(): RuleSetStatistics;
}

const defaultLimits: CorrelationLimits = {
  latenessMs: 600_000,
  maximumGroups: 100_000,
  maximumEventsPerGroup: 5_000,
  maximumEvents: 200_000,
};

/** Compiles Sigma 2.1 rules and correlations. All or nothing: every fault of every file is told, with its line. */
export function compileRules(
  files: readonly RuleFile[],
  options: RuleSetOptions = {},
): Result<RuleSet, readonly Failure[]> {
  const limits: CorrelationLimits = { ...defaultLimits, ...options };
  const byFile = files.map((file) => ({ file, refusals: new Refusals(file.name) }));
  const drafts = byFile.flatMap(({ file, refusals }) =>
    draftFile(file, options.placeholders ?? {}, limits.maximumEventsPerGroup, refusals),
  );
  const linked = byFile.every(({ refusals }) => refusals.list.length === 0) ? linkRules(drafts, limits) : undefined;
  const faults = byFile.flatMap(({ refusals }) => refusals.list);
  if (linked === undefined) return failure(faults);
  const { rules, evaluation } = linked;
  return success({
    rules,
    evaluate: (event) => evaluation.evaluate(event),
    statistics: () => evaluation.statistics(),
  });
}

function draftFile(
  file: RuleFile,
  placeholders: Placeholders,
  maximumCount: number,
  refusals: Refusals,
): readonly Draft[] {
  const trees = readYaml(file.text, refusals);
  if (trees.length === 0 && refusals.list.length === 0) refusals.refuse(1, 'an empty file', 'a rule');
  return trees.flatMap((tree, index) => {
    if (tree.kind !== 'map') return refusals.refuse(tree.line, `a ${tree.kind}`, 'a rule') ?? [];
    const place = index === 0 ? file.name : `${file.name}#${index + 1}`;
    const kind = tree.entries.has('correlation') ? 'correlation' : 'event';
    const description = describeRule(tree, kind, { file: file.name, text: file.text, place }, refusals);
    const body = readBody(tree, placeholders, maximumCount, refusals);
    return description === undefined || body === undefined ? [] : [{ description, body, refusals, line: tree.line }];
  });
}

function readBody(
  tree: TreeMap,
  placeholders: Placeholders,
  maximumCount: number,
  refusals: Refusals,
): Draft['body'] | undefined {
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
  const matches = compileDetection(section, { refusals, placeholders });
  return source && matches && { kind: 'event', source, matches };
}
