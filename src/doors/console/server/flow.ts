import type { NowView } from '#model/wire.ts';

type Flow = NowView['flow'];

const day = 86_400_000;

/** Events that just came, added to their bucket; buckets older than a day fall out. Late ones beyond it are left. */
export function addToFlow(
  flow: Flow,
  more: { readonly time: number; readonly counts: Readonly<Record<string, number>> },
): Flow {
  const last = flow.times.at(-1);
  const time = Math.floor(more.time / flow.bucketMs) * flow.bucketMs;
  if (last === undefined || time < (flow.times[0] ?? 0)) return flow;
  const missing = Math.max(0, Math.min(day / flow.bucketMs, (time - last) / flow.bucketMs));
  const allTimes = [
    ...flow.times,
    ...Array.from({ length: missing }, (_, i) => time - (missing - 1 - i) * flow.bucketMs),
  ];
  const drop = allTimes.findIndex((each) => each > (allTimes.at(-1) ?? 0) - day);
  const times = allTimes.slice(drop);
  const names = new Set([...Object.keys(flow.counts), ...Object.keys(more.counts)]);
  const at = times.indexOf(time);
  const counts = Object.fromEntries(
    [...names].map((name) => {
      const before = flow.counts[name] ?? flow.times.map(() => 0);
      const series = [...before, ...new Array<number>(missing).fill(0)].slice(drop);
      return [name, series.map((value, index) => (index === at ? value + (more.counts[name] ?? 0) : value))];
    }),
  );
  return { ...flow, times, counts };
}

/** The same counts in wider buckets, aligned to the clock; sums are kept. */
export function widen(flow: Flow, bucketMs: number): Flow {
  const times = [...new Set(flow.times.map((time) => Math.floor(time / bucketMs) * bucketMs))];
  const place = new Map(times.map((time, index) => [time, index]));
  const counts = Object.fromEntries(
    Object.entries(flow.counts).map(([name, series]) => {
      const sums = new Array<number>(times.length).fill(0);
      for (const [index, time] of flow.times.entries()) {
        const at = place.get(Math.floor(time / bucketMs) * bucketMs);
        if (at !== undefined) sums[at] = (sums[at] ?? 0) + (series[index] ?? 0);
      }
      return [name, sums];
    }),
  );
  return { bucketMs, times, counts };
}
