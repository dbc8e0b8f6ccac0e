import type { Event } from '#model/event.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { compileDetection } from './compile-detection.ts';
import { type Description, describeRule } from './describe-rule.ts';
import { appliesTo, type LogSource, readLogSource } from './log-source.ts';
import type { Placeholders } from './modifiers.ts';
import { Refusals } from './refusals.ts';
import type { Match, Predicate, Rule } from './rule.ts';
import { readYaml, type TreeMap } from './yaml-tree.ts';

export interface RuleFile {
  readonly name: string;
  /** One or more YAML documents. */
  readonly text: string;
}

export interface RuleSetOptions {
  /** Values of `%name%` under the modifier `expand`. */
  readonly placeholders?: Placeholders;
}

export interface RuleSetStatistics {
  readonly events: number;
  readonly matches: number;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  /** What this event, with those before it, makes fire. */
  evaluate(event: Event): readonly Match[];
  statistics(): RuleSetStatistics;
}

interface EventRule {
  readonly rule: Rule;
  readonly source: LogSource;
  readonly matches: Predicate;
}

/** Compiles Sigma 2.1 rules. All or nothing: every fault of every file is told, with its line. */
export function compileRules(
  files: readonly RuleFile[],
  options: RuleSetOptions = {},
): Result<RuleSet, readonly Failure[]> {
  const faults: Failure[] = [];
  const eventRules: EventRule[] = [];
  for (const file of files) {
    const refusals = new Refusals(file.name);
    eventRules.push(...compileFile(file, options.placeholders ?? {}, refusals));
    faults.push(...refusals.list);
  }
  return faults.length > 0 ? failure(faults) : success(createRuleSet(eventRules));
}

function compileFile(file: RuleFile, placeholders: Placeholders, refusals: Refusals): readonly EventRule[] {
  return readYaml(file.text, refusals).flatMap((tree, index) => {
    if (tree.kind !== 'map') return refusals.refuse(tree.line, `a ${tree.kind}`, 'a rule') ?? [];
    const place = index === 0 ? file.name : `${file.name}#${index + 1}`;
    const source = { file: file.name, text: file.text, place };
    return compileEventRule(tree, source, placeholders, refusals) ?? [];
  });
}

function compileEventRule(
  tree: TreeMap,
  source: { readonly file: string; readonly text: string; readonly place: string },
  placeholders: Placeholders,
  refusals: Refusals,
): EventRule | undefined {
  const detection = tree.entries.get('detection');
  if (detection?.kind !== 'map') return refusals.refuse(tree.line, 'no detection', 'a map `detection`');
  const description: Description | undefined = describeRule(tree, 'event', source, refusals);
  const logSource = readLogSource(tree.entries.get('logsource'), tree.line, refusals);
  const matches = compileDetection(detection, { refusals, placeholders });
  if (description === undefined || logSource === undefined || matches === undefined) return undefined;
  return { rule: { ...description, level: description.level ?? 'medium', alerts: true }, source: logSource, matches };
}

function createRuleSet(eventRules: readonly EventRule[]): RuleSet {
  let events = 0;
  let matches = 0;
  return {
    rules: eventRules.map(({ rule }) => rule),
    evaluate(event) {
      events += 1;
      const found: Match[] = [];
      for (const { rule, source, matches: isMatch } of eventRules)
        if (appliesTo(source, event) && isMatch(event))
          found.push({ rule, kind: 'event', events: [event], group: {}, firstAt: event.time, lastAt: event.time });
      matches += found.length;
      return found;
    },
    statistics: () => ({ events, matches }),
  };
}
