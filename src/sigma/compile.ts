import { type Failure, type Result, success } from '#model/result.ts';
import type { CorrelationLimits } from './correlation/correlator.ts';
import type { Placeholders } from './detection/item.ts';
import type { RuleSetStatistics } from './evaluation.ts';
import {
  defaultTimeFields,
  type EventFacts,
  type EventRecord,
  PlainEvent,
  plainKind,
  readTime,
} from './plain-event.ts';
import type { Match as EventMatch, Rule } from './rule.ts';
import type { Notice } from './rules/compile-documents.ts';
import { compileRules, type RuleFile } from './sigma.ts';

export type { CorrelationLimits, EventFacts, EventRecord, Failure, Notice, Result, Rule, RuleFile, RuleSetStatistics };

/** A rule has fired: on one record, or, a correlation, on several. Times are ms since 1970 UTC. */
export interface Match extends Omit<EventMatch, 'events'> {
  /** The very records that were given, by time. */
  readonly events: readonly EventRecord[];
}

export interface CompileOptions extends Partial<CorrelationLimits> {
  /** Processing pipelines in pySigma's YAML format, for all rules. */
  readonly pipelines?: string | readonly RuleFile[];
  /** Values of `%name%` under the modifier `expand` and for the transformation `value_placeholders`. */
  readonly placeholders?: Placeholders;
  /** The same from files: one value a line, `#` for comments; `vips.txt` is `%vips%`. */
  readonly lists?: readonly RuleFile[];
  /** Where records say when they happened, best first, instead of the usual places. */
  readonly timeFields?: readonly string[];
}

export interface RuleSet {
  /** In the order of the files; those that only feed correlations included. */
  readonly rules: readonly Rule[];
  /** What a person should know of rules that compiled. */
  readonly notices: readonly Notice[];
  /**
   * What this record, with those before it, makes fire. Records may come out of order up to `latenessMs`; one without
   * a time takes that of the record before it. Records that correlations may still need are kept, so leave them alone.
   */
  evaluate(record: object, facts?: EventFacts): readonly Match[];
  statistics(): RuleSetStatistics;
}

/**
 * Compiles Sigma 2.1 rules, correlations and filters: one YAML text, or several files, each with one or more documents.
 * All or nothing: the failure is a list of every fault, with file and line, what was found and what was expected.
 */
export function compile(
  rules: string | readonly RuleFile[],
  options: CompileOptions = {},
): Result<RuleSet, readonly Failure[]> {
  const { pipelines = [], placeholders = {}, lists = [], timeFields = defaultTimeFields, ...limits } = options;
  const compiled = compileRules(filesOf(rules, 'rules.yml'), {
    ...limits,
    kind: plainKind,
    pipelines: filesOf(pipelines, 'pipeline.yml'),
    placeholders: { ...placeholders, ...Object.fromEntries(lists.map(readList)) },
  });
  if (!compiled.ok) return compiled;
  const set = compiled.value;
  let lastTime = 0;
  return success({
    rules: set.rules,
    notices: set.notices,
    evaluate: (record, facts = {}) => {
      const plain = record as EventRecord;
      const time = facts.time ?? readTime(plain, timeFields) ?? lastTime;
      lastTime = time;
      const matches = set.evaluate(new PlainEvent(plain, facts, time));
      return matches.map((match) => ({ ...match, events: match.events.map((event) => event.record) }));
    },
    statistics: () => set.statistics(),
  });
}

const filesOf = (given: string | readonly RuleFile[], name: string): readonly RuleFile[] =>
  typeof given === 'string' ? [{ name, text: given }] : given;

function readList({ name, text }: RuleFile): readonly [name: string, values: readonly string[]] {
  const values = text.split(/\r?\n/).map((line) => line.trim());
  const stem = name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
  return [stem, values.filter((value) => value !== '' && !value.startsWith('#'))];
}
