import { useEffect, useRef, useState } from 'react';
import { counted, durationInWords } from '#lib/words.ts';
import type { IncidentView, ThreadMark } from '#model/wire.ts';
import { useClock } from '../parts/clock.tsx';
import { ScrollArea } from '../parts/scroll-area.tsx';
import { Text } from '../parts/text.tsx';
import { absolute, zoneName } from '../parts/times.ts';
import { gatherMarks, type Knot } from './gather-marks.ts';
import { Bead, FindingKnot } from './thread-knot.tsx';
import { bracketHeight, laneHeight, lanes, laneY, threadHeight } from './thread-lanes.ts';
import { layOutThread, type ThreadAxis } from './thread-layout.ts';
import { Brackets, Ticks } from './thread-scale.tsx';

type ThreadProps = Pick<IncidentView, 'thread' | 'findings' | 'openedAt' | 'firstAt'>;

/** One incident from left to right: who came in, what was tried, what was read, and when we knew. */
export function Thread({ thread, findings, openedAt, firstAt }: ThreadProps) {
  const [room, width] = useWidth();
  const [told, tell] = useState<Knot | undefined>();
  const { zone } = useClock();
  const axis = layOutThread(tellingMoments(thread, findings, openedAt), width);
  return (
    <figure className="pt-4">
      <div className="grid grid-cols-[104px_1fr]">
        <ul aria-hidden="true" className="text-sm text-ink-2" style={{ paddingTop: bracketHeight }}>
          {lanes.map((lane) => (
            <li key={lane} className="flex items-center" style={{ height: laneHeight }}>
              {lane}
            </li>
          ))}
        </ul>
        <ScrollArea ref={room} className="min-w-0 overflow-x-auto" name="Thread of the incident">
          {width > 0 && <Picture axis={axis} marks={thread} openedAt={openedAt} tell={tell} />}
        </ScrollArea>
      </div>
      <figcaption className="min-h-12 border-y border-line py-2 text-sm text-ink-2">
        {told === undefined ? (
          <>
            Times in {zoneName(zone, firstAt)}; stretches without a finding are pressed together and say how long they
            were. <span className="max-sm:hidden">Point at a knot, or reach it with Tab, to read it.</span>
          </>
        ) : (
          <Told knot={told} />
        )}
      </figcaption>
      <ThreadList thread={thread} openedAt={openedAt} />
    </figure>
  );
}

/** The moments of the evidence, where there is evidence: between them the grant may have lived its usual life. */
const tellingMoments = (
  thread: readonly ThreadMark[],
  findings: ThreadProps['findings'],
  openedAt: number,
): readonly Pick<ThreadMark, 'from' | 'to'>[] => {
  const moments = findings.flatMap(({ evidence }) => evidence.map(({ time }) => ({ from: time, to: time })));
  return [...(moments.length === 0 ? thread : moments), { from: openedAt, to: openedAt }];
};

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

function Picture({
  axis,
  marks,
  openedAt,
  tell,
}: {
  readonly axis: ThreadAxis;
  readonly marks: readonly ThreadMark[];
  readonly openedAt: number;
  readonly tell: (knot: Knot | undefined) => void;
}) {
  const knots = gatherMarks(marks, axis);
  const knewAt = axis.place(openedAt);
  const bottom = bracketHeight + lanes.length * laneHeight;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture of buttons, not a fieldset
    <svg
      role="group"
      width={axis.width}
      height={threadHeight}
      className="block"
      aria-label="Findings, in order of time"
    >
      {lanes.map((lane) => (
        <line key={lane} x1="0" x2={axis.width} y1={laneY(lane)} y2={laneY(lane)} className="stroke-line" />
      ))}
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a g without tabindex takes no focus */}
      <g aria-hidden="true">
        {knots
          .filter(({ isFinding }) => !isFinding)
          .map((knot) => (
            <Bead key={`${knot.lane} ${knot.from}`} knot={knot} tell={tell} />
          ))}
      </g>
      <Ticks axis={axis} marks={marks} top={bracketHeight} bottom={bottom} />
      <line x1={knewAt} x2={knewAt} y1={10} y2={bottom} className="stroke-ink" strokeDasharray="2 3" />
      <Brackets axis={axis} knewAt={knewAt} />
      {knots
        .filter(({ isFinding }) => isFinding)
        .map((knot) => (
          <FindingKnot key={`${knot.lane} ${knot.from}`} knot={knot} tell={tell} />
        ))}
    </svg>
  );
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
