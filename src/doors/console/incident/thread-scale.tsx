import { counted, durationInWords } from '#lib/words.ts';
import type { ThreadMark } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { clockTime, dayOf } from '../parts/times.ts';
import { actsWithin } from './gather-marks.ts';
import type { Stretch, ThreadAxis } from './thread-layout.ts';

/** The ground of what is pressed together: everything else is drawn over it. */
export const Silences = ({
  axis,
  top,
  bottom,
}: {
  readonly axis: ThreadAxis;
  readonly top: number;
  readonly bottom: number;
}) =>
  axis.stretches
    .filter(({ kind }) => kind === 'silent')
    .map(({ x, width }) => (
      <rect key={x} x={x} y={top} width={width} height={bottom - top + 1} className="fill-wash" />
    ));

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

/** px: a narrower silence has room for one line. */
const twoLines = 40;

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
      <path
        d={`M${middle - 5} ${bottom + 5}l4 -10M${middle + 1} ${bottom + 5}l4 -10`}
        className="stroke-line-2"
        fill="none"
      />
      <g transform={`rotate(-90 ${middle} ${height})`} textAnchor="middle" className="fill-ink-2 text-xs">
        {stretch.width < twoLines ? (
          <text x={middle} y={height + 4}>
            {durationInWords(stretch.to - stretch.from)}
          </text>
        ) : (
          <>
            <text x={middle} y={height - 4}>
              {durationInWords(stretch.to - stretch.from)}
            </text>
            <text x={middle} y={height + 12}>
              {acts === 0 ? 'silent' : counted(acts, 'usual act')}
            </text>
          </>
        )}
      </g>
    </>
  );
}

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** px */
  readonly x: number;
  readonly end: number;
}

interface BracketsProps {
  readonly axis: ThreadAxis;
  readonly openedAt: number;
  readonly actedAt: number | undefined;
  readonly bottom: number;
  readonly needsPerson: boolean;
}

/** Before we knew, after we knew, after we acted: brackets above, and a clean edge through all lanes at each turn. */
export function Brackets({ axis, openedAt, actedAt, bottom, needsPerson }: BracketsProps) {
  const { zone } = useClock();
  const turns = [
    { at: openedAt, ink: needsPerson ? 'stroke-alarm' : 'stroke-ink' },
    ...(actedAt === undefined ? [] : [{ at: actedAt, ink: 'stroke-ink' }]),
  ];
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus
    <g aria-hidden="true">
      {spansOf(axis, openedAt, actedAt).map((span) => (
        <g key={span.name}>
          <path d={`M${span.x} 36V28H${span.end}V36`} fill="none" className="stroke-line-2" />
          <text x={span.x + 4} y={20} className={span.name === 'before' ? 'fill-ink-2 text-sm' : 'fill-ink text-sm'}>
            {wordsThatFit(span)}
          </text>
        </g>
      ))}
      {turns.map(({ at, ink }) => (
        <line key={at} x1={axis.place(at)} x2={axis.place(at)} y1={28} y2={bottom} className={ink} strokeWidth="1.5">
          <title>{clockTime(at, zone)}</title>
        </line>
      ))}
    </g>
  );
}

function spansOf(axis: ThreadAxis, openedAt: number, actedAt: number | undefined): readonly Span[] {
  const first = axis.stretches[0];
  const last = axis.stretches.at(-1);
  if (first === undefined || last === undefined) return [];
  const knew = axis.place(openedAt);
  const acted = actedAt === undefined ? undefined : axis.place(actedAt);
  const end = axis.width - 1;
  return [
    { name: 'before', from: first.from, to: openedAt, x: 1, end: knew - 3 },
    { name: 'after', from: openedAt, to: actedAt ?? last.to, x: knew + 3, end: acted === undefined ? end : acted - 3 },
    ...(acted === undefined || actedAt === undefined
      ? []
      : [{ name: 'acted', from: actedAt, to: last.to, x: acted + 3, end }]),
  ].filter((span) => span.end - span.x > 4);
}

const spanWords: Readonly<Record<string, readonly [string, string]>> = {
  before: ['before we knew', 'before'],
  after: ['after we knew', 'after'],
  acted: ['after we acted', 'acted'],
};

/** px of a letter, roughly: words are chosen by the room they need, not measured. */
const letter = 6.6;

/** As much as fits above the bracket. */
function wordsThatFit({ name, from, to, x, end }: Span): string {
  const [long = name, short = name] = spanWords[name] ?? [];
  const lasted = to - from < 60_000 ? '' : `: ${durationInWords(to - from)}`;
  return [`${long}${lasted}`, long, short].find((words) => words.length * letter <= end - x + 6) ?? '';
}
