import { inWords } from '#lib/words.ts';
import { openBudget } from '../../budget/open-budget.ts';
import type { Wanted } from '../../parts.ts';
import type { PolicyView } from '../../requests/policy-view.ts';
import { followStandard } from '../../requests/standard-relationships.ts';
import type { Policy } from '../policy.ts';
import { viewPolicy } from '../view-policy.ts';
import type { SeenCall, SeenRead } from './seen-call.ts';

/** What a policy would have done with traffic that was seen. */
export interface TrafficVerdict {
  readonly calls: number;
  readonly refused: number;
  /** Of the refused, by the first reason: `network`, `hours`, `operation`, `object`, `field`, `budget`. */
  readonly reasons: ReadonlyMap<string, number>;
}

/**
 * Holds traffic of one integration, in the order of time, against a policy: a dry run of what was. A customer whose
 * record is not known counts as a new one each time, so that with unknown customers it refuses too many, never too few.
 */
export function judgeTraffic(policy: Policy, calls: Iterable<SeenCall>): TrafficVerdict {
  const view = viewPolicy(policy, 0);
  let now = 0;
  const enforced = { ...policy, dryRun: false };
  const budget = openBudget({ policyOf: () => enforced, clock: () => now });
  const reasons = new Map<string, number>();
  let count = 0;
  let refused = 0;
  for (const call of calls) {
    now = call.at;
    count++;
    const reason = view.refuses(call.at, call.address)?.reason ?? refusalOf(view, call);
    const isSpent = reason === undefined && spends(call);
    if (reason === undefined && isSpent) continue;
    refused++;
    const told = reason ?? 'budget';
    reasons.set(told, (reasons.get(told) ?? 0) + 1);
  }
  return { calls: count, refused, reasons };

  function spends(call: SeenCall): boolean {
    const object = call.reads[0]?.object;
    if (call.counts > 0 && object !== undefined && !budget.takeAggregates(call.integration, object, call.counts)) {
      return false;
    }
    return budget.takeAll(call.integration, call.reads.map(wantedOf));
  }
}

/** `3 of 1,204 calls would not pass: 2 by network, 1 by budget`. */
export function describeVerdict({ calls, refused, reasons }: TrafficVerdict): string {
  const by = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${inWords(count)} by ${reason}`);
  const told = refused === 0 ? 'all would pass' : `${inWords(refused)} would not pass: ${by.join(', ')}`;
  return `Of ${inWords(calls)} calls ${told}.`;
}

const wantedOf = ({ object, records, wanted }: SeenRead): Wanted =>
  wanted ?? { object, prefix: [], numbers: new BigUint64Array(records), customers: undefined };

function refusalOf(view: PolicyView, { operation, reads }: SeenCall): string | undefined {
  if (!view.operations.has(operation)) return 'operation';
  for (const { object, fields } of reads) {
    const policy = view.objects.get(object.toLowerCase());
    if (policy === undefined) return 'object';
    if (fields === undefined && (policy.fields !== 'all' || policy.denied.size > 0)) return 'field';
    for (const field of fields ?? []) {
      const reason = refusalOfField(view, object, field);
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}

function refusalOfField(view: PolicyView, object: string, field: string): 'object' | 'field' | undefined {
  const steps = field.toLowerCase().split('.');
  const name = steps.pop()!;
  let owner: string | undefined = object.toLowerCase();
  for (const step of steps) {
    const standard: string | undefined = followStandard(owner, step);
    owner = (standard ?? view.relationships.get(owner)?.get(step))?.toLowerCase();
    if (owner === undefined) return 'object';
  }
  const policy = view.objects.get(owner);
  if (policy === undefined) return 'object';
  if (name === 'id' || name === policy.customerField?.toLowerCase()) return undefined;
  const isListed = policy.fields === 'all' || policy.fields.has(name);
  return isListed && !policy.denied.has(name) ? undefined : 'field';
}
