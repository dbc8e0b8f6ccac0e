import { useEffect, useRef, useState } from 'react';
import { counted, durationInWords } from '#lib/words.ts';
import type { Evidence } from '#model/finding.ts';
import type { IncidentView, ThreadMark } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Text } from '../parts/text.tsx';
import { absolute, zoneName } from '../parts/times.ts';
import { gatherMarks, type Knot } from './gather-marks.ts';
import { barsOf, evidenceOf, isPartOf } from './read-evidence.ts';
import { tellChapters } from './tell-chapters.ts';
import { Bars } from './thread-bars.tsx';
import { ChaptersBelow, ChaptersInColumn } from './thread-chapters.tsx';
import { ThreadKey } from './thread-key.tsx';
import { Bead, FindingKnot } from './thread-knot.tsx';
import {
  bottomOf,
  bracketHeight,
  emptyLane,
  type Lane,
  type LaneRow,
  layOutLanes,
  scaleHeight,
} from './thread-lanes.ts';
import { layOutThread, type ThreadAxis } from './thread-layout.ts';
import { Brackets, Silences, Ticks } from './thread-scale.tsx';

type ThreadProps = Pick<IncidentView, 'thread' | 'findings' | 'openedAt' | 'firstAt' | 'changes' | 'state'>;

/** One incident from left to right: who came in, what was tried, what was read, when we knew and what we did. */
export function Thread({ thread, findings, openedAt, firstAt, changes, state }: ThreadProps) {
  const [room, width] = useWidth();
  const [told, tell] = useState<Knot | undefined>();
  const { zone } = useClock();
  const deeds = marksOfChanges(changes);
  const marks = [...thread, ...deeds];
  const evidence = evidenceOf(findings);
  const axis = layOutThread(tellingMoments(thread, evidence, [openedAt, ...deeds.map(({ from }) => from)]), width);
  const rows = layOutLanes(marks);
  const chapters = tellChapters(axis, findings, thread, changes);
  return (
    <figure className="pt-2">
      <div className="grid grid-cols-[88px_1fr] max-sm:text-xs sm:grid-cols-[104px_1fr]">
        <ul aria-hidden="true" className="text-ink-2 sm:text-sm" style={{ paddingTop: bracketHeight }}>
          {rows.map(({ lane, isEmpty, height, y, top }) => (
            <li key={lane} className={isEmpty ? 'text-ink-3' : ''} style={{ height, paddingTop: y - top - 10 }}>
              {lane}
            </li>
          ))}
        </ul>
        <ScrollArea ref={room} className="min-w-0 overflow-x-auto" name="Thread of the incident">
          {width > 0 && (
            <Picture
              axis={axis}
              rows={rows}
              marks={marks}
              evidence={evidence}
              openedAt={openedAt}
              actedAt={changes.findLast(({ to }) => to === 'contained')?.at}
              needsPerson={state === 'open'}
              tell={tell}
            />
          )}
          <div className="max-sm:hidden">
            <ChaptersBelow chapters={chapters} />
          </div>
        </ScrollArea>
      </div>
      <div className="sm:hidden">
        <ChaptersInColumn chapters={chapters} openedAt={openedAt} />
      </div>
      <figcaption className="min-h-16 border-y border-line py-2 text-sm text-ink-2">
        {told === undefined ? (
          <>
            <ThreadKey />
            <p className="mt-1">
              Times in {zoneName(zone, firstAt)}. Shaded: stretches without a finding, pressed together.{' '}
              <span className="max-sm:hidden">Point at a knot, or reach it with Tab, to read it.</span>
            </p>
          </>
        ) : (
          <Told knot={told} />
        )}
      </figcaption>
      <ThreadList thread={marks} openedAt={openedAt} />
    </figure>
  );
}

/** The moments of the evidence, where there is evidence: between them the grant may have lived its usual life. */
const tellingMoments = (
  thread: readonly ThreadMark[],
  evidence: readonly Evidence[],
  ours: readonly number[],
): readonly Pick<ThreadMark, 'from' | 'to'>[] => [
  ...(evidence.length === 0 ? thread : evidence.map(({ time }) => ({ from: time, to: time }))),
  ...ours.map((at) => ({ from: at, to: at })),
];

const deedLane = { contained: 'containment', scoped: 'duties', notified: 'duties' } as const;

/** What people did about it, as acts of the lanes below. */
const marksOfChanges = (changes: IncidentView['changes']): readonly ThreadMark[] =>
  changes.flatMap(({ to, at, reason }) =>
    to === 'contained' || to === 'scoped' || to === 'notified'
      ? [{ lane: deedLane[to], from: at, to: at, label: `marked ${to}: ${reason}` }]
      : [],
  );

function Told({ knot }: { readonly knot: Knot }) {
  const { zone } = useClock();
  return knot.marks.map((mark) => (
    <span key={`${mark.from} ${mark.label} ${mark.findingKey}`} className="block">
      <span className="text-ink">
        <Text words={mark.label} />
      </span>
      {' · '}
      {absolute(mark.from, zone)}
      {mark.to > mark.from && ` · ${durationInWords(mark.to - mark.from)} long`}
      {mark.rows !== undefined && ` · ${counted(mark.rows, 'row')}`}
      {mark.level !== undefined && ` · ${mark.level}`}
    </span>
  ));
}

interface PictureProps {
  readonly axis: ThreadAxis;
  readonly rows: readonly LaneRow[];
  readonly marks: readonly ThreadMark[];
  readonly evidence: readonly Evidence[];
  readonly openedAt: number;
  readonly actedAt: number | undefined;
  readonly needsPerson: boolean;
  readonly tell: (knot: Knot | undefined) => void;
}

function Picture({ axis, rows, marks, evidence, openedAt, actedAt, needsPerson, tell }: PictureProps) {
  const ours = new Set<Lane>(['containment', 'duties']);
  const knots = gatherMarks(marks, axis, (mark) => ours.has(mark.lane) || isPartOf(mark, evidence));
  const bottom = bottomOf(rows);
  const yOf = (lane: Lane): number => rows.find((row) => row.lane === lane)?.y ?? 0;
  const draw = (kind: typeof Bead, fits: (knot: Knot) => boolean) =>
    knots.filter(fits).map((knot) => {
      const Kind = kind;
      return <Kind key={`${knot.lane} ${knot.from}`} knot={knot} y={yOf(knot.lane)} tell={tell} />;
    });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture of buttons, not a fieldset
    <svg
      role="group"
      width={axis.width}
      height={bottom + scaleHeight}
      className="block"
      aria-label="Findings, in order of time"
    >
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus */}
      <g aria-hidden="true">
        <Silences axis={axis} top={bracketHeight} bottom={bottom} />
        <Cords rows={rows} width={axis.width} />
        {draw(Bead, ({ isFinding, isTold }) => !isFinding && !isTold)}
        <Bars bars={barsOf(evidence, axis)} y={yOf('reading')} axis={axis} />
        {draw(Bead, ({ isFinding, isTold }) => !isFinding && isTold)}
      </g>
      <Ticks axis={axis} marks={marks} top={bracketHeight} bottom={bottom} />
      <Brackets axis={axis} openedAt={openedAt} actedAt={actedAt} bottom={bottom} needsPerson={needsPerson} />
      <EmptyLanes rows={rows} width={axis.width} />
      {draw(FindingKnot, ({ isFinding }) => isFinding)}
    </svg>
  );
}

/** One cord a lane. */
const Cords = ({ rows, width }: LaneProps) =>
  rows
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ lane, y }) => <line key={lane} x1="0" x2={width} y1={y} y2={y} className="stroke-line" />);

/** Where a lane is empty, a word says so. */
const EmptyLanes = ({ rows, width }: LaneProps) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus
  <g
    aria-hidden="true"
    textAnchor="end"
    className="fill-ink-3 stroke-paper text-xs [paint-order:stroke]"
    strokeWidth="6"
  >
    {rows
      .filter(({ isEmpty }) => isEmpty)
      .map(({ lane, y }) => (
        <text key={lane} x={width - 4} y={y + 4}>
          {emptyLane[lane]}
        </text>
      ))}
  </g>
);

interface LaneProps {
  readonly rows: readonly LaneRow[];
  /** px */
  readonly width: number;
}

/** The same in words, for those who cannot or would rather not look at the picture. */
function ThreadList({ thread, openedAt }: Pick<ThreadProps, 'thread' | 'openedAt'>) {
  const { zone } = useClock();
  const rows = [...thread].sort((a, b) => a.from - b.from);
  return (
    <details className="py-2 text-sm">
      <summary className="text-ink-2">The thread in words</summary>
      <ol className="mt-2">
        {rows.map((mark, index) => (
          <li key={`${mark.lane} ${mark.from} ${mark.label} ${mark.findingKey}`}>
            {mark.from > openedAt && (rows[index - 1]?.from ?? 0) <= openedAt && (
              <p className="border-y border-ink py-1.5 font-semibold">Here Cordon knew: {absolute(openedAt, zone)}</p>
            )}
            <p className="grid grid-cols-[max-content_1fr] gap-x-4 border-b border-line py-1.5 sm:grid-cols-[180px_112px_1fr]">
              <span>{absolute(mark.from, zone)}</span>
              <span className="text-ink-2">{mark.lane}</span>
              <span className="break-words max-sm:col-span-2">
                <Text words={mark.label} />
                {mark.rows !== undefined && ` · ${counted(mark.rows, 'row')}`}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </details>
  );
}

function useWidth() {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const resized = new ResizeObserver(() => setWidth(target.clientWidth));
    resized.observe(target);
    return () => resized.disconnect();
  }, []);
  return [element, width] as const;
}
