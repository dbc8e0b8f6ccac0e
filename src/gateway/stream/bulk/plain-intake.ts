import type { Flow } from '../upstream/connection.ts';
import type { CsvIntake, CsvOutlet } from './csv-flow.ts';
import type { CsvMeter } from './csv-meter.ts';

/** Small arrivals (TLS brings 16 KB at a time) are gathered up to this, or for so long, before they are scanned. */
const gatheredBytes = 768 * 1024;
const gatherMs = 4;

/** Results as they are: read into the scanner's memory, scanned there, sent from there. */
export class PlainIntake implements CsvIntake {
  readonly #meter: CsvMeter;
  readonly #flow: Flow;
  readonly #outlet: CsvOutlet;
  #room: Uint8Array | undefined;
  #filled = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(meter: CsvMeter, flow: Flow, outlet: CsvOutlet) {
    this.#meter = meter;
    this.#flow = flow;
    this.#outlet = outlet;
  }

  room(): Uint8Array | undefined {
    this.#room ??= this.#meter.room();
    return this.#filled === 0 ? this.#room : this.#room?.subarray(this.#filled);
  }

  /** Only while nothing is gathered: what the timer scans must not lie where the socket may still write. */
  lend(): Uint8Array | undefined {
    return this.#filled === 0 ? this.room() : undefined;
  }

  took(bytes: number): void {
    this.#filled += bytes;
    if (this.#filled >= gatheredBytes || this.#filled === this.#room?.length) this.#scan();
    else this.#timer ??= setTimeout(() => this.#scan(), gatherMs);
  }

  get isEmpty(): boolean {
    return this.#filled === 0;
  }

  finish(): void {
    this.#scan();
    this.#meter.end();
  }

  release(bytes: Uint8Array, free: () => void): void {
    if (bytes.length === 0) free();
    else this.#outlet.send(bytes, free);
  }

  freed(): void {
    this.#flow.resume();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#filled = 0;
  }

  #scan(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#filled;
    this.#filled = 0;
    this.#room = undefined;
    if (bytes > 0) this.#meter.take(bytes);
  }
}
