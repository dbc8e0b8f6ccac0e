import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { WrittenRule } from '#model/wire.ts';
import { createDetection, type Detection, type DetectionOptions } from './detect.ts';
import type { HouseOptions } from './rules/compile-house.ts';
import { loadRules, type RulePack } from './rules/load-rules.ts';

/** Detection ready to observe, and its rules as people read them. */
export interface LoadedDetection {
  readonly detection: Detection;
  readonly rules: readonly WrittenRule[];
  /** Why imported rules were left out. */
  readonly faults: readonly Failure[];
}

export interface LoadingOptions extends Omit<DetectionOptions, 'rules'> {
  /** How far behind the newest event one may come and still count in its correlations, ms. */
  readonly latenessMs?: number;
  /** Rules beside the pack: their folder, and what `%name%` stands for in them. */
  readonly ownRules?: { readonly directory: string; readonly placeholders: HouseOptions['placeholders'] & {} };
}

/** The pack of rules and a detection that has seen nothing yet. */
export async function loadDetection({
  latenessMs,
  ownRules,
  ...options
}: LoadingOptions): Promise<Result<LoadedDetection>> {
  const pack = await loadRules({
    ...(latenessMs !== undefined && { latenessMs }),
    ...(ownRules && { imported: ownRules.directory, placeholders: ownRules.placeholders }),
  });
  // Every fault is named by `cordon` commands that check rules; to open, the first is enough.
  if (!pack.ok) return failure(pack.failure[0]!);
  const { ruleSet, rules, faults } = pack.value;
  return success({ detection: createDetection({ ...options, rules: ruleSet }), rules: rules.map(writtenRule), faults });
}

const writtenRule = ({ rule, folder }: RulePack['rules'][number]): WrittenRule => ({
  name: rule.name,
  id: rule.id,
  title: rule.title,
  description: rule.description,
  level: rule.level,
  techniques: rule.techniques,
  falsePositives: rule.falsePositives,
  runbook: folder.runbook,
  yaml: folder.yaml,
  samples: folder.samples,
});
