import type { Spending } from '#ledger/answers/spendings.ts';
import { counted, dayInWords } from '#lib/words.ts';
import type { GatewayCallLine, GatewayLine, NoticeReason } from '#model/gateway-line.ts';
import type { LearnedPolicy } from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import { learnPolicies } from '../policy/learn/learn-policies.ts';
import type { LeftOutWindow, SeenCall } from '../policy/learn/seen-call.ts';
import { readLineLog } from '../read-line-log.ts';
import type { Operation } from '../requests/policy-view.ts';
import type { DeskParts } from './desk-parts.ts';
import { spentOf } from './replay-spendings.ts';

const zone = 'Etc/UTC';
/** A proposal's budgets are this many times the most that was seen. */
const headroom = 1.5;
/** What the minutes around a notice show is not what is wanted. */
const besideMs = 30 * 60_000;
/** What a policy denies is no sign of a thief: it is what a proposal is asked for. */
const suspicious: ReadonlySet<NoticeReason> = new Set([
  'budget',
  'reused-refresh-token',
  'stolen-token',
  'foreign-opening',
]);

/**
 * Proposes a policy from what left in the window, which the ledger knows, and from the calls by which no record left,
 * which stand in the gateway's own log. Stretches around suspicious notices are left out.
 */
export async function learnFrom(
  { ledger, broker, logDirectory }: DeskParts,
  integration: string,
  from: number,
  to: number,
): Promise<Result<LearnedPolicy>> {
  const calls: SeenCall[] = [];
  const without: LeftOutWindow[] = [];
  for await (const spending of ledger.spendings({ integrations: [integration], from, to })) calls.push(seen(spending));
  for await (const line of readLineLog(logDirectory, from, to)) {
    if (line.integration !== integration) continue;
    addWindow(without, line);
    const call = line.kind === 'call' ? seenWithoutRecords(line) : undefined;
    if (call !== undefined) calls.push(call);
  }
  calls.sort((one, other) => one.at - other.at);
  const [learned] = learnPolicies(calls, { without, zone, headroom });
  if (learned === undefined) {
    if (!broker.list().some(({ name }) => name === integration))
      return failure({ kind: 'gone', what: `an integration ${integration}` });
    const why =
      calls.length === 0
        ? `no call of ${integration} was answered since ${dayInWords(from)}`
        : `all ${counted(calls.length, 'call')} of ${integration} stand within half an hour of a suspicious notice`;
    return failure({ kind: 'refused', by: 'the records', why });
  }
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

/** One window for notices close to each other. */
function addWindow(windows: LeftOutWindow[], line: GatewayLine): void {
  if (line.kind !== 'notice' || !suspicious.has(line.reason)) return;
  const at = Date.parse(line.at);
  const last = windows.at(-1);
  const isNear = last !== undefined && at - besideMs <= last.to;
  if (isNear) windows[windows.length - 1] = { ...last, to: Math.max(last.to, at + besideMs) };
  else {
    const { integration, explanation: why } = line;
    windows.push({ integration, from: at - besideMs, to: at + besideMs, why });
  }
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

/** A describe, a count, or a question that found nothing. The log names no field of a count, and one of any other query. */
function seenWithoutRecords({
  integration,
  at,
  address,
  operation: kind,
  object,
  fields = [],
  records,
  status,
}: GatewayCallLine): SeenCall | undefined {
  if (status !== 200 || records > 0) return undefined;
  const isCount = kind === 'query' && fields.length === 0;
  const operation = isCount ? 'count' : withoutRecords[kind];
  if (operation === undefined) return undefined;
  const read = { fields, customerField: undefined, records: 0, wanted: undefined };
  return {
    integration,
    at: Date.parse(at),
    address,
    operation,
    reads: object === undefined ? [] : [{ object, ...read }],
    counts: isCount ? 1 : 0,
  };
}

const withoutRecords: Readonly<Record<string, Operation>> = {
  describe: 'describe',
  query: 'query',
  retrieve: 'retrieve',
};
