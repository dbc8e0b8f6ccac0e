import { z } from 'zod';
import { NetworkSlots, type SlotName, type Slots } from '#model/event.ts';
import type { Finding, Level } from '#model/finding.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Rule } from '#sigma/rule.ts';

/**
 * What a rule tells of. Two findings of medium level open an incident only when they tell of different things: five
 * signs of heavy reading are one suspicion, heavy reading from a published address is two.
 */
const topics = [
  'reconnaissance',
  'reading',
  'covering',
  'sign-in',
  'network',
  'transfer',
  'indicator',
  'secrets',
  'budget',
  'token',
  'openings',
  'other',
] as const;
export type Topic = (typeof topics)[number];

const slotNames = new Set(Object.keys(new NetworkSlots()));

/** The `cordon:` block of a rule. */
const block = z.strictObject({
  topic: z.enum(topics),
  /** Plain words with `{slot}`, `{count}`, `{app}`, `{user}`, `{grant}`, `{grants}`, `{first}`, `{last}`, `{span}`, `{rows}`. */
  explanation: z.string().min(20),
  /** What to do first. */
  advice: z.string().min(10),
  /** `none`, or the slots of familiarity on which the verdict leans. */
  needs: z.union([
    z.literal('none'),
    z.array(z.string().refine((name) => name.startsWith('history.') && slotNames.has(name), 'a history.* slot')).min(1),
  ]),
  /** The grants of all its events are concerned, not only that of the last one. */
  joinsGrants: z.boolean().default(false),
});

/** What a finding takes from its rule. */
export interface FindingRule {
  readonly about: Finding['rule'];
  readonly level: Level;
  readonly topic: Topic;
  readonly explanation: string;
  readonly advice: string;
  readonly needs: readonly SlotName[];
  readonly joinsGrants: boolean;
}

/** Whether the rule's verdict leans on a history that this event's grant does not have yet. */
export const lacksHistory = (rule: FindingRule, slots: Slots): boolean =>
  rule.needs.some((name) => slots[name] === undefined || slots[name] === 'no history');

/** A rule that only feeds correlations of the pack: it makes no finding, even where they `generate`. */
export const isBuildingBlock = (rule: Rule): boolean =>
  rule.level === 'informational' && rule.custom['cordon'] === undefined;

/** Reads the rule's `cordon` block; a Sigma rule from elsewhere, which has none, leans on no history. */
export function readFindingRule(rule: Rule): Result<FindingRule> {
  const written = rule.custom['cordon'];
  const about = { name: rule.name, id: rule.id, title: rule.title, techniques: rule.techniques };
  if (written === undefined) return success({ about, level: rule.level, ...plain(rule) });
  const read = block.safeParse(written);
  if (!read.success) {
    const [issue] = read.error.issues;
    return failure({
      kind: 'invalid',
      where: `${rule.file}: ${rule.name}: cordon.${issue!.path.join('.')}`,
      found: JSON.stringify(issue!.path.reduce<unknown>((value, key) => (value as never)?.[key], written)) ?? 'nothing',
      expected: issue!.message,
    });
  }
  const { needs, ...rest } = read.data;
  return success({ about, level: rule.level, ...rest, needs: needs === 'none' ? [] : (needs as SlotName[]) });
}

function plain(rule: Rule): Pick<FindingRule, 'topic' | 'explanation' | 'advice' | 'needs' | 'joinsGrants'> {
  return {
    topic: 'other',
    explanation: `${rule.title}, by {grant}. ${rule.description}`,
    advice: 'Read the lines and ask the owner of the grant.',
    needs: [],
    joinsGrants: false,
  };
}
