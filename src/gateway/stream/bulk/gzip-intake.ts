import { createGunzip } from 'node:zlib';
import type { Flow } from '../upstream/connection.ts';
import type { CsvIntake, CsvOutlet } from './csv-flow.ts';
import type { CsvMeter } from './csv-meter.ts';

const roomBytes = 64 * 1024;
const smallestSliceBytes = 256;
const mostWaitingBytes = 1024 * 1024;

/** A stretch of the compressed bytes, and how far into the plain ones it reaches once that is known. */
interface Slice {
  readonly bytes: Uint8Array;
  plainEnd: number;
}

/**
 * Compressed results: inflated only to be scanned, forwarded as they came. A slice leaves when everything that can be
 * inflated from it was released by the meter; near the budget slices become small, so that little is held back at a cut.
 */
export class GzipIntake implements CsvIntake {
  readonly #meter: CsvMeter;
  readonly #flow: Flow;
  readonly #outlet: CsvOutlet;
  readonly #remaining: () => number;
  readonly #gunzip = createGunzip({ chunkSize: 128 * 1024, rejectGarbageAfterEnd: true });
  readonly #fed: Slice[] = [];
  readonly #unfed: Uint8Array[] = [];
  #room: Uint8Array | undefined;
  /** Compressed bytes that came and have not left. */
  #waiting = 0;
  #compressed = 0;
  #plain = 0;
  #released = 0;
  #isFeeding = false;
  #isFinished = false;
  #isClosed = false;
  #hasEnded = false;
  #isMeterEnded = false;
  /** Inflated and not scanned yet. */
  #chunk: Buffer | undefined;

  constructor(meter: CsvMeter, flow: Flow, outlet: CsvOutlet, remaining: () => number) {
    this.#meter = meter;
    this.#flow = flow;
    this.#outlet = outlet;
    this.#remaining = remaining;
    this.#gunzip.on('error', () => this.#outlet.fail('its compression is malformed'));
    this.#gunzip.on('readable', () => this.#pump());
    this.#gunzip.on('end', () => {
      this.#hasEnded = true;
      this.#pump();
    });
  }

  room(): Uint8Array | undefined {
    if (this.#waiting >= mostWaitingBytes || this.#isClosed) return undefined;
    this.#room ??= Buffer.allocUnsafeSlow(roomBytes);
    return this.#room;
  }

  lend(): Uint8Array | undefined {
    return this.room();
  }

  took(bytes: number): void {
    this.#unfed.push(this.#room!.subarray(0, bytes));
    this.#room = undefined;
    this.#waiting += bytes;
    void this.#feed();
  }

  finish(): void {
    this.#isFinished = true;
    void this.#feed();
  }

  release(bytes: Uint8Array, free: () => void): void {
    this.#released += bytes.length;
    free();
    this.#sendCovered();
  }

  freed(): void {
    this.#pump();
  }

  get isEmpty(): boolean {
    return this.#fed.length === 0 && this.#unfed.length === 0;
  }

  close(): void {
    this.#isClosed = true;
    this.#gunzip.destroy();
  }

  async #feed(): Promise<void> {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    for (let bytes = this.#nextSlice(); bytes !== undefined; bytes = this.#nextSlice()) {
      const slice = { bytes, plainEnd: Number.POSITIVE_INFINITY };
      this.#fed.push(slice);
      this.#compressed += bytes.length;
      const isFed = await new Promise<boolean>((resolve) => this.#gunzip.write(bytes, (error) => resolve(!error)));
      if (!isFed || this.#isClosed) return;
      slice.plainEnd = this.#plain + this.#gunzip.readableLength;
      this.#sendCovered();
    }
    this.#isFeeding = false;
    if (this.#isFinished) this.#gunzip.end();
  }

  /** So many compressed bytes as hold about an eighth of what may still leave. */
  #nextSlice(): Uint8Array | undefined {
    const first = this.#unfed[0];
    if (first === undefined || this.#isClosed) return undefined;
    const bytesPerRecord = this.#meter.records === 0 ? 1 : this.#compressed / this.#meter.records;
    const wanted = Math.floor((this.#remaining() / 8) * bytesPerRecord);
    const most = Math.max(smallestSliceBytes, Math.min(wanted, roomBytes));
    if (first.length <= most) return this.#unfed.shift();
    this.#unfed[0] = first.subarray(most);
    return first.subarray(0, most);
  }

  /** Scans what is inflated, as far as there is room. `#plain` moves in the same turn as the stream's own length. */
  #pump(): void {
    while (!this.#isClosed) {
      this.#chunk ??= this.#read();
      const room = this.#chunk && this.#meter.room();
      if (this.#chunk === undefined || room === undefined) break;
      const part = this.#chunk.subarray(0, room.length);
      room.set(part);
      this.#chunk = part.length === this.#chunk.length ? undefined : this.#chunk.subarray(part.length);
      this.#meter.take(part.length);
    }
    this.#endMeter();
  }

  #read(): Buffer | undefined {
    const chunk = this.#gunzip.read() as Buffer | null;
    this.#plain += chunk?.length ?? 0;
    return chunk ?? undefined;
  }

  #endMeter(): void {
    if (!this.#hasEnded || this.#chunk !== undefined || this.#isClosed || this.#isMeterEnded) return;
    this.#isMeterEnded = true;
    this.#meter.end();
  }

  #sendCovered(): void {
    while (!this.#isClosed && this.#fed.length > 0 && this.#fed[0]!.plainEnd <= this.#released) {
      const { bytes } = this.#fed.shift()!;
      this.#outlet.send(bytes, () => {
        this.#waiting -= bytes.length;
        this.#flow.resume();
      });
    }
  }
}
