import { answerHeaders } from './answers/answer-headers.ts';
import { answerJob, answerWithoutRecords } from './answers/answer-plain.ts';
import { answerRecords } from './answers/answer-records.ts';
import { HeldAnswer } from './answers/held-answer.ts';
import { mostErrorBytes, passAnswer, passError, refuseCall, refuseShape } from './answers/pass-answer.ts';
import { UncountedRelay } from './answers/relay-uncounted.ts';
import { CsvAnswer, faultOfCsvHead } from './bulk/csv-answer.ts';
import type { CsvExpectation } from './bulk/csv-flow.ts';
import { answered, type DataPath, notice, type Outcome, type PlannedCall } from './data-path.ts';
import { refusal, unavailable } from './refuse.ts';
import type { RunningCall } from './running-calls.ts';
import type { AnswerHead } from './upstream/answer-head.ts';
import type { BodySink, Flow, UpstreamFault } from './upstream/connection.ts';

/** What the CRM's answer became as it came in. */
type Taken =
  | { readonly kind: 'held'; readonly head: AnswerHead; readonly held: HeldAnswer }
  | { readonly kind: 'csv'; readonly answer: CsvAnswer }
  | { readonly kind: 'uncounted'; readonly head: AnswerHead; readonly relay: UncountedRelay }
  | { readonly kind: 'refused'; readonly answer: () => Outcome };

/**
 * Forwards a planned call with the CRM's own token and answers it. A token that the CRM refuses is renewed and the call
 * sent once more.
 */
export async function forwardCall(path: DataPath, call: PlannedCall): Promise<Outcome> {
  const { integration } = call.identity;
  const underWay = new CallUnderWay(path, call);
  for (const isStale of [false, true]) {
    const asked = path.broker.upstreamToken(integration, isStale);
    const token = asked instanceof Promise ? await asked : asked;
    if (!token.ok) {
      path.log({ level: 'error', event: 'no-crm-token', integration });
      if (token.failure.kind === 'later') path.upstream.doubt();
      return refuseCall(
        path,
        call,
        unavailable('Cordon gateway: there is no credential for the CRM now.', 'no-crm-token'),
      );
    }
    underWay.forget();
    const fault = await path.upstream.send(call.plan.forward, token.value, (head, flow) => {
      underWay.flow = flow;
      underWay.taken = takeAnswer(path, call, head, flow);
      return call.response.destroyed ? undefined : sinkOf(underWay.taken);
    });
    const { taken } = underWay;
    if (taken?.kind === 'csv') {
      if (fault === undefined) taken.answer.finish();
      else taken.answer.cut('crm-broke');
      return taken.answer.done;
    }
    const isRefused = taken?.kind === 'held' && taken.head.status === 401 && fault === undefined;
    if (!isRefused || isStale) return answerCall(path, call, taken, fault);
  }
  throw new Error('unreachable: the second try always answers');
}

/** A call from its plan to the last byte of its answer, or to the moment its client goes. */
class CallUnderWay implements RunningCall {
  readonly integration: string;
  readonly token: string;
  index = -1;
  flow: Flow | undefined;
  taken: Taken | undefined;
  readonly #response: PlannedCall['response'];

  constructor(path: DataPath, call: PlannedCall) {
    this.integration = call.identity.integration;
    this.token = call.identity.token;
    this.#response = call.response;
    path.running.add(this);
    call.response.once('close', () => {
      path.running.delete(this);
      if (!call.response.writableFinished) this.flow?.drop();
    });
    if (call.response.destroyed) path.running.delete(this);
  }

  /** Before the call is sent once more. */
  forget(): void {
    this.flow = undefined;
    this.taken = undefined;
  }

  cut(why: string): void {
    if (this.taken?.kind === 'csv') {
      this.taken.answer.cut(why);
      return;
    }
    this.flow?.drop();
    this.#response.destroy();
  }

  watch(now: number): void {
    if (this.taken?.kind === 'csv') this.taken.answer.watch(now);
  }
}

function sinkOf(taken: Taken): BodySink | undefined {
  if (taken.kind === 'held') return taken.held;
  if (taken.kind === 'csv') return taken.answer;
  return taken.kind === 'uncounted' ? taken.relay : undefined;
}

/** From the head alone: hold it, stream it, or have none of it. */
function takeAnswer(path: DataPath, call: PlannedCall, head: AnswerHead, flow: Flow): Taken {
  const { expectation } = call.plan;
  const hold = (mostBytes: number): Taken => {
    const length = head.framing.kind === 'length' ? head.framing.bytes : undefined;
    if (length !== undefined && length > mostBytes) return refused(() => refuseShape(path, call, 'it is too large'));
    const held = new HeldAnswer(head.framing.kind === 'none' ? 0 : length, mostBytes, flow);
    return { kind: 'held', head, held };
  };
  if (head.status >= 400) return hold(mostErrorBytes);
  if (head.status !== 204 && expectation.kind === 'bulk-csv') return streamCsv(path, call, head, flow, expectation);
  if (expectation.kind === 'uncounted') return relay(path, call, head, flow, expectation.why);
  return hold(expectation.kind === 'no-records' ? expectation.maxBytes : path.limits.pageBytes);
}

const refused = (answer: () => Outcome): Taken => ({ kind: 'refused', answer });

function streamCsv(
  path: DataPath,
  call: PlannedCall,
  head: AnswerHead,
  flow: Flow,
  expectation: CsvExpectation,
): Taken {
  const { form, columns, records } = expectation;
  const fault = head.status === 200 ? faultOfCsvHead(head) : `status ${head.status} was not expected`;
  if (fault !== undefined) return refused(() => refuseShape(path, call, fault));
  const customer = records.customerField?.toLowerCase() || undefined;
  const lower = columns.map((column) => column.toLowerCase());
  const idColumn = lower.indexOf('id');
  const customerColumn = customer === undefined || customer === 'id' ? idColumn : lower.indexOf(customer);
  if (idColumn < 0 || customerColumn < 0)
    return refused(() => refuseShape(path, call, 'it has no column that is counted'));
  const options = { delimiter: form.delimiter, columns, idColumn };
  const scanner = path.scanners.openCsv(customerColumn === idColumn ? options : { ...options, customerColumn });
  if (scanner === undefined) {
    return refused(() =>
      refuseCall(path, call, unavailable('Cordon gateway: as many streams run as may at once.', 'streams')),
    );
  }
  return { kind: 'csv', answer: new CsvAnswer(path, call, head, flow, expectation, scanner) };
}

function relay(path: DataPath, call: PlannedCall, head: AnswerHead, flow: Flow, why: string): Taken {
  const explanation = `An answer left uncounted, as the policy allows (${why}): this exposure is unbounded.`;
  notice(path, call.identity, 'uncounted', 'high', explanation);
  const length = head.framing.kind === 'length' ? head.framing.bytes : undefined;
  call.response.writeHead(head.status, answerHeaders(head, length));
  return { kind: 'uncounted', head, relay: new UncountedRelay(call.response, flow) };
}

/** Small answers are answered at once, without waiting for anything. */
function answerCall(
  path: DataPath,
  call: PlannedCall,
  taken: Exclude<Taken, { kind: 'csv' }> | undefined,
  fault: UpstreamFault | undefined,
): Outcome | Promise<Outcome> {
  if (call.response.destroyed) return { status: 499, records: 0, bytes: 0, why: 'client-gone' };
  if (taken?.kind === 'refused') return taken.answer();
  if (taken?.kind === 'held' && taken.held.isTooLarge) return refuseShape(path, call, 'it is too large');
  if (taken === undefined || fault !== undefined) return answerFault(path, call, fault);
  if (taken.kind === 'uncounted') {
    call.response.end();
    return answered(taken.head.status, taken.relay.bytes);
  }
  const answer = { head: taken.head, body: taken.held.bytes() };
  if (answer.head.status >= 400) return passError(path, call, answer);
  const { expectation } = call.plan;
  if (expectation.kind === 'records') return answerRecords(path, call, answer, expectation);
  if (expectation.kind === 'no-records') return answerWithoutRecords(path, call, answer);
  if (expectation.kind === 'job') return answerJob(path, call, answer);
  return answer.head.status === 204
    ? passAnswer(path, call, answer)
    : refuseShape(path, call, 'it is not what was asked for');
}

/** The CRM did not finish its answer. Once a head has left, only a broken connection says so. */
function answerFault(path: DataPath, call: PlannedCall, fault: UpstreamFault | undefined): Outcome {
  const kind = fault?.kind ?? 'broken';
  path.tally.upstreamFault(kind);
  path.log({ level: 'error', event: 'crm-fault', kind, why: fault?.why, integration: call.identity.integration });
  if (call.response.headersSent) {
    call.response.destroy();
    return { status: 502, records: 0, bytes: 0, why: kind };
  }
  if (kind === 'malformed') return refuseShape(path, call, fault?.why ?? 'it is malformed');
  const status = kind === 'timeout' ? 504 : kind === 'crowded' ? 503 : 502;
  const message = `Cordon gateway: the CRM gave no whole answer (${kind}).`;
  return refuseCall(path, call, refusal(status, 'SERVER_UNAVAILABLE', message, `crm-${kind}`));
}
