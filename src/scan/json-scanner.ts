import { reserve } from './load-wasm.ts';
import { readRunsByType } from './read-runs.ts';
import type { ScanFault, ScannedIdsByType, ScannedRecords } from './scan.ts';
import { createScannerPool, type JsonExports, type JsonMemory, runBytes, type ScannerPool } from './scanner-pool.ts';

export interface JsonScanOptions {
  /** Types of records, in lower case, and the field of each that leads to the customer: a direct one, or `Id`. */
  readonly customerFields: Readonly<Record<string, string>>;
  /** Hashes of names compare within one pool only. */
  readonly pool?: ScannerPool;
}

/** The customers by index of record; `noId` where the field is null, absent or not named for the type. */
export interface ScannedAnswer extends ScannedRecords {
  readonly customers: ScannedIdsByType;
}

/** The longest answer that is scanned, in bytes. */
const longestAnswer = 16 << 20;

/**
 * The records of one whole JSON answer: every object whose first member is `attributes`, wherever it stands. What is no
 * strict JSON (RFC 8259; UTF-8 is not checked), hides a record or contradicts itself is a fault. The
 * results are views of the pool's memory: valid until its next JSON scan.
 */
export function scanJson(bytes: Uint8Array, options: JsonScanOptions): ScannedAnswer | ScanFault {
  if (bytes.length > longestAnswer) return { fault: 'the answer is longer than 16 MB', at: longestAnswer };
  const pool = options.pool ?? createScannerPool();
  const memory = pool.takeJson();
  const layout = layOut(memory, bytes, options.customerFields);
  const code = memory.wasm.scan(layout.text, layout.text + bytes.length, memory.odd);
  const result =
    code === 0 ? readAnswer(memory, layout) : { fault: faults[code]!, at: memory.wasm.faultAt() - layout.text };
  pool.giveJson(memory);
  return result;
}

/** What the compiled scanner answers, in words. */
const faults: readonly string[] = [
  '',
  'this is no JSON',
  'objects are nested deeper than 64',
  'the name of a member is not plain ASCII of at most 255 characters',
  'attributes is not the first member of its object',
  'attributes are no object with a type and a url',
  'a list of records holds something else',
  'the url of a record does not end in an id',
  'the id in the url of a record has wrong check characters',
  'the Id of a record is not the one in its url',
  'the field that leads to the customer holds no id',
  'a member comes twice',
  'more than 256 types of records',
  'a record lies within a computed row',
];

/** No record is shorter: `{"attributes":{"type":"A","url":"/003000000000001"}}`. */
const shortestRecord = 50;
/** The scanner needs noughts behind the text. */
const noughts = 64;

interface Layout {
  readonly text: number;
  readonly numbers: number;
  readonly customers: number;
  readonly shapes: number;
  readonly starts: number;
  readonly ends: number;
  readonly parents: number;
  readonly typeOf: number;
  readonly idRuns: number;
  readonly customerRuns: number;
}

function layOut({ wasm, memory }: JsonMemory, bytes: Uint8Array, fields: Readonly<Record<string, string>>): Layout {
  const records = Math.ceil(bytes.length / shortestRecord) + 1;
  let end = wasm.firstFree();
  const claim = (length: number): number => {
    const at = end;
    end += Math.ceil(length / 16) * 16;
    return at;
  };
  const entries = Object.entries(fields).map(([type, field]) => [Buffer.from(type), Buffer.from(field.toLowerCase())]);
  const customerFields = claim(entries.length * 16);
  const words = claim(entries.flat().reduce((sum, { length }) => sum + length, 0));
  const layout = {
    text: claim(bytes.length + noughts),
    numbers: claim(records * 8),
    customers: claim(records * 8),
    shapes: claim(records * 8),
    starts: claim(records * 4),
    ends: claim(records * 4),
    parents: claim(records * 4),
    typeOf: claim(records * 2),
    idRuns: claim(records * runBytes),
    customerRuns: claim(records * runBytes),
  };
  reserve(memory, end);
  const all = new Uint8Array(memory.buffer);
  all.set(bytes, layout.text);
  all.fill(0, layout.text + bytes.length, layout.text + bytes.length + noughts);
  writeFields(memory.buffer, customerFields, words, entries.flat());
  const { text, numbers, customers, shapes, starts, ends, parents, typeOf, idRuns, customerRuns } = layout;
  wasm.place(text, numbers, customers, shapes, starts, ends, parents, typeOf, idRuns, customerRuns);
  wasm.placeCustomerFields(customerFields, entries.length);
  return layout;
}

/** Types and fields in turn: for each its address and length in the table, its bytes behind the table. */
function writeFields(memory: ArrayBuffer, table: number, words: number, texts: readonly Uint8Array[]): void {
  const view = new DataView(memory);
  let at = words;
  for (const [index, text] of texts.entries()) {
    view.setUint32(table + index * 8, at, true);
    view.setUint32(table + index * 8 + 4, text.length, true);
    new Uint8Array(memory).set(text, at);
    at += text.length;
  }
}

function readAnswer({ wasm, memory: { buffer } }: JsonMemory, layout: Layout): ScannedAnswer {
  const count = wasm.count();
  const types = wasm.typeCount();
  return {
    count,
    ids: {
      numbers: new BigUint64Array(buffer, layout.numbers, count),
      runs: readRunsByType(buffer, layout.idRuns, wasm.idRunCount(), types),
    },
    customers: {
      numbers: new BigUint64Array(buffer, layout.customers, count),
      runs: readRunsByType(buffer, layout.customerRuns, wasm.customerRunCount(), types),
    },
    typeOf: new Uint16Array(buffer, layout.typeOf, count),
    types: readTypes(wasm, buffer),
    shapes: new BigUint64Array(buffer, layout.shapes, count),
    starts: new Uint32Array(buffer, layout.starts, count),
    ends: new Uint32Array(buffer, layout.ends, count),
    parents: new Int32Array(buffer, layout.parents, count),
    aggregates: wasm.aggregateCount(),
  };
}

/** An entry of the table of types: address and length of its name, then what only the scanner reads. */
const typeBytes = 32;

function readTypes(wasm: JsonExports, memory: ArrayBuffer): string[] {
  const count = wasm.typeCount();
  const table = new DataView(memory, wasm.typeTableAddress(), count * typeBytes);
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(
      memory,
      table.getUint32(index * typeBytes, true),
      table.getUint32(index * typeBytes + 4, true),
    ).toString('latin1'),
  );
}
