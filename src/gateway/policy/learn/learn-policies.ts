import { counted, dayInWords, inWords, listInWords } from '#lib/words.ts';
import { countsCustomers } from '../counts-customers.ts';
import { parseNetwork } from '../networks.ts';
import type { Policy } from '../policy.ts';
import { printPolicy } from '../print-policy.ts';
import { createHoursSeen } from './hours-seen.ts';
import { describeVerdict, judgeTraffic } from './judge-traffic.ts';
import { createObjectsSeen } from './objects-seen.ts';
import { createPeaks } from './peaks.ts';
import type { LeftOutWindow, SeenCall } from './seen-call.ts';

export interface LearnOptions {
  /** Time under a finding: what was done then is not what is wanted. */
  readonly without: readonly LeftOutWindow[];
  /** IANA name of the zone in which the hours are written. */
  readonly zone: string;
  /** Budgets are this many times the highest that was seen. */
  readonly headroom: number;
}

export interface Learned {
  readonly integration: string;
  readonly from: number;
  readonly to: number;
  /** Calls learned from; of these, how many the proposal would refuse all the same. */
  readonly calls: number;
  readonly wouldRefuse: number;
  readonly policy: Policy;
  /** With comments that say where each figure comes from. */
  readonly yaml: string;
  /** The windows of this integration in which calls were left out, and how many of these the proposal would refuse. */
  readonly leftOut: readonly (LeftOutWindow & { readonly calls: number; readonly wouldRefuse: number })[];
}

/**
 * Proposes a policy for each integration from what it was seen to do, in the order of time. `calls` is walked more than
 * once. A proposal is no verdict: a thief at work before Cordon watched is learned too, unless a finding leaves him out.
 */
export function learnPolicies(calls: Iterable<SeenCall>, options: LearnOptions): readonly Learned[] {
  const byIntegration = new Map<string, SeenCall[]>();
  for (const call of calls) {
    const known = byIntegration.get(call.integration);
    if (known === undefined) byIntegration.set(call.integration, [call]);
    else known.push(call);
  }
  return [...byIntegration]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([integration, its]) => learn(integration, its, options))
    .filter((learned) => learned !== undefined);
}

/** Undefined when all of its calls were left out. */
function learn(integration: string, all: readonly SeenCall[], options: LearnOptions): Learned | undefined {
  const windows = options.without.filter((window) => (window.integration ?? integration) === integration);
  const isIn = (window: LeftOutWindow, { at }: SeenCall): boolean => at >= window.from && at < window.to;
  const calls = all.filter((call) => !windows.some((window) => isIn(window, call)));
  const first = calls[0];
  if (first === undefined) return undefined;
  const { policy, comments } = propose(integration, calls, options);
  const verdict = judgeTraffic(policy, calls);
  const leftOut = windows.flatMap((window) => {
    const its = all.filter((call) => isIn(window, call));
    return its.length === 0 ? [] : [{ ...window, calls: its.length, wouldRefuse: judgeTraffic(policy, its).refused }];
  });
  const told = [
    ...comments,
    describeVerdict(verdict),
    ...leftOut.map(
      (window) =>
        `Left out: ${counted(window.calls, 'call')} from ${dayInWords(window.from)} (${window.why}); ` +
        `the proposal would refuse ${inWords(window.wouldRefuse)} of them.`,
    ),
  ];
  return {
    integration,
    from: first.at,
    to: calls.at(-1)!.at,
    calls: calls.length,
    wouldRefuse: verdict.refused,
    policy,
    yaml: `${told.map((line) => `# ${line}\n`).join('')}\n${printPolicy(policy)}`,
    leftOut,
  };
}

function propose(
  integration: string,
  calls: readonly SeenCall[],
  { zone, headroom }: LearnOptions,
): { readonly policy: Policy; readonly comments: readonly string[] } {
  const objects = createObjectsSeen();
  const hours = createHoursSeen(zone);
  const networks = new Set<string>();
  const operations = new Set<SeenCall['operation']>();
  for (const call of calls) {
    objects.add(call.reads);
    hours.add(call.at);
    operations.add(call.operation);
    networks.add(networkAround(call.address) ?? call.address);
  }
  const seen = objects.view();
  const peaks = createPeaks(seen.objects);
  for (const call of calls) peaks.add(call);
  const { budgets, comments } = peaks.propose(headroom, operations.has('count'));
  const span = `${dayInWords(calls[0]!.at)} to ${dayInWords(calls.at(-1)!.at)}`;
  const policy: Policy = {
    integration,
    why: `Proposed from ${counted(calls.length, 'call')}, ${span}; say here what it is for`,
    objects: seen.objects,
    operations: [...operations],
    hours: hours.propose(),
    networks: [...networks].filter((network) => network.includes('/')).sort(),
    budgets,
    uncounted: [],
    dryRun: false,
  };
  return {
    policy,
    comments: [
      `Learned from ${counted(calls.length, 'call')}, ${span}.`,
      ...comments,
      ...notesOn(policy, seen.unknown, hours.days),
    ],
  };
}

function notesOn(policy: Policy, unknown: readonly string[], days: number): readonly string[] {
  const without = policy.objects
    .filter((object) => object.customer === undefined && countsCustomers(policy, object))
    .map(({ name }) => name);
  return [
    ...(days < 7 ? [`Seen for ${counted(days, 'day')} only: the hours hold for every day of the week.`] : []),
    ...(without.length > 0
      ? [`No field leads to the customer of ${listInWords(without)}: every record counts as a new customer.`]
      : []),
    ...(unknown.length > 0 ? [`Say under relationships where these lead: ${listInWords(unknown)}.`] : []),
  ];
}

/** The size of block in which a vendor's machines usually stand together: /24, in IPv6 /48. */
const networkAround = (address: string): string | undefined =>
  parseNetwork(`${address}/${address.includes(':') ? 48 : 24}`);
