import type { ThreadMark } from '#model/wire.ts';

/** A stretch of the time axis: busy ones are linear in time, silent ones are pressed to one width. */
export interface Stretch {
  readonly kind: 'busy' | 'silent';
  /** ms since 1970 UTC */
  readonly from: number;
  readonly to: number;
  /** px */
  readonly x: number;
  readonly width: number;
}

export interface ThreadAxis {
  readonly stretches: readonly Stretch[];
  /** px */
  readonly width: number;
  readonly place: (time: number) => number;
}

/** px: a pressed silence, the least of a busy stretch, and room beside its marks so that no knot touches a break. */
const roomy = { silent: 56, busyLeast: 60, pad: 16 };
const tight = { silent: 24, busyLeast: 18, pad: 13 };
/** px below which a picture is tight: a telephone's. */
const roomyFrom = 480;
/** Silence shorter than this is never pressed, ms. */
const silenceLeast = 15 * 60_000;

/**
 * A time axis on which bursts of minutes and days of silence both can be read. Silence is pressed when it is longer
 * than a quarter of an hour and than a twelfth of the whole; what is pressed keeps its place, visibly. Busy stretches
 * share the width by the logarithm of their length and by how many marks they hold.
 */
export function layOutThread(marks: readonly Pick<ThreadMark, 'from' | 'to'>[], width: number): ThreadAxis {
  const busy = busyStretches(marks);
  const { silent, busyLeast, pad } = width < roomyFrom ? tight : roomy;
  const silences = Math.max(0, busy.length - 1);
  const least = busy.length * (busyLeast + 2 * pad) + silences * silent;
  const whole = Math.max(width, least);
  const free = whole - least;
  const weights = busy.map(({ from, to, count }) => Math.log2(2 + (to - from) / 1000) + 2 * count);
  const sum = weights.reduce((total, each) => total + each, 0);
  const stretches: Stretch[] = [];
  let x = 0;
  for (const [index, { from, to }] of busy.entries()) {
    const last = stretches.at(-1);
    if (last !== undefined) {
      stretches.push({ kind: 'silent', from: last.to, to: from, x, width: silent });
      x += silent;
    }
    const own = busyLeast + 2 * pad + (sum === 0 ? 0 : (free * (weights[index] ?? 0)) / sum);
    stretches.push({ kind: 'busy', from, to, x, width: own });
    x += own;
  }
  return { stretches, width: whole, place: (time) => placeIn(stretches, time, pad) };
}

function busyStretches(marks: readonly Pick<ThreadMark, 'from' | 'to'>[]) {
  const sorted = [...marks].sort((a, b) => a.from - b.from);
  const first = sorted[0];
  if (first === undefined) return [];
  const end = sorted.reduce((latest, { to }) => Math.max(latest, to), first.to);
  const silence = Math.max(silenceLeast, (end - first.from) / 12);
  const stretches: { from: number; to: number; count: number }[] = [];
  for (const { from, to } of sorted) {
    const last = stretches.at(-1);
    if (last === undefined || from - last.to > silence) stretches.push({ from, to, count: 1 });
    else {
      last.to = Math.max(last.to, to);
      last.count += 1;
    }
  }
  return stretches;
}

function placeIn(stretches: readonly Stretch[], time: number, pad: number): number {
  // Where a silence ends, a busy stretch begins: the moment belongs to the busy one.
  const stretch =
    stretches.find(({ kind, from, to }) => kind === 'busy' && time >= from && time <= to) ??
    stretches.find(({ to }) => time <= to) ??
    stretches.at(-1);
  if (stretch === undefined) return 0;
  const inset = stretch.kind === 'busy' ? pad : 0;
  const room = stretch.width - 2 * inset;
  const length = stretch.to - stretch.from;
  // A moment has no length: it stands in the middle of its stretch.
  const share = length === 0 ? 0.5 : Math.min(1, Math.max(0, (time - stretch.from) / length));
  return stretch.x + inset + share * room;
}
