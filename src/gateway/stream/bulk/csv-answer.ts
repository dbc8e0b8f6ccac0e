import type { ReleaseEnd } from '#ledger/ledger.ts';
import type { CsvScanner } from '#scan/scan.ts';
import { answerHeaders, isCsv } from '../answers/answer-headers.ts';
import { refuseCall, refuseShape } from '../answers/pass-answer.ts';
import { type DataPath, notice, type Outcome, type PlannedCall } from '../data-path.ts';
import { endAtBudget } from '../end-at-budget.ts';
import { refusal, unavailable } from '../refuse.ts';
import type { AnswerHead } from '../upstream/answer-head.ts';
import type { BodySink, Flow } from '../upstream/connection.ts';
import type { CsvExpectation, CsvIntake, CsvOutlet, MeterEvents } from './csv-flow.ts';
import { CsvMeter } from './csv-meter.ts';
import { GzipIntake } from './gzip-intake.ts';
import { PlainIntake } from './plain-intake.ts';

/**
 * One streamed answer of bulk results. Nothing leaves before it is counted, paid for and durable in the ledger; where the
 * budget ends the client's connection breaks, so that no client takes the part for the whole.
 */
export class CsvAnswer implements BodySink, CsvOutlet, MeterEvents {
  readonly done: Promise<Outcome>;
  readonly #path: DataPath;
  readonly #call: PlannedCall;
  readonly #head: AnswerHead;
  readonly #flow: Flow;
  readonly #scanner: CsvScanner;
  readonly #meter: CsvMeter;
  readonly #intake: CsvIntake;
  readonly #resolve: (outcome: Outcome) => void;
  #bytes = 0;
  #unsent = 0;
  readonly #sending: { readonly bytes: Uint8Array; readonly left: () => void }[] = [];
  #isReached = false;
  #isEnding = false;
  #outcome: Outcome | undefined;
  #movedAt = Date.now();

  constructor(
    path: DataPath,
    call: PlannedCall,
    head: AnswerHead,
    flow: Flow,
    expectation: CsvExpectation,
    scanner: CsvScanner,
  ) {
    this.#path = path;
    this.#call = call;
    this.#head = head;
    this.#flow = flow;
    this.#scanner = scanner;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.done = promise;
    this.#resolve = resolve;
    const declared = Number(head.headers.get('sforce-numberofrecords'));
    this.#meter = new CsvMeter(path, call, expectation, scanner, declared, this);
    const isGzip = head.headers.get('content-encoding')?.toLowerCase() === 'gzip';
    const remaining = () => path.budget.remaining(call.identity.integration, expectation.records.object);
    this.#intake = isGzip
      ? new GzipIntake(this.#meter, flow, this, remaining)
      : new PlainIntake(this.#meter, flow, this);
    call.response.once('close', () => this.#closed());
  }

  room(): Uint8Array | undefined {
    return this.#intake.room();
  }

  lend(): Uint8Array | undefined {
    return this.#intake.lend();
  }

  took(bytes: number): void {
    this.#intake.took(bytes);
  }

  /** The CRM's answer came to its end. */
  finish(): void {
    if (this.#outcome === undefined) this.#intake.finish();
  }

  release(bytes: Uint8Array, free: () => void): void {
    this.#intake.release(bytes, free);
    if (this.#isReached && this.#meter.isSettled) this.#cutAtBudget();
  }

  freed(): void {
    this.#intake.freed();
  }

  send(bytes: Uint8Array, left: () => void): void {
    if (this.#outcome !== undefined) return;
    if (!this.#call.response.headersSent) this.#begin();
    if (this.#unsent === 0) this.#movedAt = Date.now();
    this.#unsent += bytes.length;
    this.#sending.push({ bytes, left });
    if (this.#sending.length === 1) this.#sendNext();
  }

  /** One write at a time: TLS copies what it is given together, and encrypts a single buffer where it lies. */
  #sendNext(): void {
    const { bytes, left } = this.#sending[0]!;
    this.#call.response.write(bytes, (error) => {
      if (error || this.#outcome !== undefined) return;
      this.#sending.shift();
      this.#unsent -= bytes.length;
      this.#bytes += bytes.length;
      this.#movedAt = Date.now();
      if (this.#sending.length > 0) this.#sendNext();
      left();
      if (this.#unsent > 0) return;
      if (this.#isReached && this.#meter.isSettled) this.#cutAtBudget();
      else if (this.#isEnding) this.#finishResponse();
    });
  }

  /** All is released, and the intake has given all of it to `send`. */
  ended() {
    if (this.#outcome !== undefined || this.#isEnding) return;
    if (!this.#intake.isEmpty) return this.fail('its bytes do not match its records');
    this.#isEnding = true;
    if (this.#unsent === 0) this.#finishResponse();
  }

  #finishResponse(): void {
    const { response } = this.#call;
    if (!response.headersSent) this.#begin();
    response.end(() => this.#settle('complete', undefined));
  }

  /** The budget is reached in the middle: the rest is dropped, the token suspended, people are told. */
  reached(): void {
    this.#isReached = true;
    this.#flow.drop();
    const { identity } = this.#call;
    this.#path.tally.cut('budget');
    const why = `The budget was reached in the middle of bulk results, after ${this.#meter.records} records of them, and the stream was cut.`;
    endAtBudget(this.#path, identity, why);
  }

  /** Behind the end of the budget too: what was paid for and cannot be written down would be waited for in vain. */
  failed(why: string): void {
    this.#breakOff(why);
  }

  fail(why: string): void {
    if (!this.#isReached) this.#breakOff(why);
  }

  /** The answer is not what was expected, or came to no good end: nothing further leaves. */
  #breakOff(why: string): void {
    if (this.#outcome !== undefined) return;
    this.#flow.drop();
    this.#path.tally.cut('shape');
    if (!this.#call.response.headersSent) {
      this.#settle('broken', refuseShape(this.#path, this.#call, why));
      return;
    }
    notice(this.#path, this.#call.identity, 'unknown-shape', 'medium', `Bulk results were broken off: ${why}.`);
    this.#settle('broken', this.#outcomeOf('shape'));
    this.#call.response.destroy();
  }

  /** Ends it from outside: token revoked, shutdown, the CRM's connection broke. */
  cut(why: string): void {
    if (this.#outcome !== undefined || this.#isReached || this.#isEnding) return;
    this.#flow.drop();
    this.#path.tally.cut(why);
    const { response } = this.#call;
    if (!response.headersSent) {
      const refused =
        why === 'token-ended' ? refusal(401, 'INVALID_SESSION_ID', 'The token has ended.', why) : undefined;
      this.#settle('cut', refuseCall(this.#path, this.#call, refused ?? unavailable('The answer broke off.', why)));
      return;
    }
    this.#settle('cut', this.#outcomeOf(why));
    response.destroy();
  }

  /** A client that takes nothing for too long holds memory that others need. */
  watch(now: number): void {
    if (this.#unsent > 0 && now - this.#movedAt > this.#path.limits.stallMs) this.#stall();
  }

  #stall(): void {
    if (this.#outcome !== undefined) return;
    this.#flow.drop();
    this.#path.tally.cut('stalled');
    this.#settle('broken', this.#outcomeOf('stalled'));
    this.#call.response.destroy();
  }

  #begin(): void {
    const { framing } = this.#head;
    this.#call.response.writeHead(
      200,
      answerHeaders(this.#head, framing.kind === 'length' ? framing.bytes : undefined),
    );
  }

  #cutAtBudget(): void {
    if (this.#outcome !== undefined || this.#unsent > 0) return;
    const { response } = this.#call;
    if (response.headersSent) {
      this.#settle('cut', this.#outcomeOf('budget'));
      const { paidArrivesMs } = this.#path.limits;
      if (paidArrivesMs === 0) response.destroy();
      else setTimeout(() => response.destroy(), paidArrivesMs);
      return;
    }
    const message = 'Cordon gateway: the budget of records of this integration is reached, and its token is suspended.';
    this.#settle('cut', refuseCall(this.#path, this.#call, refusal(403, 'REQUEST_LIMIT_EXCEEDED', message, 'budget')));
  }

  #outcomeOf(why: string | undefined): Outcome {
    return { status: 200, records: this.#meter.records, bytes: this.#bytes, why };
  }

  /** The client went, or all was sent: only now no write can still look at the scanner's memory. */
  #closed(): void {
    const { framing } = this.#head;
    // With a length a client may go as soon as it has all, before the CRM's end was seen here.
    const hasAll = framing.kind === 'length' && this.#bytes === framing.bytes;
    if (hasAll || (this.#isEnding && this.#unsent === 0)) this.#settle('complete', undefined);
    if (this.#outcome === undefined) {
      this.#flow.drop();
      this.#settle('broken', this.#outcomeOf('client-gone'));
    }
    this.#scanner.close();
  }

  #settle(how: ReleaseEnd, outcome: Outcome | undefined): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome ?? this.#outcomeOf(undefined);
    this.#intake.close();
    this.#meter.stop(how).catch((error: unknown) => {
      this.#path.log({
        level: 'error',
        event: 'ledger-fault',
        why: error instanceof Error ? error.message : 'unknown',
      });
    });
    this.#resolve(this.#outcome);
  }
}

/** Why an answer's head is not that of bulk results; undefined when it is. A missing locator makes clients loop for ever. */
export function faultOfCsvHead(head: AnswerHead): string | undefined {
  if (!isCsv(head)) return 'it is no CSV in UTF-8';
  const encoding = (head.headers.get('content-encoding') ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') return 'its encoding is unknown';
  if (!head.headers.has('sforce-locator')) return 'it has no Sforce-Locator';
  const declared = head.headers.get('sforce-numberofrecords') ?? '';
  return /^\d{1,12}$/.test(declared) ? undefined : 'it has no Sforce-NumberOfRecords';
}
