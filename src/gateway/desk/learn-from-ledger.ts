import type { Spending } from '#ledger/answers/spendings.ts';
import type { LearnedPolicy } from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import { learnPolicies } from '../policy/learn/learn-policies.ts';
import type { LeftOutWindow, SeenCall } from '../policy/learn/seen-call.ts';
import type { Operation } from '../requests/policy-view.ts';
import type { DeskParts } from './open-desk.ts';
import { spentOf } from './replay-spendings.ts';

const zone = 'Etc/UTC';
/** A proposal's budgets are this many times the most that was seen. */
const headroom = 1.5;
/** What the minutes around a notice show is not what is wanted. */
const besideMs = 30 * 60_000;

/** Proposes a policy from what left in the window; stretches around cuts are left out. */
export async function learnFrom(
  { ledger, traffic }: DeskParts,
  integration: string,
  from: number,
  to: number,
): Promise<Result<LearnedPolicy>> {
  const calls: SeenCall[] = [];
  for await (const spending of ledger.spendings({ integrations: [integration], from, to })) calls.push(seen(spending));
  const without: readonly LeftOutWindow[] = traffic
    .cuts(from, to)
    .filter((cut) => cut.integration === integration)
    .map(({ at, words }) => ({ integration, from: at - besideMs, to: at + besideMs, why: words }));
  const [learned] = learnPolicies(calls, { without, zone, headroom });
  if (learned === undefined)
    return failure({ kind: 'gone', what: `Any reading of ${integration} in this time that nothing speaks against` });
  const { yaml, wouldRefuse, leftOut } = learned;
  return success({
    integration,
    from,
    to,
    calls: learned.calls,
    yaml,
    wouldRefuse,
    leftOut: leftOut.map(({ from: begun, to: ended, why }) => ({ from: begun, to: ended, why })),
  });
}

const operations: Readonly<Record<string, Operation>> = {
  query: 'query',
  'query-all': 'query-all',
  'query-more': 'query',
  retrieve: 'retrieve',
  composite: 'retrieve',
  bulk: 'bulk',
};

function seen(spending: Spending): SeenCall {
  const { release, object, at } = spending;
  const spent = spentOf(spending);
  const wanted = 'wanted' in spent ? spent.wanted : undefined;
  return {
    integration: release.integration,
    at,
    address: release.address,
    operation: operations[release.operation] ?? 'query',
    reads: [
      {
        object,
        fields: release.fields,
        customerField: release.customerField,
        records: wanted?.numbers.length ?? 0,
        wanted,
      },
    ],
    counts: 0,
  };
}
