import { levels } from '#model/finding.ts';
import { type Correlation, settleAliases } from '../correlation/compile-correlation.ts';
import { type CorrelationLimits, Correlator } from '../correlation/correlator.ts';
import type { Predicate } from '../detection/predicate.ts';
import { Evaluation, type Listener } from '../evaluation.ts';
import type { EventKind } from '../event.ts';
import type { LogSource } from '../log-source.ts';
import type { Rule } from '../rule.ts';
import type { Description } from './describe-rule.ts';
import type { Refusals } from './refusals.ts';

/** A rule's search, for events of one source, or of the log source. */
interface Search {
  readonly source: LogSource;
  readonly eventSource: string | undefined;
  readonly matches: Predicate;
}

/** A rule read by itself, not yet tied to those it refers to. */
export interface Draft {
  readonly description: Description;
  readonly body:
    | { readonly kind: 'event'; readonly searches: readonly Search[] }
    | {
        readonly kind: 'correlation';
        readonly correlation: Correlation;
        /** How its events are read; what kept ones must still know. */
        readonly readBy: EventKind;
        readonly keptFields: readonly string[];
      };
  readonly refusals: Refusals;
  readonly line: number;
}

export interface LinkedRules {
  /** In the order of the drafts. */
  readonly rules: readonly Rule[];
  readonly evaluation: Evaluation;
}

/** Finds what correlations refer to; undefined when one refers to nothing, or to itself in the end. */
export function linkRules(
  drafts: readonly Draft[],
  limits: CorrelationLimits,
  kind: EventKind,
): LinkedRules | undefined {
  const byHandle = new Map<string, Draft>();
  let isSound = true;
  const refuse = (draft: Draft, line: number, found: string, expected: string): void => {
    draft.refusals.refuse(line, found, expected);
    isSound = false;
  };
  for (const draft of drafts)
    for (const handle of new Set([draft.description.name, draft.description.id])) {
      const other = byHandle.get(handle);
      if (other !== undefined) refuse(draft, draft.line, handle, `a name not taken by ${other.description.file}`);
      byHandle.set(handle, draft);
    }
  const references = new Map<Draft, readonly Draft[]>();
  const correlations = new Map<Draft, Correlation>();
  for (const draft of drafts) {
    if (draft.body.kind === 'event') continue;
    const { correlation } = draft.body;
    const found = correlation.references.flatMap((handle) => {
      const target = byHandle.get(handle);
      if (target === undefined)
        refuse(draft, correlation.line, `rule ${handle}`, 'the name or id of a rule in this set');
      return target ?? [];
    });
    if (new Set(found).size < found.length) refuse(draft, correlation.line, 'a rule twice', 'each rule once');
    references.set(draft, found);
    if (found.length < correlation.references.length) continue;
    const rules = found.map(({ description }) => description);
    const settled = settleAliases(correlation, rules, (what, expected) =>
      refuse(draft, correlation.line, what, expected),
    );
    correlations.set(draft, settled);
  }
  const ordered = isSound ? orderByReference(references, refuse) : [];
  return isSound ? tie(drafts, ordered, { references, correlations }, limits, kind) : undefined;
}

/** Correlations after those they refer to. */
function orderByReference(
  references: ReadonlyMap<Draft, readonly Draft[]>,
  refuse: (draft: Draft, line: number, found: string, expected: string) => void,
): readonly Draft[] {
  const ordered = new Set<Draft>();
  const open = new Set<Draft>();
  const visit = (draft: Draft): void => {
    if (ordered.has(draft) || !references.has(draft)) return;
    if (open.has(draft)) {
      refuse(draft, draft.line, 'a correlation that refers to itself', 'a chain with an end');
      return;
    }
    open.add(draft);
    for (const reference of references.get(draft)!) visit(reference);
    open.delete(draft);
    ordered.add(draft);
  };
  for (const draft of references.keys()) visit(draft);
  return [...ordered];
}

/** Of each correlation what it refers to, and itself with its aliases settled. */
interface Links {
  readonly references: ReadonlyMap<Draft, readonly Draft[]>;
  readonly correlations: ReadonlyMap<Draft, Correlation>;
}

function tie(
  drafts: readonly Draft[],
  ordered: readonly Draft[],
  { references, correlations }: Links,
  limits: CorrelationLimits,
  kind: EventKind,
): LinkedRules {
  const rules = new Map<Draft, Rule>();
  for (const draft of [...drafts.filter(({ body }) => body.kind === 'event'), ...ordered])
    rules.set(draft, completeRule(draft, references, rules));
  const listenersOf = (draft: Draft): readonly Listener[] =>
    ordered.flatMap((correlation, correlator) => {
      const rule = references.get(correlation)!.indexOf(draft);
      return rule < 0 ? [] : [{ correlator, rule }];
    });
  const eventRules = drafts.flatMap((draft) =>
    draft.body.kind === 'event'
      ? draft.body.searches.map((search) => ({ ...search, rule: rules.get(draft)!, listeners: listenersOf(draft) }))
      : [],
  );
  const correlators = ordered.flatMap((draft) =>
    draft.body.kind === 'correlation'
      ? [
          {
            correlator: new Correlator(rules.get(draft)!, correlations.get(draft)!, limits, draft.body.readBy),
            listeners: listenersOf(draft),
          },
        ]
      : [],
  );
  const keptFields = new Set(ordered.flatMap(({ body }) => (body.kind === 'correlation' ? body.keptFields : [])));
  const evaluation = new Evaluation(eventRules, correlators, kind, [...keptFields]);
  return { rules: drafts.map((draft) => rules.get(draft)!), evaluation };
}

/** Without a level a rule is medium and a correlation as severe as the worst it refers to. */
function completeRule(
  draft: Draft,
  references: ReadonlyMap<Draft, readonly Draft[]>,
  known: ReadonlyMap<Draft, Rule>,
): Rule {
  const listeners = [...references]
    .filter(([, targets]) => targets.includes(draft))
    .map(([correlation]) => correlation);
  const inherited = Math.max(...(references.get(draft) ?? []).map((each) => levels.indexOf(known.get(each)!.level)));
  return {
    ...draft.description,
    level: draft.description.level ?? levels[inherited] ?? 'medium',
    alerts:
      listeners.length === 0 || listeners.some(({ body }) => body.kind === 'correlation' && body.correlation.generates),
  };
}
