import type { KeyboardEvent } from 'react';
import { revealed } from '#lib/reveal.ts';
import { counted } from '#lib/words.ts';
import { levels } from '#model/finding.ts';
import type { ThreadMark } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { absolute } from '../parts/times.ts';
import { findingAnchor } from './finding-anchor.ts';
import { laneY } from './thread-lanes.ts';
import type { ThreadAxis } from './thread-layout.ts';

interface KnotProps {
  readonly mark: ThreadMark;
  readonly axis: ThreadAxis;
  readonly tell: (mark: ThreadMark | undefined) => void;
}

/** A finding is a knot as large as its level; anything else a plain bead; what lasts, a stretch of cord. */
export function Knot({ mark, axis, tell }: KnotProps) {
  const { zone } = useClock();
  const from = axis.place(mark.from);
  const to = axis.place(mark.to);
  const y = laneY(mark.lane);
  const size = mark.level === undefined ? 3 : 4 + levels.indexOf(mark.level);
  const isGrave = mark.level === 'critical' || mark.level === 'high';
  const rows = mark.rows === undefined ? '' : `, ${counted(mark.rows, 'row')}`;
  const open = () => mark.findingKey !== undefined && showFinding(mark.findingKey);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      role="button"
      tabIndex={0}
      aria-label={`${mark.lane}: ${revealed(mark.label)}, ${absolute(mark.from, zone)}${rows}${mark.level === undefined ? '' : `, ${mark.level}`}`}
      className={`group outline-none ${mark.findingKey === undefined ? '' : 'cursor-pointer'}`}
      onMouseEnter={() => tell(mark)}
      onMouseLeave={() => tell(undefined)}
      onFocus={() => tell(mark)}
      onBlur={() => tell(undefined)}
      onClick={open}
      onKeyDown={onKey}
    >
      <rect x={from - 12} y={y - 14} width={to - from + 24} height={28} fill="transparent" />
      {to - from > 1 && (
        <line x1={from} x2={to} y1={y} y2={y} className="stroke-ink-2" strokeWidth="3" strokeLinecap="round" />
      )}
      {mark.findingKey === undefined ? (
        <circle cx={from} cy={y} r={size} className="fill-paper stroke-ink-2" strokeWidth="1.5" />
      ) : (
        <rect
          x={from - size}
          y={y - size}
          width={size * 2}
          height={size * 2}
          transform={`rotate(45 ${from} ${y})`}
          className={isGrave ? 'fill-ink stroke-paper' : 'fill-paper stroke-ink'}
          strokeWidth="1.5"
        />
      )}
      <rect
        x={from - 13}
        y={y - 15}
        width={to - from + 26}
        height={30}
        rx="3"
        fill="none"
        className="stroke-ink opacity-0 group-focus-visible:opacity-100"
        strokeWidth="2"
      />
    </g>
  );
}

function showFinding(key: string) {
  const finding = document.getElementById(findingAnchor(key));
  finding?.scrollIntoView({ block: 'start' });
  finding?.focus({ preventScroll: true });
}
