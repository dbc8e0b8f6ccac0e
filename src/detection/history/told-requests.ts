const buckets = 512;
const perBucket = 8;

/** Numbers kept per request: its hash, the kind of log, rows, most. */
const width = 4;

/** What logs of other kinds told of one request. */
export interface Told {
  readonly rows: number;
  readonly most: number;
}

/**
 * The requests of all grants that were told of last. Several logs may tell of one request, mostly within the same
 * second. Numbers side by side: they hold nothing of a file, and there are never more of them.
 */
export class ToldRequests {
  readonly #numbers = new Float64Array(buckets * perBucket * width);
  readonly #next = new Uint8Array(buckets);

  /** `uid` and `kind` are hashes (whole numbers from 1) of the request and of the kind of log that now tells of it. */
  byOthers(uid: number, kind: number): Told {
    const start = (uid % buckets) * perBucket * width;
    let rows = 0;
    let most = 0;
    for (let at = start; at < start + perBucket * width; at += width) {
      if (this.#numbers[at] !== uid || this.#numbers[at + 1] === kind) continue;
      rows += this.#numbers[at + 2]!;
      most += this.#numbers[at + 3]!;
    }
    return { rows, most };
  }

  remember(uid: number, kind: number, { rows, most }: Told): void {
    const bucket = uid % buckets;
    const place = this.#next[bucket]!;
    this.#next[bucket] = (place + 1) % perBucket;
    const at = (bucket * perBucket + place) * width;
    this.#numbers[at] = uid;
    this.#numbers[at + 1] = kind;
    this.#numbers[at + 2] = rows;
    this.#numbers[at + 3] = most;
  }
}
