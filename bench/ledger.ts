/**
 * `node bench/ledger.ts [-- --quick]`: what a fact costs on disk and how long answers take, in a ledger like that of a
 * year: sorted full exports of a house of 7.4 million customers and hourly changes of a few hundred scattered ones. A fact
 * is one customer in one answer. Medians of wall clock; last line JSON.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ledger, openLedger } from '#ledger/open-ledger.ts';
import { joinId } from '#lib/salesforce-id-number.ts';

export interface LedgerSize {
  readonly customers: number;
  /** Full sorted exports, each by a token of its own. */
  readonly exports: number;
  /** Changes of 300 to 900 customers each, all by one token. */
  readonly changes: number;
}

/** 100 million facts. */
export const fullSize: LedgerSize = { customers: 7_400_000, exports: 13, changes: 7_200 };
export const quickSize: LedgerSize = { customers: 740_000, exports: 13, changes: 720 };

const prefix = '003Jx0';
/** Beyond what a double holds, so that nothing profits from small numbers. */
const firstId = 2n ** 53n + 12_345n;
/** A region of 1 MB of CSV holds about so many records. */
const recordsPerAppend = 6_400;
const hour = 3_600_000;

/** The number of the customer with this index: ids are given out in ascending order, some to other objects. */
const numberOf = (index: number): bigint => firstId + BigInt(index) * 3n + BigInt((index * 2_654_435_761) % 3);

const releaseOf = (token: string, at: number, operation: string) => ({
  at,
  integration: token.startsWith('export') ? 'warehouse' : 'agenda-sync',
  token,
  tier: 'certificate' as const,
  address: '192.0.2.7',
  operation,
  object: 'Contact',
  fields: ['Id', 'FirstName', 'LastName', 'Email', 'Phone'],
  query: 'SELECT Id, FirstName, LastName, Email, Phone FROM Contact',
  customerField: 'Id',
});

async function opened(directory: string, clock: () => number = Date.now): Promise<Ledger> {
  const result = await openLedger({ directory, clock, sync: 'behind', segmentMs: Number.POSITIVE_INFINITY });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** Writes one full export and answers how many facts it was. */
async function writeExport(ledger: Ledger, token: string, at: number, customers: number): Promise<number> {
  const release = ledger.open(releaseOf(token, at, 'bulk'));
  const numbers = new BigUint64Array(recordsPerAppend);
  for (let from = 0; from < customers; from += recordsPerAppend) {
    const count = Math.min(recordsPerAppend, customers - from);
    for (let index = 0; index < count; index++) numbers[index] = numberOf(from + index);
    await release.append({ prefix, numbers: numbers.subarray(0, count) });
  }
  await release.end('complete');
  return customers;
}

async function writeChange(ledger: Ledger, at: number, customers: number, turn: number): Promise<number> {
  const count = 300 + ((turn * 7_919) % 601);
  const numbers = BigUint64Array.from({ length: count }, (_, index) =>
    numberOf((turn * 104_729 + index * 1_299_709 + ((turn * index) % 977) * 6_151) % customers),
  );
  const release = ledger.open(releaseOf('changes', at, 'query'));
  await release.append({ prefix, numbers });
  await release.end('complete');
  return count;
}

/** A ledger of the size given, closed, its indexes built; `facts` is how many it holds. */
export async function writeLedger(directory: string, size: LedgerSize): Promise<{ readonly facts: number }> {
  let now = Date.UTC(2026, 0, 1);
  const ledger = await opened(directory, () => now);
  const changesPerExport = Math.ceil(size.changes / size.exports);
  let facts = 0;
  let turn = 0;
  for (let number = 0; number < size.exports; number++) {
    facts += await writeExport(ledger, `export-${number}`, now, size.customers);
    for (let change = 0; change < changesPerExport && turn < size.changes; change++) {
      facts += await writeChange(ledger, now, size.customers, turn++);
      now += hour;
    }
  }
  await ledger.close();
  return { facts };
}

/** Bytes of log a fact, of sorted bulk alone. */
export async function bytesPerFact(directory: string, customers: number): Promise<number> {
  const ledger = await opened(directory);
  const facts = await writeExport(ledger, 'export-0', Date.now(), customers);
  await ledger.close();
  return bytesOf(directory, '.ledger') / facts;
}

/** Median milliseconds to answer which customers the tokens read, distinct (`expected` so many), with fields and queries. */
export async function tokenAnswerMs(
  directory: string,
  tokens: readonly string[],
  rounds: number,
  expected?: number,
): Promise<Timed> {
  const ledger = await opened(directory);
  const times: number[] = [];
  let facts = 0;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const exposure = await ledger.expose({ tokens });
    times.push(performance.now() - begun);
    facts = exposure.records.atLeast;
    if (expected !== undefined && exposure.customers.atLeast !== expected) {
      throw new Error(`${exposure.customers.atLeast} distinct customers instead of ${expected}`);
    }
  }
  await ledger.close();
  return { ms: median(times), facts };
}

/** Median milliseconds to answer who read one customer, over `rounds` customers. */
export async function customerAnswerMs(directory: string, customers: number, rounds: number): Promise<Timed> {
  const ledger = await opened(directory);
  const times: number[] = [];
  let facts = 0;
  for (let round = 0; round < rounds; round++) {
    const id = joinId(prefix, numberOf((round * 611_953) % customers));
    const begun = performance.now();
    const reads = await ledger.readsOf(id);
    times.push(performance.now() - begun);
    if (!reads.ok) throw new Error(JSON.stringify(reads.failure));
    facts += reads.value.length;
  }
  await ledger.close();
  return { ms: median(times), facts };
}

/** Milliseconds until a ledger is open, every byte of it checked. The page cache may hold its files. */
export async function coldOpenMs(directory: string, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const ledger = await opened(directory);
    times.push(performance.now() - begun);
    await ledger.close();
  }
  return median(times);
}

export interface Timed {
  readonly ms: number;
  readonly facts: number;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function bytesOf(directory: string, ending: string): number {
  const names = readdirSync(directory).filter((name) => name.endsWith(ending));
  return names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

async function bench(isQuick: boolean): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'cordon-bench-ledger-'));
  try {
    const size = isQuick ? quickSize : fullSize;
    const bytes = await bytesPerFact(join(home, 'sorted'), size.customers);
    const whole = join(home, 'whole');
    const begun = performance.now();
    const before = process.cpuUsage();
    const { facts } = await writeLedger(whole, size);
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - begun) / 1000;
    console.log(
      `${facts} facts written and indexed in ${seconds.toFixed(1)} s (${((user + system) / facts).toFixed(3)} µs of CPU each), ` +
        `log ${(bytesOf(whole, '.ledger') / facts).toFixed(3)}, index ${(bytesOf(whole, '.index') / facts).toFixed(3)} bytes a fact`,
    );
    const open = await coldOpenMs(whole, isQuick ? 1 : 3);
    const three = await tokenAnswerMs(whole, ['export-3', 'export-7', 'export-11'], 7, size.customers);
    const scattered = await tokenAnswerMs(whole, ['changes'], 3);
    const customer = await customerAnswerMs(whole, size.customers, 101);
    console.log(`token answer over ${three.facts} facts of bulk: ${three.ms.toFixed(1)} ms`);
    console.log(
      `token answer over ${scattered.facts} facts in ${size.changes} small answers: ${scattered.ms.toFixed(1)} ms`,
    );
    console.log(
      `customer answer among ${facts} facts: ${customer.ms.toFixed(2)} ms (${customer.facts / 101} reads each)`,
    );
    console.log(
      JSON.stringify({
        bytesPerFact: round(bytes, 3),
        tokenAnswerMs: round(three.ms, 1),
        customerAnswerMs: round(customer.ms, 2),
        coldOpenMs: round(open, 0),
      }),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

if (process.argv[1] === fileURLToPath(import.meta.url)) await bench(process.argv.includes('--quick'));
