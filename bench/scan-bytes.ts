/**
 * `node bench/scan-bytes.ts`: the gateway's byte scanners against the usual way to read the same bytes, on one core, in
 * CPU time: CSV against csv-parse, JSON against `JSON.parse` and a walk. How many times as fast: medians of five rounds
 * in turn.
 */
import { parse } from 'csv-parse';
import { joinId } from '#lib/salesforce-id-number.ts';
import { createCsvScanner } from '#scan/csv-scanner.ts';
import { scanJson } from '#scan/json-scanner.ts';
import { createScannerPool } from '#scan/scanner-pool.ts';

export interface ScanMeasured {
  /** Median over the rounds of how many times as fast the scanner was. */
  readonly ratio: number;
  /** Medians, in MB (10⁶ bytes) per CPU second. */
  readonly ours: number;
  readonly theirs: number;
  readonly bytes: number;
  readonly records: number;
}

/** One reading of all the bytes: CPU seconds and records found. */
type Reading = () => Promise<{ readonly seconds: number; readonly records: number }>;

const rounds = 5;
const columns = ['Id', 'FirstName', 'LastName', 'Email', 'Phone', 'MailingStreet', 'MailingCity', 'Spend__c'];

/** Bulk CSV as the CRM writes it: everything quoted, some cells with quotes and line ends in them. */
export async function measureCsvScan(megabytes = 100): Promise<ScanMeasured> {
  const { csv, rows } = writeCsv(megabytes * 1e6);
  return await compare(
    csv.length,
    rows,
    () => scanCsv(csv),
    () => parseCsv(csv),
  );
}

/** Pages of 2,000 contacts, most with their account nested in them. */
export async function measureJsonScan(pages = 40): Promise<ScanMeasured> {
  const texts = Array.from({ length: pages }, (_, page) => Buffer.from(JSON.stringify(pageOf(page * 2_000))));
  const bytes = texts.reduce((sum, { length }) => sum + length, 0);
  const records = texts.reduce((sum, text) => sum + recordsIn(text), 0);
  return await compare(
    bytes,
    records,
    () => scanPages(texts),
    () => parsePages(texts),
  );
}

async function compare(bytes: number, records: number, ours: Reading, theirs: Reading): Promise<ScanMeasured> {
  const measure = async (read: Reading): Promise<number> => {
    const { seconds, records: found } = await read();
    if (found !== records) throw new Error(`${found} records were read, there are ${records}`);
    return seconds;
  };
  await measure(ours);
  const runs: { readonly ours: number; readonly theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) runs.push({ ours: await measure(ours), theirs: await measure(theirs) });
  return {
    ratio: median(runs.map((run) => run.theirs / run.ours)),
    ours: bytes / 1e6 / median(runs.map((run) => run.ours)),
    theirs: bytes / 1e6 / median(runs.map((run) => run.theirs)),
    bytes,
    records,
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const pool = createScannerPool();
/** The same for all answers to one query, as in the gateway. */
const customerFields = { contact: 'AccountId' };
const readBytes = 256 << 10;

/** What brings the bytes into the scanner's memory, a socket's read, is not measured. */
async function scanCsv(csv: Uint8Array): Promise<{ seconds: number; records: number }> {
  const scanner = createCsvScanner({ delimiter: ',', columns, idColumn: 0 }, pool);
  let seconds = 0;
  let records = 0;
  for (let at = 0; at <= csv.length; at += readBytes) {
    const part = csv.subarray(at, at + readBytes);
    for (let done = 0; done < part.length; ) {
      const room = scanner.room()!;
      const length = Math.min(room.length, part.length - done);
      room.set(part.subarray(done, done + length));
      done += length;
      seconds += cpuSeconds(() => {
        const step = scanner.take(length);
        if ('fault' in step) throw new Error(step.fault);
        records += step.count;
        scanner.free(step);
      });
    }
  }
  const last = scanner.end();
  scanner.close();
  return { seconds, records: records + ('fault' in last ? Number.NaN : last.count) };
}

async function parseCsv(csv: Uint8Array): Promise<{ seconds: number; records: number }> {
  const parser = parse();
  let rows = 0;
  parser.on('readable', () => {
    while (parser.read() !== null) rows += 1;
  });
  const before = process.cpuUsage();
  const ended = new Promise<void>((resolve, reject) => parser.on('end', resolve).on('error', reject));
  for (let at = 0; at < csv.length; at += readBytes) {
    if (!parser.write(csv.subarray(at, at + readBytes))) await new Promise((resolve) => parser.once('drain', resolve));
  }
  parser.end();
  await ended;
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, records: rows - 1 };
}

async function scanPages(texts: readonly Uint8Array[]): Promise<{ seconds: number; records: number }> {
  let records = 0;
  const seconds = cpuSeconds(() => {
    for (const text of texts) {
      const scanned = scanJson(text, { customerFields, pool });
      if ('fault' in scanned) throw new Error(scanned.fault);
      records += scanned.count;
    }
  });
  return { seconds, records };
}

async function parsePages(texts: readonly Buffer[]): Promise<{ seconds: number; records: number }> {
  let records = 0;
  const seconds = cpuSeconds(() => {
    for (const text of texts) records += recordsIn(text);
  });
  return { seconds, records };
}

/** Finds the records, wherever they stand, and reads the id of each; nothing more. */
function walk(value: object, ids: string[]): void {
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) if (typeof element === 'object' && element !== null) walk(element, ids);
    return;
  }
  const object = value as Record<string, unknown>;
  const attributes = object['attributes'] as { readonly url: string } | undefined;
  if (attributes !== undefined) ids.push(attributes.url.slice(attributes.url.lastIndexOf('/') + 1));
  for (const name in object) {
    const member = object[name];
    if (typeof member === 'object' && member !== null && member !== attributes) walk(member, ids);
  }
}

function recordsIn(text: Buffer): number {
  const ids: string[] = [];
  walk(JSON.parse(text.toString()) as object, ids);
  return ids.length;
}

const idOf = (prefix: string, index: number): string => joinId(prefix, 1_000_000_000_000n + BigInt(index) * 7n);

function writeCsv(bytes: number): { csv: Buffer; rows: number } {
  const lines = [`"${columns.join('","')}"\n`];
  let length = 0;
  let rows = 0;
  for (; length < bytes; rows++) {
    const street =
      rows % 8 === 0 ? `Résidence ""Les Lilas""\n${rows % 99} rue de la Paix` : `${rows % 99} rue de la Paix`;
    const cells = [
      idOf('003Jx0', rows),
      `Given${rows % 977}`,
      `Family name ${rows % 9973}`,
      `someone.${rows}@customers.example`,
      `+33 6 ${rows % 90} 34 56 78`,
      street,
      'Boulogne-Billancourt',
      `${rows % 9000}.50`,
    ];
    const line = `"${cells.join('","')}"\n`;
    length += line.length;
    lines.push(line);
  }
  return { csv: Buffer.from(lines.join('')), rows };
}

function pageOf(first: number): unknown {
  const attributes = (type: string, id: string) => ({ type, url: `/services/data/v64.0/sobjects/${type}/${id}` });
  const records = Array.from({ length: 2_000 }, (_, offset) => {
    const index = first + offset;
    const account = idOf('001Jx0', index >> 1);
    return {
      attributes: attributes('Contact', idOf('003Jx0', index)),
      Id: idOf('003Jx0', index),
      FirstName: `Given${index % 977}`,
      LastName: `Family name ${index % 9973}`,
      Email: `someone.${index}@customers.example`,
      Phone: index % 3 === 0 ? null : `+33 6 ${index % 90} 34 56 78`,
      MailingStreet: `${index % 99} rue "de la Paix"\nBâtiment B`,
      Spend__c: (index % 9000) + 0.5,
      AccountId: account,
      Account: index % 10 === 0 ? null : { attributes: attributes('Account', account), Name: `House ${index >> 1}` },
    };
  });
  return { totalSize: 7_400_000, done: false, nextRecordsUrl: '/services/data/v64.0/query/01gJx0-2000', records };
}

if (import.meta.main) {
  const say = (what: string, { ratio, ours, theirs, bytes, records }: ScanMeasured, peer: string): void =>
    console.log(
      `${what}: ${(bytes / 1e6).toFixed(0)} MB, ${records} records; ${ours.toFixed(0)} MB a CPU second, ${peer} ${theirs.toFixed(0)}; ratio ${ratio.toFixed(1)}`,
    );
  const csv = await measureCsvScan();
  say('CSV', csv, 'csv-parse');
  const json = await measureJsonScan();
  say('JSON', json, 'JSON.parse and a walk');
  console.log(JSON.stringify({ csvScan: Math.round(csv.ratio * 10) / 10, jsonScan: Math.round(json.ratio * 10) / 10 }));
}
