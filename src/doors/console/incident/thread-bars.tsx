import { counted } from '#lib/words.ts';
import { useClock } from '../parts/clock.tsx';
import { clockTime } from '../parts/times.ts';
import type { Bar } from './read-evidence.ts';
import { barRoom } from './thread-lanes.ts';

interface BarsProps {
  readonly bars: readonly Bar[];
  /** px: the cord they hang from. */
  readonly y: number;
  /** px of the whole picture. */
  readonly width: number;
}

/** px of a bar's label, with room. */
const labelRoom = 176;

/** Rows leaving: bars hanging from the cord, ten times the rows a step longer. The greatest is named. */
export function Bars({ bars, y, width }: BarsProps) {
  const { zone } = useClock();
  const greatest = bars.reduce<Bar | undefined>((most, bar) => (most && most.rows >= bar.rows ? most : bar), undefined);
  if (greatest === undefined) return null;
  const length = (rows: number) => 10 + ((barRoom - 12) * Math.log10(rows)) / Math.log10(Math.max(10, greatest.rows));
  const onRight = greatest.x + labelRoom <= width;
  return (
    <>
      {bars.map((bar) => (
        <rect key={bar.x} x={bar.x - 1.5} y={y} width="3" height={length(bar.rows)} className="fill-ink" />
      ))}
      <text
        x={greatest.x + (onRight ? 10 : 2)}
        y={onRight ? y + 40 : y + barRoom + 17}
        textAnchor={onRight ? 'start' : 'end'}
        className="fill-ink stroke-paper text-sm font-semibold [paint-order:stroke]"
        strokeWidth="3"
      >
        {counted(greatest.rows, 'row')}
        <tspan className="fill-ink-2 font-normal"> at {clockTime(greatest.at, zone)}</tspan>
      </text>
    </>
  );
}
