import { readHeader } from './csv-header.ts';
import { readRuns } from './read-runs.ts';
import type { CsvScanner, CsvScanOptions, CsvStep, ScanFault } from './scan.ts';
import { type CsvMemory, createScannerPool, type ScannerPool } from './scanner-pool.ts';

/**
 * A scanner for one CSV answer, in WebAssembly. An answer without a byte is one without records; any other begins with
 * its header. What is no clean RFC 4180 is a fault, and so is a record whose ids do not lie within one buffer.
 */
export function createCsvScanner(options: CsvScanOptions, pool: ScannerPool = createScannerPool()): CsvScanner {
  const { columns, idColumn, customerColumn = -1 } = options;
  if (columns[idColumn]?.toLowerCase() !== 'id') throw new RangeError('the id column is not named Id');
  if (customerColumn >= columns.length || customerColumn === idColumn) throw new RangeError('no such customer column');
  const memory = pool.takeCsv();
  memory.wasm.describe(options.delimiter.charCodeAt(0), columns.length, idColumn, customerColumn);
  return new RingScanner(options, memory, pool);
}

/** What the compiled scanner answers, in words; the place of the offending column is added. */
const faults: readonly ((options: CsvScanOptions) => string)[] = [
  () => '',
  () => 'a quote stands within an unquoted cell',
  () => 'text follows a closing quote',
  () => 'a carriage return stands alone outside quotes',
  ({ columns }) => `a record does not have ${columns.length} cells`,
  ({ idColumn }) => `column ${idColumn + 1} holds no id`,
  ({ idColumn }) => `the id in column ${idColumn + 1} has wrong check characters`,
  ({ customerColumn = 0 }) => `column ${customerColumn + 1} holds neither a customer's id nor nothing`,
  ({ customerColumn = 0 }) => `the customer's id in column ${customerColumn + 1} has wrong check characters`,
];
const firstIdFault = 5;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

class RingScanner implements CsvScanner {
  readonly #options: CsvScanOptions;
  readonly #memory: CsvMemory;
  readonly #pool: ScannerPool;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** The first line, to know it again. */
  #header: Uint8Array | undefined;
  /** Index of the buffer that is being filled. */
  #buffer = 0;
  /** How many regions of each buffer wait to be freed, and of which buffer each is, in order. */
  readonly #waiting: number[];
  readonly #regions: { readonly step: CsvStep; readonly buffer: number }[] = [];
  /** Addresses in the buffer: all before `#released` was handed out, all before `#scanned` needs no second look. */
  #released: number;
  #scanned: number;
  #written: number;
  /** Whether a record begins at `#scanned`. */
  #isFresh = true;
  /** Offset in the input of what lies at `#released`. */
  #offset = 0;
  #isClosed = false;

  constructor(options: CsvScanOptions, memory: CsvMemory, pool: ScannerPool) {
    this.#options = options;
    this.#memory = memory;
    this.#pool = pool;
    this.#bytes = new Uint8Array(memory.memory.buffer);
    this.#waiting = memory.buffers.map(() => 0);
    this.#released = this.#scanned = this.#written = this.#start;
  }

  get #start(): number {
    return this.#memory.buffers[this.#buffer]!;
  }

  get #left(): number {
    return this.#start + this.#memory.bufferBytes - this.#written;
  }

  room(): Uint8Array | undefined {
    if (this.#left < this.#memory.bufferBytes >> 4 && this.#released > this.#start) this.#turn();
    return this.#left > 0 ? this.#bytes.subarray(this.#written, this.#written + this.#left) : undefined;
  }

  /** Goes on in a buffer that nobody reads, with what is held back at its start. */
  #turn(): void {
    const next = this.#waiting[this.#buffer] === 0 ? this.#buffer : (this.#buffer + 1) % this.#waiting.length;
    if (this.#waiting[next] !== 0) return;
    const to = this.#memory.buffers[next]!;
    this.#bytes.copyWithin(to, this.#released, this.#written);
    const moved = to - this.#released;
    this.#buffer = next;
    this.#released += moved;
    this.#scanned += moved;
    this.#written += moved;
  }

  take(bytes: number): CsvStep | ScanFault {
    if (!(bytes >= 0 && bytes <= this.#left)) throw new RangeError('more bytes than there was room for');
    this.#written += bytes;
    this.#memory.wasm.beginStep(this.#released);
    const fault = this.#header === undefined ? this.#scanHeader(this.#written) : undefined;
    if (fault !== undefined) return fault;
    const wrong = this.#header === undefined ? undefined : this.#scan(this.#written, false);
    if (wrong !== undefined) return wrong;
    if (this.#written - this.#scanned === this.#memory.bufferBytes) {
      return this.#faultAt(this.#scanned, `the ids of a record are not within ${this.#memory.bufferBytes} bytes`);
    }
    return this.#finishStep();
  }

  end(): CsvStep | ScanFault {
    const { wasm } = this.#memory;
    wasm.beginStep(this.#released);
    // The last line may lack its end: one is put behind it, outside of every region.
    this.#bytes[this.#written] = lineFeed;
    const isEmpty = this.#offset + (this.#written - this.#released) === 0;
    const fault = this.#header === undefined && !isEmpty ? this.#scanHeader(this.#written + 1) : undefined;
    if (fault !== undefined) return fault;
    if (this.#header === undefined) return isEmpty ? this.#finishStep() : this.#unfinished();
    if (this.#scanned < this.#written || !this.#isFresh) {
      const wrong = this.#scan(this.#written + 1, true);
      if (wrong !== undefined) return wrong;
      if (!this.#isFresh || this.#scanned < this.#written) return this.#unfinished();
    }
    this.#scanned = this.#written;
    return this.#finishStep();
  }

  #unfinished(): ScanFault {
    return this.#faultAt(this.#written, 'the input ends within a quoted cell');
  }

  free(step: CsvStep): void {
    if (step.region.length === 0) return;
    const first = this.#regions.shift();
    if (first?.step !== step) throw new Error('regions are freed in the order they came');
    this.#waiting[first.buffer]! -= 1;
  }

  close(): void {
    if (!this.#isClosed) this.#pool.giveCsv(this.#memory);
    this.#isClosed = true;
  }

  /** The first line must name the columns. */
  #scanHeader(end: number): ScanFault | undefined {
    const start = this.#scanned;
    const header = readHeader(this.#bytes.subarray(start, end), this.#options.delimiter);
    if (header === undefined) return undefined;
    const { columns } = this.#options;
    const isRight = header.names.every((name, index) => name.toLowerCase() === columns[index]?.toLowerCase());
    if (!isRight || header.names.length !== columns.length) {
      return this.#faultAt(start, 'the header does not name the columns that were asked for');
    }
    this.#header = this.#bytes.slice(start, start + header.bytes);
    return undefined;
  }

  /** Scans what is new up to `end`, passing over lines that repeat the header. */
  #scan(end: number, isEnd: boolean): ScanFault | undefined {
    const { wasm } = this.#memory;
    while (this.#scanned < end) {
      const code = wasm.scan(this.#scanned, end, this.#isFresh ? 1 : 0);
      if (code === 0) break;
      const isIdFault = code >= firstIdFault;
      const repeated = isIdFault ? this.#repeatedHeader(wasm.recordStart(), end) : undefined;
      if (repeated === undefined) return this.#faultAt(wasm.faultAt(), faults[code]!(this.#options));
      this.#isFresh = true;
      this.#scanned = wasm.recordStart() + repeated;
      if (repeated === 0) return isEnd ? this.#faultAt(wasm.faultAt(), faults[code]!(this.#options)) : undefined;
    }
    if (this.#scanned >= end) return undefined;
    this.#isFresh = !wasm.isCounted() || wasm.recordStart() === end;
    this.#scanned = this.#isFresh ? wasm.recordStart() : end;
    return undefined;
  }

  /** How many bytes at `at` are the header again, its line end included; nought when they might become it. */
  #repeatedHeader(at: number, end: number): number | undefined {
    const header = this.#header!;
    const there = this.#bytes.subarray(at, Math.min(end, at + header.length + 2));
    const same = Math.min(header.length, there.length);
    if (Buffer.compare(there.subarray(0, same), header.subarray(0, same)) !== 0) return undefined;
    const rest = there.subarray(header.length);
    if (rest[0] === lineFeed) return header.length + 1;
    if (rest[0] === carriageReturn && rest[1] === lineFeed) return header.length + 2;
    return rest.length === 0 || (rest.length === 1 && rest[0] === carriageReturn) ? 0 : undefined;
  }

  #finishStep(): CsvStep {
    const { wasm, memory, numbers, customers, starts, idRuns, customerRuns } = this.#memory;
    const count = wasm.count();
    const ids = {
      numbers: new BigUint64Array(memory.buffer, numbers, count),
      runs: readRuns(memory.buffer, idRuns, wasm.idRunCount(), count),
    };
    const step: CsvStep = {
      count,
      ids,
      ...(this.#options.customerColumn !== undefined && {
        customers: {
          numbers: new BigUint64Array(memory.buffer, customers, count),
          runs: readRuns(memory.buffer, customerRuns, wasm.customerRunCount(), count),
        },
      }),
      starts: new Uint32Array(memory.buffer, starts, count),
      region: this.#bytes.subarray(this.#released, this.#scanned),
    };
    this.#offset += step.region.length;
    this.#released = this.#scanned;
    if (step.region.length > 0) {
      this.#regions.push({ step, buffer: this.#buffer });
      this.#waiting[this.#buffer]! += 1;
    }
    return step;
  }

  #faultAt(address: number, fault: string): ScanFault {
    return { fault, at: this.#offset + address - this.#released };
  }
}
