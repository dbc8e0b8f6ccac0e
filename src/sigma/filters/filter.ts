import { type Algebra, compileCondition } from '../detection/condition.ts';
import type { Detection } from '../detection/detection.ts';
import type { ReadContext } from '../detection/item.ts';
import { readDetection } from '../detection/read-detection.ts';
import { includes, type LogSource } from '../log-source.ts';
import { readText } from '../rules/describe-rule.ts';
import { readLogSource } from '../rules/log-source.ts';
import { Refusals } from '../rules/refusals.ts';
import type { Tree, TreeMap } from '../rules/yaml-tree.ts';

/** A document with the section `filter`. https://sigmahq.io/sigma-specification/specification/sigma-filters-specification.html (2.1.0) */
export interface Filter {
  readonly title: string;
  readonly source: LogSource;
  /** Names or ids; undefined for any rule of the log source. */
  readonly rules: readonly string[] | undefined;
  readonly detection: Detection;
  readonly line: number;
  readonly refusals: Refusals;
}

export function readFilter(section: TreeMap, tree: TreeMap, context: ReadContext): Filter | undefined {
  const { refusals } = context;
  for (const key of ['detection', 'correlation'])
    if (tree.entries.has(key)) return refusals.refuse(section.line, 'both', `${key} or filter`);
  const title = readText(tree.entries.get('title'), 'title', refusals) ?? '';
  if (title === '') refusals.refuse(tree.line, 'no title', 'a title');
  const source = readLogSource(tree.entries.get('logsource'), tree.line, refusals);
  const condition = section.entries.get('condition');
  if (condition?.kind === 'list') refusals.refuse(condition.line, 'a list of conditions', 'one condition');
  const rules = readRules(section.entries.get('rules'), section.line, refusals);
  const detection = readDetection(section, context, ['rules']);
  if (title === '' || source === undefined || detection === undefined || rules === undefined) return undefined;
  const kept = keepTheRest(detection);
  return { title, source, rules: rules === 'any' ? undefined : rules, detection: kept, line: section.line, refusals };
}

/**
 * A filter is there to suppress matches. The specification's example says what is left out (`condition: selection`),
 * pySigma what is kept (`not selection`): which of the two is meant shows an event of which no selection speaks, since
 * that is always kept.
 */
function keepTheRest(detection: Detection): Detection {
  const none = new Map([...detection.identifiers.keys()].map((name) => [name, false]));
  const conditions = detection.conditions.map(({ text, line }) => {
    const keeps = compileCondition(text, none, truth, line, new Refusals(''));
    return { text: keeps === false ? `not (${text})` : text, line };
  });
  return { ...detection, conditions };
}

const truth: Algebra<boolean> = {
  every: (parts) => parts.every((part) => part),
  either: (parts) => parts.some((part) => part),
  negate: (part) => !part,
};

/** `any`, and as in pySigma `all` and an empty list, mean every rule of the log source. */
function readRules(tree: Tree | undefined, line: number, refusals: Refusals): 'any' | readonly string[] | undefined {
  if (tree === undefined) return refusals.refuse(line, 'no rules', 'names or ids of rules, or any');
  const members = tree.kind === 'list' ? tree.items : [tree];
  if (tree.kind === 'scalar' && /^(?:any|all)$/i.test(tree.text)) return 'any';
  if (tree.kind === 'list' && members.length === 0) return 'any';
  const handles = members.flatMap((member) => readText(member, 'rules', refusals) ?? []);
  return handles.length === members.length ? handles : undefined;
}

/** A rule as filters know it. */
export interface Filtered {
  readonly kind: 'event' | 'correlation';
  readonly handles: readonly string[];
  /** Of an event rule. */
  readonly source: LogSource | undefined;
}

/**
 * By rule what filters add to it: each of these must hold beside the rule's own condition. `tell` hears of a rule that a
 * filter names but does not reach, and of a name that no rule has.
 */
export function assignFilters<Rule extends Filtered>(
  filters: readonly Filter[],
  rules: readonly Rule[],
  tell: (filter: Filter, rule: Rule | string) => void,
): ReadonlyMap<Rule, readonly Detection[]> {
  const byRule = new Map<Rule, Detection[]>();
  const add = (rule: Rule, { detection }: Filter): void => {
    const known = byRule.get(rule) ?? [];
    if (!known.includes(detection)) byRule.set(rule, [...known, detection]);
  };
  for (const filter of filters) {
    const reaches = ({ source }: Rule): boolean => source !== undefined && includes(filter.source, source);
    for (const handle of filter.rules ?? []) {
      const rule = rules.find(({ handles }) => handles.includes(handle));
      if (rule === undefined) tell(filter, handle);
      else if (rule.kind === 'correlation')
        filter.refusals.refuse(filter.line, `correlation ${handle}`, 'the rules it refers to: filters act on events');
      else if (reaches(rule)) add(rule, filter);
      else tell(filter, rule);
    }
    if (filter.rules === undefined) for (const rule of rules) if (reaches(rule)) add(rule, filter);
  }
  return byRule;
}
