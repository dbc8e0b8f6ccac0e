/** A call that came too soon. */
export interface TooSoon {
  /** Nobody was told within the last minute. */
  readonly isNews: boolean;
  /** Calls refused since somebody was told, this one included. */
  readonly refused: number;
}

interface Bucket {
  /** When it is full again, ms; the time until then is what was taken. */
  fullAt: number;
  refused: number;
  toldAt: number;
}

const tellEveryMs = 60_000;

/** How often each integration may call: a bucket that refills evenly, kept as the moment at which it is full again. */
export class CallRates {
  readonly #intervalMs: number;
  readonly #depthMs: number;
  readonly #buckets = new Map<string, Bucket>();

  /** `burst`: calls that a full bucket holds, at least 1. Both may be Infinity: no limit. */
  constructor(perSecond: number, burst: number) {
    this.#intervalMs = 1000 / perSecond;
    this.#depthMs = (burst - 1) * this.#intervalMs;
  }

  /** Undefined: the call may be. `now`: ms of a clock that never goes back. */
  take(integration: string, now: number): TooSoon | undefined {
    if (this.#intervalMs === 0) return undefined;
    const bucket = this.#buckets.get(integration) ?? this.#fill(integration, now);
    const fullAt = Math.max(bucket.fullAt, now);
    if (fullAt - now > this.#depthMs) return refuse(bucket, now);
    bucket.fullAt = fullAt + this.#intervalMs;
    return undefined;
  }

  #fill(integration: string, now: number): Bucket {
    const bucket = { fullAt: now, refused: 0, toldAt: Number.NEGATIVE_INFINITY };
    this.#buckets.set(integration, bucket);
    return bucket;
  }
}

function refuse(bucket: Bucket, now: number): TooSoon {
  const isNews = now - bucket.toldAt >= tellEveryMs;
  bucket.refused += 1;
  const { refused } = bucket;
  if (isNews) [bucket.toldAt, bucket.refused] = [now, 0];
  return { isNews, refused };
}
