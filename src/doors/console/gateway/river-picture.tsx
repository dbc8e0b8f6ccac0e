import type { RiverView } from '#model/gateway-wire.ts';
import { useClock } from '../parts/clock.tsx';
import { compact } from '../parts/numbers.ts';
import { clockTime, dayOf } from '../parts/times.ts';
import { inkOf } from './inks.ts';
import type { RiverLayout } from './lay-out-river.ts';
import { type RiverWindow, riverWindows, ticksWithin } from './river-windows.ts';

/** px of the drawing; it scales with its column. */
export const drawing = { width: 1200, height: 220 } as const;
const { width, height } = drawing;

interface PictureProps {
  readonly layout: RiverLayout;
  readonly alarmed: ReadonlySet<string>;
  readonly step: number | undefined;
}

export function Picture({ layout: { currents, steps, budgetY, cuts }, alarmed, step }: PictureProps) {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="block h-52 w-full border-b border-line-2"
      aria-hidden="true"
    >
      {[0, 0.5].map((share) => (
        <line
          key={share}
          x2={width}
          y1={share * height}
          y2={share * height}
          className="stroke-line"
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {step !== undefined && (
        <rect
          x={(step / steps) * width}
          width={width / steps}
          height={height}
          className="fill-ink"
          fillOpacity="0.08"
        />
      )}
      <g className="stroke-paper max-sm:stroke-none" strokeWidth="0.75">
        {currents.map(({ integration, path }, index) => (
          <path
            key={integration}
            d={path}
            className={alarmed.has(integration) ? 'fill-alarm' : 'fill-ink'}
            fillOpacity={alarmed.has(integration) ? 0.9 : inkOf(index)}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </g>
      {budgetY !== undefined && (
        <line
          x2={width}
          y1={budgetY}
          y2={budgetY}
          className="stroke-ink-2"
          strokeDasharray="6 5"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {cuts.map(({ x, integration, at }) => (
        <g key={`${at} ${integration}`} className="fill-alarm stroke-alarm">
          <line x1={x} x2={x} y2={height} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
          <path d={`M${x - 5} 0 H${x + 5} L${x} 9Z`} stroke="none" />
        </g>
      ))}
    </svg>
  );
}

/** Numbers at the lines of the picture, left, above what flows. */
export const Scale = ({ top }: { readonly top: number }) => (
  <div aria-hidden="true" className="pointer-events-none absolute inset-0 text-xs text-ink-3">
    {[0, 0.5].map((share) => (
      <span key={share} className="absolute left-0 bg-paper/70 pr-1" style={{ top: `${share * 100}%` }}>
        {compact(top * (1 - share))}
      </span>
    ))}
  </div>
);

/** Times below the picture. */
export function Ticks({
  view,
  window,
  isLong,
}: {
  readonly view: RiverView;
  readonly window: RiverWindow;
  readonly isLong: boolean;
}) {
  const { zone } = useClock();
  const { from, to } = view;
  return (
    <div aria-hidden="true" className="relative h-6 overflow-hidden text-xs text-ink-2">
      {ticksWithin(from, to, riverWindows[window].tickMs).map((at) => (
        <span
          key={at}
          className="absolute top-1 -translate-x-1/2 whitespace-nowrap"
          style={{ left: `${Math.max(2.5, Math.min(97.5, ((at - from) / (to - from)) * 100))}%` }}
        >
          {isLong ? dayOf(at, zone) : clockTime(at, zone)}
        </span>
      ))}
    </div>
  );
}
