import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { openBudget } from '#gateway/budget/open-budget.ts';
import type { Policy } from '#gateway/policy/policy.ts';
import { readPolicy } from '#gateway/policy/read-policy.ts';
import { CsvAnswer } from '#gateway/stream/bulk/csv-answer.ts';
import type { DataPath, PlannedCall } from '#gateway/stream/data-path.ts';
import { usualLimits } from '#gateway/stream/limits.ts';
import type { LedgerWriter } from '#ledger/ledger.ts';
import { type Random, randomOf } from '#lib/random.ts';
import { joinId } from '#lib/salesforce-id-number.ts';
import type { IdBatch } from '#model/release.ts';
import { createCsvScanner } from '#scan/csv-scanner.ts';
import { createScannerPool } from '#scan/scanner-pool.ts';

/** One bulk answer, and how it meets the gateway. */
interface Case {
  readonly bytes: Buffer;
  readonly plain: Buffer;
  readonly isGzip: boolean;
  readonly delimiter: ',' | '^' | '`' | '|' | ';' | '\t';
  readonly columns: readonly string[];
  readonly idColumn: number;
  readonly customerColumn: number | undefined;
  /** Each record's first byte in `plain`, its id and its customer. */
  readonly records: readonly { readonly start: number; readonly id: string; readonly customer: string | undefined }[];
  readonly budget: { readonly kind: 'records' | 'customers'; readonly limit: number };
  readonly random: Random;
}

const delimiters = [',', '^', '`', '|', ';', '\t'] as const;
const words = ['', 'Anna', 'O""Neil', 'a\nb', 'x\r\ny', '"",""', 'Zoë 🌹', '003000000000001AAA', ' ', '1234.50'];

function drawCase(seed: number, index: number): Case {
  const random = randomOf(seed, 'metering', index);
  const delimiter = delimiters[random.integer(0, 5)]!;
  const end = random.integer(0, 1) === 0 ? '\n' : '\r\n';
  const others = random.integer(0, 4);
  const columns = Array.from({ length: others }, (_, column) => `Field${column}__c`);
  const idColumn = random.integer(0, others);
  columns.splice(idColumn, 0, 'Id');
  const hasCustomer = random.integer(0, 2) === 0;
  const customerColumn = hasCustomer ? columns.length : undefined;
  if (hasCustomer) columns.push('ContactId');
  const rows = random.integer(0, random.integer(0, 3) === 0 ? 200 : 30);
  const longIds = random.integer(0, 3) > 0;
  const quoteAll = random.integer(0, 2) > 0;
  const cell = (text: string): string =>
    quoteAll || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text}"` : text;
  const header = columns.map(cell).join(delimiter);
  let plain = header + end;
  const records: { start: number; id: string; customer: string | undefined }[] = [];
  for (let row = 0; row < rows; row++) {
    if (random.integer(0, 60) === 0) plain += header + end;
    const id = joinId('500Jx0', BigInt(random.integer(0, 1) === 0 ? row : random.integer(0, 2 ** 31)) * 4_194_301n);
    const customer = random.integer(0, 4) === 0 ? undefined : joinId('003Jx0', BigInt(random.integer(0, 12)));
    const cells = columns.map((_, column) => {
      if (column === idColumn) return longIds ? id : id.slice(0, 15);
      if (column === customerColumn) return customer ?? '';
      return words[random.integer(0, words.length - 1)]!;
    });
    records.push({ start: Buffer.byteLength(plain), id, customer: hasCustomer ? customer : undefined });
    plain += cells.map(cell).join(delimiter) + (row === rows - 1 && random.integer(0, 3) === 0 ? '' : end);
  }
  const bytes = Buffer.from(plain);
  const isGzip = random.integer(0, 5) === 0;
  const kind = random.integer(0, 2) === 0 ? 'customers' : 'records';
  return {
    bytes: isGzip ? gzipSync(bytes, { level: random.integer(0, 9) }) : bytes,
    plain: bytes,
    isGzip,
    delimiter,
    columns,
    idColumn,
    customerColumn,
    records,
    budget: { kind, limit: random.integer(0, rows + 3) },
    random,
  };
}

/** How many records from the first on a budget lets go: the naive account. */
function allowedOf({ records, budget, customerColumn }: Case): number {
  if (budget.kind === 'records') return Math.min(records.length, budget.limit);
  const seen = new Set<string>();
  let anonymous = 0;
  for (const [index, { id, customer }] of records.entries()) {
    if (customerColumn === undefined) seen.add(id);
    else if (customer === undefined) anonymous += 1;
    else seen.add(customer);
    if (seen.size + anonymous > budget.limit) return index;
  }
  return records.length;
}

/** What leaves, as a client's socket would take it: late, and in its own time. */
class Client extends EventEmitter {
  headersSent = false;
  hasEnded = false;
  isDestroyed = false;
  status = 0;
  readonly req = { complete: true };
  readonly parts: Buffer[] = [];
  readonly #random: Random;
  readonly #check: (part: Buffer) => void;

  constructor(random: Random, check: (part: Buffer) => void) {
    super();
    this.#random = random;
    this.#check = check;
  }

  writeHead(status: number): this {
    this.status = status;
    this.headersSent = true;
    return this;
  }

  write(bytes: Uint8Array, done: (error?: Error) => void): boolean {
    assert.ok(!this.isDestroyed && !this.hasEnded, 'bytes after the end');
    const part = Buffer.from(bytes);
    this.parts.push(part);
    this.#check(part);
    const left = (): void => (this.isDestroyed ? done(new Error('gone')) : done());
    if (this.#random.integer(0, 3) === 0) setImmediate(left);
    else queueMicrotask(left);
    return false;
  }

  setHeader(): this {
    return this;
  }

  removeHeader(): void {}

  end(...words: unknown[]): this {
    this.hasEnded = true;
    const done = words.find((word) => typeof word === 'function') as (() => void) | undefined;
    queueMicrotask(() => {
      done?.();
      this.emit('close');
    });
    return this;
  }

  destroy(): this {
    this.isDestroyed = true;
    queueMicrotask(() => this.emit('close'));
    return this;
  }
}

/** Remembers what is durable: ids count from the moment their append resolved. */
class Account implements Pick<LedgerWriter, 'open'> {
  readonly durable: string[] = [];
  end: string | undefined;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  open() {
    return {
      id: 1,
      append: async ({ prefix, numbers }: IdBatch) => {
        const ids = [...numbers].map((number) => joinId(prefix, number));
        if (this.#random.integer(0, 3) === 0) await new Promise((resolve) => setImmediate(resolve));
        this.durable.push(...ids);
      },
      end: async (how: string) => {
        this.end = how;
      },
    };
  }
}

function policyWith(customer: string): Policy {
  const read = readPolicy(
    `integration: i
why: fuzzed answers
objects:
  Case: { customer: ${customer}, fields: all }
operations: [bulk]
hours: always
networks: any
budgets: [1 records per day]`,
    'i.yaml',
  );
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}
const [ofItself, ofContacts] = [policyWith('Id'), policyWith('ContactId')];

const pools = [1024, 1500, 4096].map((bufferBytes) => createScannerPool({ bufferBytes, buffers: 3 }));

/** One case through scanner, budget, ledger and release. Throws where one record or byte is not accounted for. */
export async function checkMetering(seed: number, index: number): Promise<void> {
  const drawn = drawCase(seed, index);
  const { random, budget: limit, columns, delimiter, idColumn, customerColumn } = drawn;
  const allowed = allowedOf(drawn);
  const account = new Account(random);
  const policy = {
    ...(customerColumn === undefined ? ofItself : ofContacts),
    budgets: [{ ...limit, object: undefined, windowMs: 86_400_000 }],
  };
  const budget = openBudget({ policyOf: () => policy, clock: () => 1_000_000 });
  const faults: unknown[] = [];
  const check = new ReleaseCheck(drawn, allowed, account);
  const client = new Client(random, (part) => {
    try {
      check.released(part);
    } catch (error) {
      faults.push(error);
    }
  });
  const suspended: string[] = [];
  const path = {
    budget,
    ledger: account,
    broker: { suspend: async (_: unknown, why: string) => void suspended.push(why) },
    tally: { released: () => {}, cut: () => {}, ledgerWait: () => {}, refused: () => {} },
    notify: () => {},
    clock: () => 1_000_000,
    log: () => {},
    limits: { ...usualLimits, paidArrivesMs: 0 },
  } as unknown as DataPath;
  const records = {
    object: 'Case',
    fields: columns,
    deniedFields: [],
    customerField: customerColumn === undefined ? 'Id' : 'ContactId',
  };
  const expectation = {
    kind: 'bulk-csv',
    query: 'SELECT …',
    records,
    columns,
    form: { delimiter, lineEnding: 'LF' },
  } as const;
  const call = {
    response: client as unknown as ServerResponse,
    identity: { integration: 'i', token: 't', family: 'f', tier: 'unbound', address: '127.0.0.1' },
    at: 0,
  } as unknown as PlannedCall;
  const head = {
    status: 200,
    headers: new Map([
      ['sforce-numberofrecords', String(drawn.records.length)],
      ['sforce-locator', 'null'],
      ['content-type', 'text/csv'],
      ...(drawn.isGzip ? [['content-encoding', 'gzip'] as const] : []),
    ]),
    framing: { kind: 'chunked' },
  } as unknown as ConstructorParameters<typeof CsvAnswer>[2];
  const scanner = createCsvScanner(
    { delimiter, columns, idColumn, ...(customerColumn !== undefined && { customerColumn }) },
    pools[random.integer(0, 2)]!,
  );
  const flow = new Upstream();
  const answer = new CsvAnswer(path, call, head, flow, expectation, scanner);
  await flow.pour(drawn.bytes, answer, random);
  await answer.done;
  await new Promise((resolve) => setImmediate(resolve));
  if (faults.length > 0) throw faults[0];
  checkEnd(drawn, client, account, allowed, suspended.length);
}

/** The CRM's connection: pours bytes into whatever room there is. */
class Upstream {
  #wake = (): void => {};
  #isDropped = false;

  resume(): void {
    this.#wake();
  }

  drop(): void {
    this.#isDropped = true;
    this.#wake();
  }

  async pour(bytes: Buffer, answer: CsvAnswer, random: Random): Promise<void> {
    const most = [1, 7, 64, 900, 100_000][random.integer(0, 4)]!;
    for (let at = 0; at < bytes.length && !this.#isDropped; ) {
      const room = random.integer(0, 1) === 0 ? answer.room() : (answer.lend() ?? answer.room());
      if (room === undefined || room.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const part = bytes.subarray(at, at + Math.min(room.length, random.integer(1, most)));
      room.set(part);
      answer.took(part.length);
      at += part.length;
      if (random.integer(0, 20) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (!this.#isDropped) answer.finish();
  }
}

const inflated = (bytes: Buffer): Buffer =>
  bytes.length === 0 ? bytes : gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });

/** At each write: a prefix of the CRM's bytes, and every record begun in it paid for and durable. */
class ReleaseCheck {
  #bytes = 0;
  #begun = 0;
  #read = 0;
  /** Durable ids that no released record has claimed yet. */
  readonly #written = new Map<string, number>();
  readonly #drawn: Case;
  readonly #allowed: number;
  readonly #account: Account;

  constructor(drawn: Case, allowed: number, account: Account) {
    this.#drawn = drawn;
    this.#allowed = allowed;
    this.#account = account;
  }

  released(part: Buffer): void {
    const { bytes, plain, isGzip, records } = this.#drawn;
    assert.equal(bytes.compare(part, 0, part.length, this.#bytes, this.#bytes + part.length), 0, 'other bytes');
    this.#bytes += part.length;
    const shown = isGzip ? inflated(bytes.subarray(0, this.#bytes)).length : this.#bytes;
    assert.ok(shown <= plain.length);
    const { durable } = this.#account;
    for (; this.#read < durable.length; this.#read++) {
      const id = durable[this.#read]!;
      this.#written.set(id, (this.#written.get(id) ?? 0) + 1);
    }
    for (; this.#begun < records.length && records[this.#begun]!.start < shown; this.#begun++) {
      const { id } = records[this.#begun]!;
      const left = (this.#written.get(id) ?? 0) - 1;
      assert.ok(left >= 0, 'a record left before it was durable');
      this.#written.set(id, left);
    }
    assert.ok(this.#begun <= this.#allowed, `${this.#begun} records left, ${this.#allowed} were allowed`);
  }
}

function checkEnd(drawn: Case, client: Client, account: Account, allowed: number, suspensions: number): void {
  const released = Buffer.concat(client.parts);
  if (allowed === drawn.records.length) {
    assert.ok(client.hasEnded && !client.isDestroyed && client.status === 200, 'a whole answer did not end as one');
    assert.ok(released.equals(drawn.bytes), 'a whole answer lost bytes');
    assert.equal(suspensions, 0);
    assert.equal(account.end ?? 'complete', 'complete');
    return;
  }
  assert.equal(suspensions, 1, 'the token was not suspended');
  assert.ok(client.isDestroyed || client.status === 403, 'a cut answer ended as a whole one');
  if (!drawn.isGzip && client.isDestroyed) {
    const plain = released.length;
    assert.equal(drawn.records.filter(({ start }) => start < plain).length, allowed, 'less left than was allowed');
  }
}
