const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How far back the river looks: its steps and the times named below it, ms. */
export const riverWindows = {
  '15 min': { ms: 15 * minute, stepMs: 10_000, tickMs: 5 * minute, step: '10 s' },
  '1 h': { ms: hour, stepMs: minute, tickMs: 15 * minute, step: 'minute' },
  '24 h': { ms: day, stepMs: 15 * minute, tickMs: 6 * hour, step: '15 min' },
  '7 d': { ms: 7 * day, stepMs: 2 * hour, tickMs: day, step: '2 h' },
} as const;

export type RiverWindow = keyof typeof riverWindows;

export const isRiverWindow = (text: string | undefined): text is RiverWindow =>
  text !== undefined && Object.hasOwn(riverWindows, text);

/** The window that shows a gateway of this age best: one that has just begun would be an edge in an empty hour. */
export const windowForAge = (ageMs: number): RiverWindow => (ageMs < riverWindows['15 min'].ms ? '15 min' : '1 h');

/** Ends at the end of the step under way. */
export function stretchOf(window: RiverWindow, now: number): { readonly from: number; readonly to: number } {
  const { ms, stepMs } = riverWindows[window];
  const to = Math.ceil(now / stepMs) * stepMs;
  return { from: to - ms, to };
}

/** Whole multiples of `tickMs` within, ms since 1970 UTC. */
export function ticksWithin(from: number, to: number, tickMs: number): readonly number[] {
  const first = Math.ceil(from / tickMs) * tickMs;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / tickMs)) }, (_, index) => first + index * tickMs);
}
