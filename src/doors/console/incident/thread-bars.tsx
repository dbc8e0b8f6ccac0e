import { counted } from '#lib/words.ts';
import { useClock } from '../parts/clock.tsx';
import { clockTime } from '../parts/times.ts';
import type { Bar } from './read-evidence.ts';
import { barRoom } from './thread-lanes.ts';
import type { ThreadAxis } from './thread-layout.ts';

interface BarsProps {
  readonly bars: readonly Bar[];
  /** px: the cord they hang from. */
  readonly y: number;
  readonly axis: ThreadAxis;
}

/** px of a bar's label, with room. */
const labelRoom = 168;

/** Rows leaving: bars hanging from the cord, ten times the rows a step longer. The greatest is named. */
export function Bars({ bars, y, axis }: BarsProps) {
  const { zone } = useClock();
  const greatest = bars.reduce<Bar | undefined>((most, bar) => (most && most.rows >= bar.rows ? most : bar), undefined);
  if (greatest === undefined) return null;
  const length = (rows: number) => 10 + ((barRoom - 12) * Math.log10(rows)) / Math.log10(Math.max(10, greatest.rows));
  const home = axis.stretches.find(({ x, width }) => greatest.x >= x && greatest.x <= x + width);
  const onRight = home !== undefined && greatest.x + labelRoom <= home.x + home.width;
  const toLeft = greatest.x + labelRoom > axis.width;
  return (
    <>
      {bars.map((bar) => (
        <rect key={bar.x} x={bar.x - 1.5} y={y} width="3" height={length(bar.rows)} className="fill-ink" />
      ))}
      <text
        x={greatest.x + (onRight ? 10 : 0)}
        y={onRight ? y + 40 : y + barRoom + 17}
        textAnchor={toLeft ? 'end' : 'start'}
        className="fill-ink stroke-paper text-sm font-semibold [paint-order:stroke]"
        strokeWidth="3"
      >
        {counted(greatest.rows, 'row')}
        <tspan className="fill-ink-2 font-normal"> at {clockTime(greatest.at, zone)}</tspan>
      </text>
    </>
  );
}
