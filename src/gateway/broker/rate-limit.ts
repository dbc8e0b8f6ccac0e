/** A bucket for each key that holds a minute's worth and refills evenly. */
export interface RateLimit {
  /** One more; false when the key has used up its share. */
  take(key: string): boolean;
  /** So many more, down to none left. */
  charge(key: string, cost: number): void;
}

/** Keys remembered at once; beyond, the one seen first is forgotten. */
const rememberedKeys = 20_000;

export function createRateLimit(perMinute: number, clock: () => number): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  const refilled = (key: string): { left: number; at: number } => {
    const now = clock();
    const known = buckets.get(key);
    if (known === undefined && buckets.size >= rememberedKeys) buckets.delete(buckets.keys().next().value!);
    const bucket = known ?? { left: perMinute, at: now };
    const gained = (Math.max(0, now - bucket.at) * perMinute) / 60_000;
    bucket.left = Math.min(perMinute, bucket.left + gained);
    bucket.at = now;
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    take: (key) => {
      const bucket = refilled(key);
      if (bucket.left < 1) return false;
      bucket.left -= 1;
      return true;
    },
    charge: (key, cost) => {
      const bucket = refilled(key);
      bucket.left = Math.max(0, bucket.left - cost);
    },
  };
}
