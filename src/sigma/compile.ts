import { type Result, success } from '#model/result.ts';
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
  type StatedSource,
} from './plain-event.ts';
import type { Match as EventMatch, Rule } from './rule.ts';
import type { Notice } from './rules/compile-documents.ts';
import type { Fault } from './rules/refusals.ts';
import { compileRules, type RuleFile } from './sigma.ts';

export { describeFailure } from '#model/result.ts';
export type {
  CorrelationLimits,
  EventFacts,
  EventRecord,
  Fault,
  Notice,
  Result,
  Rule,
  RuleFile,
  RuleSetStatistics,
  StatedSource,
};

/** YAML of one or more documents: a text, a file with its name, or a list of either. */
export type Texts = string | RuleFile | readonly (string | RuleFile)[];

/** A rule has fired: on one event, or, a correlation, on several. Times are ms since 1970 UTC. */
export interface Match extends Omit<EventMatch, 'events'> {
  /** The very objects that were given, by time. */
  readonly events: readonly EventRecord[];
}

export interface CompileOptions extends Partial<CorrelationLimits> {
  /** Processing pipelines in pySigma's YAML format, for all rules. */
  readonly pipelines?: Texts;
  /** Values of `%name%` under the modifier `expand` and for the transformation `value_placeholders`. */
  readonly placeholders?: Placeholders;
  /** The same from files: one value a line, `#` for comments; `vips.txt` is `%vips%`. */
  readonly lists?: readonly RuleFile[];
  /**
   * When an event happened: the names of fields that may say so, best first, instead of the usual ones, or a function
   * that returns ms since 1970 UTC.
   */
  readonly time?: readonly string[] | ((event: EventRecord) => number | undefined);
  /** Where an event comes from: rules that name something else are then not asked. Unset, every rule is asked. */
  readonly logsource?: (event: EventRecord) => StatedSource | undefined;
}

export interface RuleSet {
  /** In the order of the files; those that only feed correlations included. */
  readonly rules: readonly Rule[];
  /** What a person should know of rules that compiled. */
  readonly notices: readonly Notice[];
  /**
   * What this event, with those before it, makes fire. Events may come out of order up to `latenessMs`; one without a
   * time takes that of the event before it. Events that correlations may still need are kept, so leave them alone.
   */
  evaluate(event: object, facts?: EventFacts): readonly Match[];
  /** What these events make fire, evaluated in the order of their time. */
  evaluateAll(events: Iterable<object>): readonly Match[];
  statistics(): RuleSetStatistics;
}

/**
 * Compiles Sigma 2.1 rules, correlations and filters. All or nothing: the failure is a list of every fault, with file
 * and line, what was found and what was expected.
 */
export function compile(rules: Texts, options: CompileOptions = {}): Result<RuleSet, readonly Fault[]> {
  const { pipelines = [], placeholders = {}, lists = [], time = defaultTimeFields, logsource, ...limits } = options;
  const compiled = compileRules(filesOf(rules, 'rules'), {
    ...limits,
    kind: plainKind,
    pipelines: filesOf(pipelines, 'pipeline'),
    placeholders: { ...placeholders, ...Object.fromEntries(lists.map(readList)) },
  });
  if (!compiled.ok) return compiled;
  const set = compiled.value;
  const readEventTime = typeof time === 'function' ? time : (event: EventRecord) => readTime(event, time);
  let lastTime = 0;
  const prepare = (event: object, facts: EventFacts = {}): PlainEvent => {
    // Whoever parses a line of JSON may hold anything.
    const record = typeof event === 'object' && event !== null ? (event as EventRecord) : {};
    const stated = facts.time ?? readEventTime(record);
    if (stated !== undefined && Number.isFinite(stated)) lastTime = stated;
    const source = facts.logsource ?? logsource?.(record);
    return new PlainEvent(record, source === undefined ? facts : { ...facts, logsource: source }, lastTime);
  };
  const judge = (event: PlainEvent): readonly Match[] =>
    set.evaluate(event).map((match) => ({ ...match, events: match.events.map(({ record }) => record) }));
  return success({
    rules: set.rules,
    notices: set.notices,
    evaluate: (event, facts) => judge(prepare(event, facts)),
    evaluateAll: (events) =>
      Array.from(events, (event) => prepare(event))
        .sort((one, other) => one.time - other.time)
        .flatMap(judge),
    statistics: () => set.statistics(),
  });
}

/** What has no name is called after its place: `rules.yml`, or `rules[0]` in a list. */
function filesOf(given: Texts, name: string): readonly RuleFile[] {
  if (typeof given === 'string') return [{ name: `${name}.yml`, text: given }];
  const files = ('text' in Object(given) ? [given] : given) as readonly (string | RuleFile)[];
  if (!Array.isArray(files))
    throw new TypeError(`${name}: expected YAML text, a file { name, text } or a list of these`);
  return files.map((each, at) => (typeof each === 'string' ? { name: `${name}[${at}]`, text: each } : each));
}

function readList({ name, text }: RuleFile): readonly [name: string, values: readonly string[]] {
  const values = text.split(/\r?\n/).map((line) => line.trim());
  const stem = name.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
  return [stem, values.filter((value) => value !== '' && !value.startsWith('#'))];
}
