import { type Evidence, type Finding, isAtLeast, type Level } from '#model/finding.ts';
import { evidenceOf } from './read-evidence.ts';

/** All that one rule found in an incident. */
export interface RuleFindings {
  /** In order of time; never empty. */
  readonly times: readonly [Finding, ...Finding[]];
  /** The gravest of them. */
  readonly level: Level;
  /** Each line once, in order of time. */
  readonly evidence: readonly Evidence[];
  /** Lines they rest on, those that were not kept counted too. */
  readonly lines: number;
}

/** One group a rule, in the order in which the rules first spoke. */
export function groupFindings(findings: readonly Finding[]): readonly RuleFindings[] {
  const byRule = Map.groupBy(
    findings.toSorted((a, b) => a.firstAt - b.firstAt),
    ({ rule }) => rule.name,
  );
  return [...byRule.values()].flatMap(([first, ...later]) => (first === undefined ? [] : [groupOf([first, ...later])]));
}

function groupOf(times: readonly [Finding, ...Finding[]]): RuleFindings {
  const evidence = evidenceOf(times);
  const notKept = times.reduce((sum, finding) => sum + finding.evidenceCount - finding.evidence.length, 0);
  const level = times.reduce<Level>(
    (worst, each) => (isAtLeast(each.level, worst) ? each.level : worst),
    times[0].level,
  );
  return { times, level, evidence, lines: evidence.length + notKept };
}
