import type { Evidence, Finding } from '#model/finding.ts';
import type { ThreadMark } from '#model/wire.ts';
import type { ThreadAxis } from './thread-layout.ts';

/** Every line that some finding rests on, once, in order of time. */
export const evidenceOf = (findings: readonly Pick<Finding, 'evidence'>[]): readonly Evidence[] =>
  [...new Map(findings.flatMap(({ evidence }) => evidence).map((line) => [line.key, line])).values()].sort(
    (a, b) => a.time - b.time,
  );

/** Whether some of these lines is part of this act. An act's label names the address that it came from. */
export const isPartOf = (mark: ThreadMark, lines: readonly Evidence[]): boolean =>
  lines.some(
    ({ time, slots }) =>
      time >= mark.from && time <= mark.to && mark.label.includes(slots['src_endpoint.ip'] ?? mark.label),
  );

/** Rows that one line speaks of, as a bar. Bars that would touch are one, of the greatest. */
export interface Bar {
  /** px */
  readonly x: number;
  readonly rows: number;
  readonly at: number;
}

/** px between bars below which they are one. */
const apart = 5;

/** The lines that tell how many rows they read, placed on the axis. Sums would count one read told twice as two. */
export function barsOf(lines: readonly Evidence[], axis: ThreadAxis): readonly Bar[] {
  const bars: Bar[] = [];
  for (const { time, slots } of lines) {
    const rows = slots['unmapped.rows'] ?? 0;
    if (rows === 0) continue;
    const x = axis.place(time);
    const last = bars.at(-1);
    if (last === undefined || x - last.x >= apart) bars.push({ x, rows, at: time });
    else if (rows > last.rows) bars[bars.length - 1] = { x: last.x, rows, at: time };
  }
  return bars;
}
