import type { KeyboardEvent } from 'react';
import { revealed } from '#lib/reveal.ts';
import { counted } from '#lib/words.ts';
import { levels } from '#model/finding.ts';
import { useClock } from '../parts/clock.tsx';
import { absolute } from '../parts/times.ts';
import { findingAnchor } from './finding-anchor.ts';
import type { Knot } from './gather-marks.ts';

interface KnotProps {
  readonly knot: Knot;
  /** px of its lane's cord. */
  readonly y: number;
  readonly tell: (knot: Knot | undefined) => void;
}

/** An act that is no finding: a bead, or a stretch of cord where it lasts. Keyboards read these in the list below. */
export function Bead({ knot, y, tell }: KnotProps) {
  const { from, to, isTold } = knot;
  const lasts = to - from > 4;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing only; the list below tells the same to everybody
    <g onMouseEnter={() => tell(knot)} onMouseLeave={() => tell(undefined)}>
      <rect x={from - 8} y={y - 10} width={to - from + 16} height={20} fill="transparent" />
      {lasts ? (
        <line
          x1={from}
          x2={to}
          y1={y}
          y2={y}
          className={isTold ? 'stroke-ink' : 'stroke-line-2'}
          strokeWidth={isTold ? 3 : 1}
          strokeLinecap="round"
        />
      ) : (
        <circle
          cx={(from + to) / 2}
          cy={y}
          r={isTold ? 3 : 2.5}
          className={isTold ? 'fill-ink stroke-paper' : 'fill-paper stroke-line-2'}
        />
      )}
    </g>
  );
}

/** Findings of one place: a knot as large as the gravest level. */
export function FindingKnot({ knot, y, tell }: KnotProps) {
  const { zone } = useClock();
  const { from, marks } = knot;
  const first = marks[0];
  const what = marks.map(
    ({ label, rows }) => `${revealed(label)}${rows === undefined ? '' : `, ${counted(rows, 'row')}`}`,
  );
  const open = () => first?.findingKey !== undefined && showFinding(first.findingKey);
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
      aria-label={`${counted(marks.length, 'finding')}, ${knot.lane}, ${absolute(first?.from ?? 0, zone)}: ${what.join('; ')}; ${knot.level}`}
      className="group cursor-pointer outline-none"
      onMouseEnter={() => tell(knot)}
      onMouseLeave={() => tell(undefined)}
      onFocus={() => tell(knot)}
      onBlur={() => tell(undefined)}
      onClick={open}
      onKeyDown={onKey}
    >
      <rect x={from - 12} y={y - 14} width={24} height={28} fill="transparent" />
      <Diamond knot={knot} y={y} />
      <rect
        x={from - 14}
        y={y - 15}
        width={28}
        height={30}
        rx="3"
        fill="none"
        className="stroke-ink opacity-0 group-focus-visible:opacity-100"
        strokeWidth="2"
      />
    </g>
  );
}

function Diamond({ knot: { from, level, marks }, y }: { readonly knot: Knot; readonly y: number }) {
  const size = level === undefined ? 4 : 4 + levels.indexOf(level);
  const isGrave = level === 'critical' || level === 'high';
  return (
    <>
      <rect
        x={from - size}
        y={y - size}
        width={size * 2}
        height={size * 2}
        transform={`rotate(45 ${from} ${y})`}
        className={isGrave ? 'fill-ink stroke-paper' : 'fill-paper stroke-ink'}
        strokeWidth="1.5"
      />
      {marks.length > 1 && (
        <text
          x={from + size + 6}
          y={y - 7}
          className="fill-ink stroke-paper text-xs font-semibold [paint-order:stroke]"
          strokeWidth="3"
        >
          {marks.length}
        </text>
      )}
    </>
  );
}

function showFinding(key: string) {
  const finding = document.getElementById(findingAnchor(key))?.closest('article');
  finding?.scrollIntoView({ block: 'start' });
  finding?.focus({ preventScroll: true });
}
