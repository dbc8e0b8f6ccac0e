import { type CSSProperties, type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import { revealed } from '#lib/reveal.ts';
import { counted, inWords } from '#lib/words.ts';
import type { RiverView } from '#model/gateway-wire.ts';
import { links } from '../links.ts';
import { useClock } from '../parts/clock.tsx';
import { Jump } from '../parts/jump.tsx';
import { compact } from '../parts/numbers.ts';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { clockTime, dayOf, zoneName } from '../parts/times.ts';
import { inkOf } from './inks.ts';
import { type Cut, layOutRiver, type RiverLayout, readersIn } from './lay-out-river.ts';
import { type RiverWindow, riverWindows, ticksWithin } from './river-windows.ts';
import { Swatch } from './swatch.tsx';

/** px of the drawing; it scales with its column. */
const width = 1200;
const height = 220;

interface RiverProps {
  readonly view: RiverView;
  readonly window: RiverWindow;
  /** Records a step if all budgets were spent evenly. */
  readonly budgetPerStep: number | undefined;
  /** Integrations that wait for a person. */
  readonly alarmed: ReadonlySet<string>;
}

/**
 * *The river*: records leaving per step as a stacked stream by integration, the budget as a line above it, a cut as a
 * clean edge. Read by pointer or arrow keys; each step is told to assistive technology as one sentence.
 */
export function River({ view, window, budgetPerStep, alarmed }: RiverProps) {
  const { zone } = useClock();
  const [pointed, setPointed] = useState<number | undefined>();
  const layout = useMemo(() => layOutRiver(view, { width, height, budgetPerStep }), [view, budgetPerStep]);
  const { steps, top } = layout;
  const { stepMs, from, to } = view;
  // The stretch moves on while somebody reads: what is pointed at is a time, not a place.
  const step =
    pointed === undefined ? undefined : Math.max(0, Math.min(steps - 1, Math.floor((pointed - from) / stepMs)));
  const isLong = riverWindows[window].ms > 86_400_000;
  const timeOf = (at: number): string =>
    `${isLong ? `${dayOf(at, zone)} ` : ''}${clockTime(at, zone, stepMs < 60_000)}`;
  const told = (each: number): string => tellStep(layout, each, timeOf(from + each * stepMs));
  const title = useId();
  return (
    <figure aria-labelledby={title} className="relative">
      <figcaption id={title} className="pb-2 text-sm text-ink-2">
        Records that left per {riverWindows[window].step}, by integration, {timeOf(from)} to {timeOf(to)}{' '}
        {zoneName(zone, to)}
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label="Time in the stream"
        aria-valuemin={0}
        aria-valuemax={steps - 1}
        aria-valuenow={step ?? steps - 1}
        aria-valuetext={told(step ?? steps - 1)}
        className="relative cursor-crosshair touch-pan-y"
        onPointerMove={(event) => setPointed(from + placeOf(event, steps) * stepMs)}
        onPointerDown={(event) => setPointed(from + placeOf(event, steps) * stepMs)}
        onPointerLeave={() => setPointed(undefined)}
        onBlur={() => setPointed(undefined)}
        onKeyDown={(event) => {
          const next = stepAfter(event, step ?? steps, steps);
          if (next === undefined) return;
          event.preventDefault();
          setPointed(next === 'none' ? undefined : from + next * stepMs);
        }}
      >
        <Picture layout={layout} alarmed={alarmed} step={step} />
        <Scale top={top} />
        {layout.budgetY !== undefined && budgetPerStep !== undefined && (
          <p
            className="pointer-events-none absolute left-12 -translate-y-full bg-paper/80 px-1 text-xs text-ink-2"
            style={{ top: `${(layout.budgetY / height) * 100}%` }}
          >
            all budgets spent evenly: {inWords(Math.round(budgetPerStep))}
          </p>
        )}
        {step !== undefined && (
          <Reading layout={layout} step={step} time={timeOf(from + step * stepMs)} alarmed={alarmed} />
        )}
      </div>
      <Ticks view={view} window={window} isLong={isLong} />
      <p className="text-sm text-ink-2">
        {layout.currents.length === 0 && 'Nothing left in this time. '}
        <BudgetWords
          budgetPerStep={budgetPerStep}
          isDrawn={layout.budgetY !== undefined}
          per={riverWindows[window].step}
        />
      </p>
      <Cuts cuts={layout.cuts} />
    </figure>
  );
}

function placeOf(event: PointerEvent<HTMLElement>, steps: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.max(0, Math.min(steps - 1, Math.floor(((event.clientX - box.left) / box.width) * steps)));
}

/** Where a key leads from here; `none` puts the reading away. */
function stepAfter({ key }: KeyboardEvent, step: number, steps: number): number | 'none' | undefined {
  const to: Readonly<Record<string, number | 'none'>> = {
    ArrowLeft: step - 1,
    ArrowDown: step - 1,
    ArrowRight: step + 1,
    ArrowUp: step + 1,
    PageDown: step - 10,
    PageUp: step + 10,
    Home: 0,
    End: steps - 1,
    Escape: 'none',
  };
  const next = to[key];
  return typeof next === 'number' ? Math.max(0, Math.min(steps - 1, next)) : next;
}

function tellStep(layout: RiverLayout, step: number, time: string): string {
  const readers = readersIn(layout, step);
  if (readers.length === 0) return `${time}: nothing left`;
  const each = readers.map(
    ({ integration, records, customers }) =>
      `${revealed(integration)} ${counted(records, 'record')} of ${counted(customers, 'customer')}`,
  );
  return `${time}: ${each.join('; ')}`;
}

interface PictureProps {
  readonly layout: RiverLayout;
  readonly alarmed: ReadonlySet<string>;
  readonly step: number | undefined;
}

function Picture({ layout: { currents, steps, budgetY, cuts }, alarmed, step }: PictureProps) {
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
const Scale = ({ top }: { readonly top: number }) => (
  <div aria-hidden="true" className="pointer-events-none absolute inset-0 text-xs text-ink-3">
    {[0, 0.5].map((share) => (
      <span key={share} className="absolute left-0 bg-paper/70 pr-1" style={{ top: `${share * 100}%` }}>
        {compact(top * (1 - share))}
      </span>
    ))}
  </div>
);

function Ticks({
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

interface ReadingProps {
  readonly layout: RiverLayout;
  readonly step: number;
  readonly time: string;
  readonly alarmed: ReadonlySet<string>;
}

/** Who, what, how many distinct customers: beside the step that is pointed at. */
function Reading({ layout, step, time, alarmed }: ReadingProps) {
  const readers = readersIn(layout, step);
  const isRight = step > layout.steps / 2;
  const share = isRight ? 1 - step / layout.steps : (step + 1) / layout.steps;
  return (
    <div
      aria-hidden="true"
      className={`pointer-events-none absolute top-2 z-10 border border-line-2 bg-sheet px-3 py-2 text-sm max-sm:inset-x-0 max-sm:top-full sm:w-88 ${isRight ? 'sm:right-(--beside)' : 'sm:left-(--beside)'}`}
      style={{ '--beside': `min(calc(${share * 100}% + 8px), calc(100% - 22rem))` } as CSSProperties}
    >
      <p className="text-ink-2">{time}</p>
      {readers.length === 0 && <p>Nothing left</p>}
      {readers.map(({ integration, records, customers, place }) => (
        <p key={integration} className="flex justify-between gap-4">
          <span className="min-w-0 truncate">
            <Swatch place={place} isAlarmed={alarmed.has(integration)} />
            <Text words={integration} />
          </span>
          <span className="text-right whitespace-nowrap">
            {inWords(records)}
            <span className="text-ink-2"> · {counted(customers, 'customer')}</span>
          </span>
        </p>
      ))}
    </div>
  );
}

function BudgetWords(props: {
  readonly budgetPerStep: number | undefined;
  readonly isDrawn: boolean;
  readonly per: string;
}) {
  if (props.budgetPerStep === undefined)
    return 'Not every integration has a budget of records: no line bounds this stream.';
  if (props.isDrawn) return null;
  return `All budgets together, spent evenly, allow ${inWords(Math.round(props.budgetPerStep))} per ${props.per}: above this picture.`;
}

const shownCuts = 4;

/** The cuts in words, the newest first; a new one is announced. */
function Cuts({ cuts }: { readonly cuts: readonly Cut[] }) {
  const [newest] = cuts;
  return (
    <>
      <p aria-live="polite" className="sr-only">
        {newest?.words}
      </p>
      {cuts.length > 0 && (
        <ul className="mt-2 text-sm" aria-label="Cuts">
          {cuts.slice(0, shownCuts).map(({ at, integration, words, again }) => (
            <li key={`${at} ${integration}`} className="border-l-2 border-alarm py-0.5 pl-3">
              <span className="text-ink-2">
                <Time at={at} by="wall" />
              </span>{' '}
              <Jump
                to={links.gatewayIntegration(integration)}
                className="underline decoration-line-2 underline-offset-4"
              >
                <Text words={words} />
              </Jump>
              {again > 0 && <span className="text-ink-2">; refused {counted(again, 'time')} since</span>}
            </li>
          ))}
          {cuts.length > shownCuts && (
            <li className="pl-3.5 text-ink-2">and {inWords(cuts.length - shownCuts)} before, in this stretch</li>
          )}
        </ul>
      )}
    </>
  );
}
