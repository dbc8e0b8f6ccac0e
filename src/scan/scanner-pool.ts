import { randomBytes } from 'node:crypto';
import { loadWasm, reserve, type WasmExports, type WasmMemory } from './load-wasm.ts';

/** Functions of the compiled CSV scanner; addresses and lengths in bytes. */
export interface CsvExports extends WasmExports {
  describe(delimiter: number, columns: number, idColumn: number, customerColumn: number): void;
  place(numbers: number, customers: number, starts: number, idRuns: number, customerRuns: number): void;
  beginStep(region: number): void;
  scan(from: number, end: number, isFresh: number): number;
  count(): number;
  idRunCount(): number;
  customerRunCount(): number;
  isCounted(): number;
  isWithinQuotes(): number;
  recordStart(): number;
  faultAt(): number;
}

/** Functions of the compiled JSON scanner; addresses and lengths in bytes. */
export interface JsonExports extends WasmExports {
  /** Where the 264 random bytes of the names' hash go. */
  keyAddress(): number;
  place(
    text: number,
    numbers: number,
    customers: number,
    shapes: number,
    starts: number,
    ends: number,
    parents: number,
    typeOf: number,
    idRuns: number,
    customerRuns: number,
  ): void;
  placeCustomerFields(at: number, count: number): void;
  scan(from: number, end: number, odd: bigint): number;
  count(): number;
  aggregateCount(): number;
  idRunCount(): number;
  customerRunCount(): number;
  typeCount(): number;
  typeTableAddress(): number;
  faultAt(): number;
}

/** One CSV scanner's memory: a ring of buffers, and where the results of one step lie. */
export interface CsvMemory {
  readonly wasm: CsvExports;
  readonly memory: WasmMemory;
  readonly bufferBytes: number;
  /** Addresses of the buffers. */
  readonly buffers: readonly number[];
  readonly numbers: number;
  readonly customers: number;
  readonly starts: number;
  readonly idRuns: number;
  readonly customerRuns: number;
}

/** Scanners' memory, kept for the streams to come. */
export interface ScannerPool {
  takeCsv(): CsvMemory;
  giveCsv(memory: CsvMemory): void;
  takeJson(): JsonMemory;
  giveJson(memory: JsonMemory): void;
}

/** One JSON scanner. Its memory grows with the longest answer it saw. */
export interface JsonMemory {
  readonly wasm: JsonExports;
  readonly memory: WasmMemory;
  /** Part of the key of the names' hash; the rest lies in the memory. */
  readonly odd: bigint;
  /** That of the last answer; growing the memory ends it. */
  layout: JsonLayout | undefined;
}

/** Where things lie while answers of at most `room` bytes are scanned for the same customers, and views of them. */
export interface JsonLayout {
  readonly room: number;
  /** By type in lower case, the field that leads to the customer. */
  readonly fields: Readonly<Record<string, string>>;
  /** Address of the answer's text. */
  readonly text: number;
  /** The whole memory. */
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  /** By index of record. */
  readonly numbers: BigUint64Array;
  readonly customers: BigUint64Array;
  readonly shapes: BigUint64Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly parents: Int32Array;
  readonly typeOf: Uint16Array;
  /** Addresses. */
  readonly idRuns: number;
  readonly customerRuns: number;
}

export interface ScannerPoolOptions {
  /** Length of each buffer: what the longest record may take before its ids are known. 1 MB where nothing is said. */
  readonly bufferBytes?: number;
  /** Buffers of each scanner, at least two. */
  readonly buffers?: number;
  /** How many scanners without a stream keep their memory. */
  readonly idle?: number;
  /** Random bytes for the hashes of names. All JSON scanners of a pool share them, so that their hashes compare. */
  readonly random?: (bytes: number) => Uint8Array;
}

/** A record takes at least an id of 15 characters and its end. */
const shortestRecord = 16;
/** The scanner looks this far past what it is given. */
const slack = 128;
/** Memory that grew beyond this for one long answer is not kept. */
const mostKept = 16 << 20;
/** 256 bytes for names of so many, eight for their length, eight for their order. */
const keyBytes = 272;
/** A run of ids: the index of its first and, in JSON, of its type, four bytes each, then its six characters in eight. */
export const runBytes = 16;

/** Compiles the scanners once; instances are made when first needed. */
export function createScannerPool(options: ScannerPoolOptions = {}): ScannerPool {
  const { bufferBytes = 1 << 20, buffers = 4, idle = 8, random = randomBytes } = options;
  if (buffers < 2 || bufferBytes < 64) throw new RangeError('a scanner needs two buffers of 64 bytes');
  const load = loadWasm<CsvExports>('csv-scanner');
  const loadJson = loadWasm<JsonExports>('json-scanner');
  const key = random(keyBytes);
  const idleCsv: CsvMemory[] = [];
  const idleJson: JsonMemory[] = [];
  return {
    takeCsv: () => idleCsv.pop() ?? layOut(load(), bufferBytes, buffers),
    giveCsv: (memory) => {
      if (idleCsv.length < idle) idleCsv.push(memory);
    },
    takeJson: () => idleJson.pop() ?? keyed(loadJson(), key),
    giveJson: (memory) => {
      const isModest = memory.memory.buffer.byteLength <= mostKept;
      if (isModest && idleJson.length < idle) idleJson.push(memory);
    },
  };
}

function keyed(wasm: JsonExports, key: Uint8Array): JsonMemory {
  new Uint8Array(wasm.memory.buffer, wasm.keyAddress(), keyBytes - 8).set(key.subarray(8));
  const odd = new DataView(key.buffer, key.byteOffset).getBigUint64(0) | 1n;
  return { wasm, memory: wasm.memory, odd, layout: undefined };
}

function layOut(wasm: CsvExports, bufferBytes: number, buffers: number): CsvMemory {
  const records = Math.ceil(bufferBytes / shortestRecord) + 2;
  let end = wasm.firstFree();
  const claim = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 16) * 16;
    return at;
  };
  const layout = {
    numbers: claim(records * BigUint64Array.BYTES_PER_ELEMENT),
    customers: claim(records * BigUint64Array.BYTES_PER_ELEMENT),
    starts: claim(records * Uint32Array.BYTES_PER_ELEMENT),
    idRuns: claim(records * runBytes),
    customerRuns: claim(records * runBytes),
    buffers: Array.from({ length: buffers }, () => claim(bufferBytes + slack)),
  };
  reserve(wasm.memory, end);
  wasm.place(layout.numbers, layout.customers, layout.starts, layout.idRuns, layout.customerRuns);
  return { wasm, memory: wasm.memory, bufferBytes, ...layout };
}
