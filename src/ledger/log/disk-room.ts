import type { Failure } from '#model/result.ts';
import type { LogDisk } from './log-disk.ts';

/** Why nothing can be written down now; then nothing may leave. */
export class LedgerRefusal extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, why: string) {
    super(why);
    this.name = 'LedgerRefusal';
    this.failure = failure;
  }
}

const lookEveryMs = 1000;

/** Watches that the log's own disk never fills: below a reserve of free bytes nothing is taken any more. */
export class DiskRoom {
  readonly #directory: string;
  readonly #disk: LogDisk;
  readonly #clock: () => number;
  readonly #reserveBytes: number;
  #free = Number.POSITIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isLooking = false;

  constructor(directory: string, disk: LogDisk, clock: () => number, reserveBytes: number) {
    this.#directory = directory;
    this.#disk = disk;
    this.#clock = clock;
    this.#reserveBytes = reserveBytes;
  }

  /** Looks at the disk now. */
  async look(): Promise<{ readonly free: number; readonly total: number }> {
    const room = await this.#disk.freeBytes(this.#directory);
    this.#free = room.free;
    this.#lookedAt = this.#clock();
    return room;
  }

  /** Why nothing may be written, as far as was seen at the last look; another one begins when that was a second ago. */
  refusal(): LedgerRefusal | undefined {
    if (this.#clock() - this.#lookedAt >= lookEveryMs && !this.#isLooking) {
      this.#isLooking = true;
      // A disk that does not answer will not take a write either, and that is noticed there.
      this.look()
        .catch(() => undefined)
        .finally(() => {
          this.#isLooking = false;
        });
    }
    if (this.#free >= this.#reserveBytes) return undefined;
    const why = `the ledger's disk has ${this.#free} bytes left, fewer than the ${this.#reserveBytes} kept back`;
    return new LedgerRefusal({ kind: 'later', afterMs: lookEveryMs, why }, why);
  }
}
