import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NoticeReason } from '#model/gateway-line.ts';
import type { Identity, Plan, Refusal, UnderstoodCall } from '../call.ts';
import type { Caller } from '../parts.ts';
import { forwardCall } from './answer-call.ts';
import type { TooSoon } from './call-rates.ts';
import { type Arrival, type DataPath, notice, type Outcome } from './data-path.ts';
import { endAtBudget } from './end-at-budget.ts';
import { answerForm, formPath } from './ingress/answer-form.ts';
import { readCallBody } from './ingress/call-body.ts';
import { readCallHead } from './ingress/call-head.ts';
import { countsUnwritten, payCounts } from './pay-counts.ts';
import { refusal, refuse, type TransportRefusal } from './refuse.ts';

/** What stands in the way of every call right now; undefined: nothing. */
export type Obstacle = () => TransportRefusal | undefined;

/** One call's walk, from its head to the last byte of its answer. A bug ends the call, not the gateway. */
export async function takeCall(
  path: DataPath,
  obstacle: Obstacle,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  try {
    const head = readCallHead(request, path.limits.targetBytes);
    if (path.ended.has(request.socket)) return void response.destroy();
    if (isRefusal(head)) {
      // Where a head is not understood, what stands behind it is not a call either.
      path.ended.add(request.socket);
      response.shouldKeepAlive = false;
      return refuseEarly(path, response, head);
    }
    const form = formPath(head);
    if (form !== undefined) return await answerForm(path, request, response, head, caller, form);
    await walk(path, obstacle, { request, response, head, caller, at: path.clock() });
  } catch (error) {
    path.log({
      level: 'error',
      event: 'bug',
      why: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
    });
    refuse(response, refusal(500, 'UNKNOWN_EXCEPTION', 'Cordon gateway: an unexpected fault.', 'bug'));
  }
}

async function walk(path: DataPath, obstacle: Obstacle, met: Arrival): Promise<void> {
  const { request, response, head, caller } = met;
  const identity = path.broker.identify(head, caller);
  if (isRefusal(identity)) return refuseEarly(path, response, identity);
  const startedAt = performance.now();
  const tooSoon = path.rates.take(identity.integration, startedAt);
  if (tooSoon !== undefined) return refuseTooSoon(path, met, identity, tooSoon);
  const blocked = obstacle();
  if (blocked !== undefined) return refuseKnown(path, met, identity, undefined, blocked);
  const place = path.running.enter(identity.integration, path.limits.callsPerIntegration);
  if (place === undefined) return refuseKnown(path, met, identity, undefined, crowded(path, false));
  response.once('close', () => place.leave());
  const limit = path.planner.bodyLimit(head);
  if (typeof limit !== 'number') return refuseKnown(path, met, identity, undefined, limit);
  const reading = readCallBody(request, response, head, limit);
  const body = reading === undefined || 'status' in reading ? reading : await reading;
  if (isRefusal(body)) return refuseKnown(path, met, identity, undefined, body);
  if (body !== undefined && !path.broker.isAlive(identity.token)) return refuseEarly(path, response, tokenEnded);
  const understood = path.planner.understand(head, body);
  if (isRefusal(understood)) return refuseKnown(path, met, identity, undefined, understood);
  const plan = path.planner.plan(understood, identity);
  if (isRefusal(plan)) return refuseKnown(path, met, identity, understood, plan);
  if (plan.expectation.kind === 'bulk-csv' && !place.toStreams(path.limits.streamsPerIntegration)) {
    return refuseKnown(path, met, identity, understood, crowded(path, true));
  }
  const unpaid = payForJob(path, identity, plan);
  if (unpaid !== undefined) return refuseKnown(path, met, identity, understood, unpaid);
  for (const each of plan.wouldRefuse) {
    path.tally.refused(`dry-run ${each.reason}`);
    notice(path, identity, 'denied', 'informational', `Would be refused if the policy were in force: ${each.message}`);
  }
  const outcome = await forwardCall(path, { ...met, identity, understood, plan });
  path.tally.call(understood.asked.kind, outcome.status, (performance.now() - startedAt) / 1000);
  path.tally.sent(outcome.bytes);
  tell(path, met, identity, understood, outcome);
}

const countsSpent = refusal(
  403,
  'REQUEST_LIMIT_EXCEEDED',
  'Cordon gateway: the budget of counts of this integration is reached; a bulk job tells how many records there are.',
  'counts',
);

/** A job's own record tells how many records its query finds: that is a COUNT, and is paid as one. */
function payForJob(path: DataPath, { integration }: Identity, { opens }: Plan): TransportRefusal | undefined {
  if (opens?.expectation.kind !== 'bulk-csv') return undefined;
  const isPaid = payCounts(path, integration, opens.expectation.records.object, 1);
  if (isPaid === undefined) return countsUnwritten;
  return isPaid ? undefined : countsSpent;
}

function crowded({ limits }: DataPath, isStream: boolean): TransportRefusal {
  const most = isStream ? limits.streamsPerIntegration : limits.callsPerIntegration;
  const message = `Cordon gateway: ${most} ${isStream ? 'streams' : 'calls'} of this integration run already.`;
  return refusal(403, 'REQUEST_LIMIT_EXCEEDED', message, 'concurrency');
}

const tokenEnded = refusal(401, 'INVALID_SESSION_ID', 'The token has ended.', 'token-ended');

/** A flood is told of once a minute, in the log of calls too: else whoever floods fills the disk. */
function refuseTooSoon(path: DataPath, met: Arrival, identity: Identity, { isNews, refused }: TooSoon): void {
  const { callsPerSecond, callsInBurst } = path.limits;
  const message = `Cordon gateway: this integration may call ${callsPerSecond} times a second, and ${callsInBurst} at once.`;
  const tooOften = refusal(403, 'REQUEST_LIMIT_EXCEEDED', message, 'rate');
  if (!isNews) {
    path.tally.refused('rate');
    refuse(met.response, tooOften);
    return;
  }
  refuseEarly(path, met.response, tooOften);
  const since = refused === 1 ? '' : ` ${refused} calls were refused since this was last told.`;
  notice(path, identity, 'rate', 'medium', `${message} It calls more often, and is refused.${since}`);
  tell(path, met, identity, undefined, { status: 403, records: 0, bytes: 0, why: 'rate' });
}

function refuseEarly(path: DataPath, response: ServerResponse, refused: TransportRefusal): void {
  path.tally.refused(refused.reason);
  path.log({ level: 'info', event: 'refused', reason: refused.reason, status: refused.status });
  refuse(response, refused);
}

function refuseKnown(
  path: DataPath,
  met: Arrival,
  identity: Identity,
  understood: UnderstoodCall | undefined,
  refused: TransportRefusal,
): void {
  refuseEarly(path, met.response, refused);
  path.tally.call(understood?.asked.kind ?? 'none', refused.status, 0);
  const noticed = noticeOf(refused.reason, understood);
  if (noticed === 'budget') endAtBudget(path, identity, refused.message);
  else if (noticed !== undefined)
    notice(path, identity, noticed, noticed === 'denied' ? 'medium' : 'high', refused.message);
  tell(path, met, identity, understood, { status: refused.status, records: 0, bytes: 0, why: refused.reason });
}

/** Which refusals are worth a finding: what a policy denies, what belongs to others, a budget that is spent. */
function noticeOf(reason: string, understood: UnderstoodCall | undefined): NoticeReason | undefined {
  if (reason.startsWith('foreign')) return 'foreign-opening';
  if (reason.includes('budget')) return 'budget';
  return understood === undefined || reason === 'concurrency' || reason === 'ledger' ? undefined : 'denied';
}

function tell(
  path: DataPath,
  met: Arrival,
  identity: Identity,
  understood: UnderstoodCall | undefined,
  { status, records, bytes, why }: Outcome,
): void {
  const agent = met.head.headers.get('user-agent');
  path.tellCall({
    at: met.at,
    integration: identity.integration,
    token: identity.token,
    tier: identity.tier,
    address: identity.address,
    operation: understood?.asked.kind ?? 'none',
    ...(understood && path.wordsOf(understood.asked)),
    records,
    bytes,
    status,
    ...(why !== undefined && { outcome: why }),
    ...(agent !== undefined && { userAgent: agent.slice(0, 200) }),
  });
}

const isRefusal = (value: object | undefined): value is Refusal => value !== undefined && 'errorCode' in value;
