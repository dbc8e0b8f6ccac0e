import type { Event } from '#model/event.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { LogSource } from '#sigma/log-source.ts';
import { compileRules, type RuleFile, type RuleSet, type RuleSetOptions } from '#sigma/sigma.ts';
import { findPipelines } from '../sources/find-sources.ts';
import { eventKind } from './event-kind.ts';
import { readFindingRule } from './finding-rule.ts';

export type HouseOptions = Pick<RuleSetOptions<Event>, 'latenessMs' | 'placeholders'>;

export interface HouseRules {
  readonly ruleSet: RuleSet<Event>;
  /** Why files were left out; those that lean on them follow. */
  readonly faults: readonly Failure[];
}

/** Products whose events come without any source's pipeline. */
const ownProducts = ['cordon', 'salesforce'];

const isServed = ({ product, category }: LogSource): boolean =>
  category === undefined && product !== undefined && ownProducts.includes(product);

/** A rule with a `cordon:` block is written for this house, in its own names of fields. */
export const asOwn = (file: RuleFile): RuleFile =>
  /^cordon:/m.test(file.text) ? { ...file, isAsWritten: true } : file;

/**
 * Compiles rules as the house runs them: each source's pipeline, the placeholders given, `cordon:` blocks read. A faulty
 * file among `added` is left out and told of; a fault of `required` is a failure.
 */
export async function compileHouse(
  required: readonly RuleFile[],
  added: readonly RuleFile[],
  options: HouseOptions = {},
): Promise<Result<HouseRules, readonly Failure[]>> {
  // A tenth of a second, for rules from elsewhere alone.
  const sources = [...required, ...added].every(({ isAsWritten }) => isAsWritten) ? [] : await findPipelines();
  const faults: Failure[] = [];
  let kept = added;
  for (;;) {
    const compiled = compileAll([...required, ...kept], { ...options, kind: eventKind, sources, isServed });
    if (compiled.ok) return success({ ruleSet: compiled.value, faults });
    const blamed = kept.filter(({ name }) => compiled.failure.some((fault) => isIn(fault, name)));
    if (blamed.length === 0) return failure([...faults, ...compiled.failure]);
    faults.push(...compiled.failure);
    kept = kept.filter((file) => !blamed.includes(file));
  }
}

/** Whether the fault stands in this file: its place is `file:line`, or `file: rule: key`. */
const isIn = (fault: Failure, file: string): boolean => fault.kind === 'invalid' && fault.where.startsWith(`${file}:`);

function compileAll(
  files: readonly RuleFile[],
  options: RuleSetOptions<Event>,
): Result<RuleSet<Event>, readonly Failure[]> {
  const compiled = compileRules(files, options);
  if (!compiled.ok) return compiled;
  const faults = compiled.value.rules.flatMap((rule) => {
    const read = readFindingRule(rule);
    return read.ok ? [] : [read.failure];
  });
  return faults.length > 0 ? failure(faults) : compiled;
}
