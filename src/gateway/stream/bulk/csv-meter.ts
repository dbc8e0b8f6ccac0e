import type { OpenRelease, ReleaseEnd } from '#ledger/ledger.ts';
import { type CsvScanner, type CsvStep, noId, type ScanFault, type ScannedIds } from '#scan/scan.ts';
import { releaseOf } from '../answers/answer-records.ts';
import type { DataPath, PlannedCall } from '../data-path.ts';
import type { CsvExpectation, MeterEvents } from './csv-flow.ts';

interface Waiting {
  readonly step: CsvStep;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  readonly isCut: boolean;
  isDurable: boolean;
}

/**
 * Takes the records of one CSV answer from the budget as they are scanned, writes them down, and lets their bytes go
 * once that is durable: in order, several steps under way at once.
 */
export class CsvMeter {
  /** Records that were paid for and written down. */
  records = 0;
  readonly #path: DataPath;
  readonly #call: PlannedCall;
  readonly #expectation: CsvExpectation;
  readonly #scanner: CsvScanner;
  readonly #events: MeterEvents;
  readonly #declared: number;
  readonly #waiting: Waiting[] = [];
  readonly #steps: { readonly step: CsvStep; isFree: boolean }[] = [];
  #release: OpenRelease | undefined;
  /** Nothing further is scanned. */
  #isSealed = false;
  /** Nothing further is released. */
  #isStopped = false;

  /** `declared`: Sforce-NumberOfRecords. */
  constructor(
    path: DataPath,
    call: PlannedCall,
    expectation: CsvExpectation,
    scanner: CsvScanner,
    declared: number,
    events: MeterEvents,
  ) {
    this.#path = path;
    this.#call = call;
    this.#expectation = expectation;
    this.#scanner = scanner;
    this.#declared = declared;
    this.#events = events;
  }

  room(): Uint8Array | undefined {
    return this.#isSealed ? undefined : this.#scanner.room();
  }

  /** The first so many bytes of the room were written. */
  take(bytes: number): void {
    if (!this.#isSealed) this.#account(this.#scanner.take(bytes), false);
  }

  /** No more bytes come. */
  end(): void {
    if (!this.#isSealed) this.#account(this.#scanner.end(), true);
  }

  /** Nothing further is released. */
  async stop(how: ReleaseEnd): Promise<void> {
    this.#isSealed = true;
    this.#isStopped = true;
    this.#waiting.length = 0;
    await this.#release?.end(how);
  }

  #account(step: CsvStep | ScanFault, isLast: boolean) {
    if ('fault' in step) return this.#fail(step.fault);
    const { identity } = this.#call;
    const allowed = step.count === 0 ? 0 : this.#pay(step);
    const isCut = allowed < step.count;
    this.#isSealed ||= isCut || isLast;
    this.records += allowed;
    const entry = {
      step,
      bytes: isCut ? step.region.subarray(0, step.starts[allowed]) : step.region,
      isLast: isLast || isCut,
      isCut,
      isDurable: allowed === 0,
    };
    if (isLast && !isCut && this.records !== this.#declared) {
      return this.#fail(`the CRM declared ${this.#declared} records and sent ${this.records}`);
    }
    this.#steps.push({ step, isFree: false });
    this.#waiting.push(entry);
    if (allowed > 0) this.#writeDown(entry, allowed);
    if (allowed > 0) this.#path.tally.released(identity.integration, this.#expectation.records.object, allowed);
    if (isCut) this.#events.reached();
    this.#releaseDurable();
  }

  #fail(why: string): void {
    this.#isSealed = true;
    this.#events.failed(why);
  }

  #pay(step: CsvStep): number {
    const customers = step.customers;
    return this.#path.budget.take(this.#call.identity.integration, {
      object: this.#expectation.records.object,
      prefix: step.ids.runs,
      numbers: step.ids.numbers.subarray(0, step.count),
      customers,
    });
  }

  #writeDown(entry: Waiting, count: number): void {
    const release = { operation: 'bulk', query: this.#expectation.query };
    this.#release ??= this.#path.ledger.open(releaseOf(this.#call, release, this.#expectation.records));
    const startedAt = performance.now();
    const written = appendAll(this.#release, entry.step, count);
    written.then(
      () => {
        this.#path.tally.ledgerWait((performance.now() - startedAt) / 1000);
        entry.isDurable = true;
        this.#releaseDurable();
      },
      () => {
        if (!this.#isStopped) this.#fail('what leaves cannot be written down');
      },
    );
  }

  #releaseDurable(): void {
    while (!this.#isStopped && this.#waiting[0]?.isDurable === true) {
      const { step, bytes, isLast, isCut } = this.#waiting.shift()!;
      this.#events.release(bytes, () => this.#free(step));
      if (isLast && !isCut) this.#events.ended();
    }
  }

  /** Whether everything that was accounted for has been released. */
  get isSettled(): boolean {
    return this.#waiting.length === 0;
  }

  /** The scanner wants its regions back in the order they came. */
  #free(step: CsvStep): void {
    const mine = this.#steps.find((each) => each.step === step);
    if (mine !== undefined) mine.isFree = true;
    let hasFreed = false;
    while (this.#steps[0]?.isFree === true) {
      this.#scanner.free(this.#steps.shift()!.step);
      hasFreed = true;
    }
    if (hasFreed && !this.#isStopped) this.#events.freed();
  }
}

/** One batch for each stretch in which records and customers keep their prefixes; mostly there is one. */
async function appendAll(release: OpenRelease, step: CsvStep, count: number): Promise<void> {
  const froms = [...step.ids.runs, ...(step.customers?.runs ?? [])]
    .map(({ from }) => from)
    .filter((from) => from < count);
  const bounds = [...new Set(froms)].sort((a, b) => a - b);
  const writes = bounds.map((from, index) => {
    const to = bounds[index + 1] ?? count;
    const customers = step.customers && batchAt(step.customers, from, to);
    return release.append(batchAt(step.ids, from, to), customers?.numbers.length === 0 ? undefined : customers);
  });
  await (writes.length === 1 ? writes[0] : Promise.all(writes));
}

function batchAt(ids: ScannedIds, from: number, to: number) {
  const prefix = ids.runs.findLast((run) => run.from <= from)?.prefix ?? '';
  const numbers = ids.numbers.subarray(from, to);
  return { prefix, numbers: numbers.includes(noId) ? numbers.filter((number) => number !== noId) : numbers };
}
