import { hashOf } from '#lib/random.ts';

const dayMs = 86_400_000;
const beatMs = 1000;

/** Times at which something happens, from ≤ t < to, ms: so many in an hour, spread unevenly; the same for the same seed. */
export function timesBetween(seed: number, perHour: number, from: number, to: number): readonly number[] {
  const gapMs = 3_600_000 / perHour;
  const times: number[] = [];
  for (let number = Math.floor(from / gapMs) - 1; number * gapMs < to; number++) {
    const time = Math.floor((number + (hashOf(seed, 'vendor life', number) % 1000) / 1000) * gapMs);
    if (time >= from && time < to) times.push(time);
  }
  return times;
}

/** Writes a vendor's log of the last day, and goes on with it every second until the returned function is called. */
export function keepLiving(
  put: (times: readonly number[]) => unknown,
  { seed, perHour, clock }: { readonly seed: number; readonly perHour: number; readonly clock: () => number },
): () => void {
  let until = clock();
  put(timesBetween(seed, perHour, until - dayMs, until));
  const timer = setInterval(() => {
    const now = clock();
    put(timesBetween(seed, perHour, until, now));
    until = now;
  }, beatMs);
  return () => clearInterval(timer);
}
