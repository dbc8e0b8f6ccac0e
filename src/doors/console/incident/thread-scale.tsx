import { counted, durationInWords } from '#lib/words.ts';
import type { ThreadMark } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { clockTime, dayOf } from '../parts/times.ts';
import { actsWithin } from './gather-marks.ts';
import type { Stretch, ThreadAxis } from './thread-layout.ts';

/** Where each busy stretch begins, and how long each silence was. */
export function Ticks({
  axis,
  marks,
  top,
  bottom,
}: {
  readonly axis: ThreadAxis;
  readonly marks: readonly ThreadMark[];
  readonly top: number;
  readonly bottom: number;
}) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus
    <g aria-hidden="true">
      {axis.stretches.map((stretch) =>
        stretch.kind === 'silent' ? (
          <Silence key={stretch.x} stretch={stretch} acts={actsWithin(stretch, marks)} top={top} bottom={bottom} />
        ) : (
          <BusyTick key={stretch.x} stretch={stretch} bottom={bottom} />
        ),
      )}
    </g>
  );
}

/** px: below this a stretch has room for the day only on its own line. */
const wide = 150;

function BusyTick({ stretch, bottom }: { readonly stretch: Stretch; readonly bottom: number }) {
  const { zone } = useClock();
  const { x, width, from, to } = stretch;
  const withSeconds = to - from < 10 * 60_000 && width >= wide;
  const isOneDay = dayOf(from, zone) === dayOf(to, zone);
  return (
    <>
      <line x1={x + 4} x2={x + width - 4} y1={bottom} y2={bottom} className="stroke-line-2" />
      <text x={x + 6} y={bottom + 16} className="fill-ink-2 text-xs">
        {clockTime(from, zone, withSeconds)}
      </text>
      <text x={x + 6} y={bottom + 32} className="fill-ink-2 text-xs">
        {dayOf(from, zone)}
      </text>
      {width >= wide && to > from && (
        <>
          <text x={x + width - 6} y={bottom + 16} textAnchor="end" className="fill-ink-2 text-xs">
            {clockTime(to, zone, withSeconds)}
          </text>
          {!isOneDay && (
            <text x={x + width - 6} y={bottom + 32} textAnchor="end" className="fill-ink-2 text-xs">
              {dayOf(to, zone)}
            </text>
          )}
        </>
      )}
    </>
  );
}

function Silence({
  stretch,
  acts,
  top,
  bottom,
}: {
  readonly stretch: Stretch;
  readonly acts: number;
  readonly top: number;
  readonly bottom: number;
}) {
  const middle = stretch.x + stretch.width / 2;
  const height = (top + bottom) / 2;
  return (
    <>
      <rect x={stretch.x} y={top} width={stretch.width} height={bottom - top + 1} className="fill-wash" />
      <path
        d={`M${middle - 5} ${bottom + 5}l4 -10M${middle + 1} ${bottom + 5}l4 -10`}
        className="stroke-line-2"
        fill="none"
      />
      <g transform={`rotate(-90 ${middle} ${height})`} textAnchor="middle" className="fill-ink-2 text-xs">
        <text x={middle} y={height - 4}>
          {durationInWords(stretch.to - stretch.from)}
        </text>
        <text x={middle} y={height + 12}>
          {acts === 0 ? 'silent' : counted(acts, 'usual act')}
        </text>
      </g>
    </>
  );
}

/** What happened before we knew, and after. Each word moves to where it has room. */
export function Brackets({ axis, knewAt }: { readonly axis: ThreadAxis; readonly knewAt: number }) {
  const before = knewAt >= 112 ? 'before we knew' : knewAt >= 60 ? 'before' : undefined;
  const after = axis.width - knewAt >= 112;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus
    <g aria-hidden="true">
      <path d={`M1 18V10H${knewAt - 2}V18`} fill="none" className="stroke-line-2" />
      <path d={`M${knewAt + 2} 18V10H${axis.width - 1}V18`} fill="none" className="stroke-line-2" />
      {before !== undefined && (
        <text x={knewAt - 8} y={26} textAnchor="end" className="fill-ink-2 text-xs">
          {before}
        </text>
      )}
      {after && (
        <text x={knewAt + 8} y={26} className="fill-ink text-xs font-semibold">
          after we knew
        </text>
      )}
    </g>
  );
}
