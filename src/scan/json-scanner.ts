import { reserve } from './load-wasm.ts';
import { readRunsByType } from './read-runs.ts';
import type { ScanFault, ScannedIdsByType, ScannedRecords } from './scan.ts';
import {
  createScannerPool,
  type JsonExports,
  type JsonLayout,
  type JsonMemory,
  runBytes,
  type ScannerPool,
} from './scanner-pool.ts';

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
  const layout = layoutFor(memory, bytes.length, options.customerFields);
  layout.bytes.set(bytes, layout.text);
  layout.bytes.fill(0, layout.text + bytes.length, layout.text + bytes.length + noughts);
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

/** Small answers share a layout for this many bytes. */
const leastBytes = 64 << 10;

/** The layout of the last answer, where it has room for this one as well and looks for the same customers. */
function layoutFor(memory: JsonMemory, length: number, fields: Readonly<Record<string, string>>): JsonLayout {
  const last = memory.layout;
  if (last !== undefined && last.room >= length && last.fields === fields) return last;
  const layout = layOut(memory, Math.max(length, leastBytes), fields);
  memory.layout = layout;
  return layout;
}

function layOut({ wasm, memory }: JsonMemory, room: number, fields: Readonly<Record<string, string>>): JsonLayout {
  const records = Math.ceil(room / shortestRecord) + 1;
  let end = wasm.firstFree();
  const claim = (length: number): number => {
    const at = end;
    end += Math.ceil(length / 16) * 16;
    return at;
  };
  const entries = Object.entries(fields).map(([type, field]) => [Buffer.from(type), Buffer.from(field.toLowerCase())]);
  const customerFields = claim(entries.length * 16);
  const words = claim(entries.flat().reduce((sum, { length }) => sum + length, 0));
  const text = claim(room + noughts);
  const [numbers, customers, shapes] = [claim(records * 8), claim(records * 8), claim(records * 8)];
  const [starts, ends, parents] = [claim(records * 4), claim(records * 4), claim(records * 4)];
  const [typeOf, idRuns, customerRuns] = [claim(records * 2), claim(records * runBytes), claim(records * runBytes)];
  reserve(memory, end);
  const { buffer } = memory;
  writeFields(buffer, customerFields, words, entries.flat());
  wasm.place(text, numbers, customers, shapes, starts, ends, parents, typeOf, idRuns, customerRuns);
  wasm.placeCustomerFields(customerFields, entries.length);
  return {
    room,
    fields,
    text,
    bytes: Buffer.from(buffer),
    words: new Uint32Array(buffer),
    numbers: new BigUint64Array(buffer, numbers, records),
    customers: new BigUint64Array(buffer, customers, records),
    shapes: new BigUint64Array(buffer, shapes, records),
    starts: new Uint32Array(buffer, starts, records),
    ends: new Uint32Array(buffer, ends, records),
    parents: new Int32Array(buffer, parents, records),
    typeOf: new Uint16Array(buffer, typeOf, records),
    idRuns,
    customerRuns,
  };
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

function readAnswer({ wasm }: JsonMemory, layout: JsonLayout): ScannedAnswer {
  const count = wasm.count();
  const types = readTypes(wasm, layout);
  const runsAt = (at: number, written: number) => readRunsByType(layout, at, written, types.length);
  return {
    count,
    ids: { numbers: layout.numbers.subarray(0, count), runs: runsAt(layout.idRuns, wasm.idRunCount()) },
    customers: {
      numbers: layout.customers.subarray(0, count),
      runs: runsAt(layout.customerRuns, wasm.customerRunCount()),
    },
    typeOf: layout.typeOf.subarray(0, count),
    types,
    shapes: layout.shapes.subarray(0, count),
    starts: layout.starts.subarray(0, count),
    ends: layout.ends.subarray(0, count),
    parents: layout.parents.subarray(0, count),
    aggregates: wasm.aggregateCount(),
  };
}

/** An entry of the table of types: address and length of its name, then what only the scanner reads. */
const typeBytes = 32;

function readTypes(wasm: JsonExports, { bytes, words }: JsonLayout): string[] {
  const count = wasm.typeCount();
  const types: string[] = [];
  for (let entry = wasm.typeTableAddress(); types.length < count; entry += typeBytes) {
    const at = words[entry / 4]!;
    types.push(bytes.toString('latin1', at, at + words[entry / 4 + 1]!));
  }
  return types;
}
