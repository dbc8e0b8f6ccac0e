import type { NowView } from '#model/wire.ts';

const bucketMs = 60_000;
const spanMs = 24 * 3_600_000;

type Counts = Readonly<Record<string, number>>;

/** Events per minute of event time and source, for the last 24 h before the newest event. */
export interface Flow {
  record(source: string, time: number, count?: number): void;
  /** The 24 h that end at `until`. */
  recent(until: number): NowView['flow'];
  /** The minute in which `time` lies. */
  minute(time: number): { readonly time: number; readonly counts: Counts };
  /** Event time of the newest event, ms. */
  newest(): number | undefined;
}

const bucketOf = (time: number): number => Math.floor(time / bucketMs) * bucketMs;

/** An empty flow; after a restart the caller records what the store has counted. */
export function createFlow(): Flow {
  const buckets = new Map<number, Map<string, number>>();
  let newest: number | undefined;
  const forget = (until: number): void => {
    for (const time of buckets.keys()) if (time < until - spanMs) buckets.delete(time);
  };
  return {
    record(source, time, count = 1) {
      if (newest !== undefined && time < newest - spanMs) return;
      const bucket = bucketOf(time);
      const counts = buckets.get(bucket) ?? new Map<string, number>();
      if (counts.size === 0) {
        buckets.set(bucket, counts);
        forget(bucket);
      }
      counts.set(source, (counts.get(source) ?? 0) + count);
      newest = Math.max(newest ?? time, time);
    },
    recent(until) {
      const last = bucketOf(until);
      const length = spanMs / bucketMs;
      const times = Array.from({ length }, (_, index) => last - (length - 1 - index) * bucketMs);
      const sources = new Set([...buckets.values()].flatMap((counts) => [...counts.keys()]));
      const counts = Object.fromEntries(
        [...sources].sort().map((source) => [source, times.map((time) => buckets.get(time)?.get(source) ?? 0)]),
      );
      return { bucketMs, times, counts };
    },
    minute: (time) => ({ time: bucketOf(time), counts: Object.fromEntries(buckets.get(bucketOf(time)) ?? []) }),
    newest: () => newest,
  };
}
