import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import { inWords } from '#lib/words.ts';
import type { RiverView } from '#model/gateway-wire.ts';
import { useClock } from '../parts/clock.tsx';
import { clockTime, dayOf, zoneName } from '../parts/times.ts';
import { Cuts } from './cuts.tsx';
import { layOutRiver, type RiverLayout } from './lay-out-river.ts';
import { drawing, Picture, Scale, Ticks } from './river-picture.tsx';
import { Reading, tellStep } from './river-reading.tsx';
import { type RiverWindow, riverWindows } from './river-windows.ts';

interface RiverProps {
  readonly view: RiverView;
  readonly window: RiverWindow;
  /** Records a step if all budgets were spent evenly. */
  readonly budgetPerStep: number | undefined;
  /** Integrations that wait for a person. */
  readonly alarmed: ReadonlySet<string>;
  /** Of one integration alone. */
  readonly isOne: boolean;
}

/**
 * *The river*: records leaving per step as a stacked stream by integration, the budget as a line above it, a cut as a
 * clean edge. Read by pointer or arrow keys; each step is told to assistive technology as one sentence.
 */
export function River(props: RiverProps) {
  const { view, window, budgetPerStep, isOne } = props;
  const { zone } = useClock();
  const layout = useMemo(() => layOutRiver(view, { ...drawing, budgetPerStep }), [view, budgetPerStep]);
  const { stepMs, from, to } = view;
  const isLong = riverWindows[window].ms > 86_400_000;
  const timeOf = (at: number): string =>
    `${isLong ? `${dayOf(at, zone)} ` : ''}${clockTime(at, zone, stepMs < 60_000)}`;
  const title = useId();
  const { step } = riverWindows[window];
  return (
    <figure aria-labelledby={title}>
      <figcaption id={title} className="pb-2 text-sm text-ink-2">
        Records that left per {step}, {!isOne && 'by integration, '}
        {timeOf(from)} to {timeOf(to)} {zoneName(zone, to)}
      </figcaption>
      <Stream {...props} layout={layout} timeOf={timeOf} />
      <Ticks view={view} window={window} isLong={isLong} />
      <p className="text-sm text-ink-2">
        {layout.currents.length === 0 && 'Nothing left in this time. '}
        <BudgetWords isOne={isOne} budgetPerStep={budgetPerStep} isDrawn={layout.budgetY !== undefined} per={step} />
      </p>
      <Cuts cuts={layout.cuts} />
    </figure>
  );
}

interface StreamProps extends RiverProps {
  readonly layout: RiverLayout;
  readonly timeOf: (at: number) => string;
}

/** The picture, and where somebody reads in it. */
function Stream({ view: { from, stepMs }, layout, budgetPerStep, alarmed, isOne, timeOf }: StreamProps) {
  const { steps, top, budgetY } = layout;
  // The stretch moves on while somebody reads: what is pointed at is a time, not a place.
  const [pointed, setPointed] = useState<number | undefined>();
  const clamped = (step: number): number => Math.max(0, Math.min(steps - 1, step));
  const step = pointed === undefined ? undefined : clamped(Math.floor((pointed - from) / stepMs));
  const point = (event: PointerEvent<HTMLElement>) => setPointed(from + clamped(placeOf(event, steps)) * stepMs);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepAfter(event.key, step ?? steps, steps);
    if (next === undefined) return;
    event.preventDefault();
    setPointed(next === 'none' ? undefined : from + clamped(next) * stepMs);
  };
  const timeAt = (each: number): string => timeOf(from + each * stepMs);
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Time in the stream"
      aria-valuemin={0}
      aria-valuemax={steps - 1}
      aria-valuenow={step ?? steps - 1}
      aria-valuetext={tellStep(layout, step ?? steps - 1, timeAt(step ?? steps - 1))}
      className="relative cursor-crosshair touch-pan-y"
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setPointed(undefined)}
      onBlur={() => setPointed(undefined)}
      onKeyDown={onKeyDown}
    >
      <Picture layout={layout} alarmed={alarmed} step={step} />
      <Scale top={top} />
      {budgetY !== undefined && budgetPerStep !== undefined && (
        <p
          className="pointer-events-none absolute left-12 -translate-y-full bg-paper/80 px-1 text-xs text-ink-2"
          style={{ top: `${(budgetY / drawing.height) * 100}%` }}
        >
          {isOne ? 'its budget' : 'all budgets'} spent evenly: {inWords(Math.round(budgetPerStep))}
        </p>
      )}
      {step !== undefined && <Reading layout={layout} step={step} time={timeAt(step)} alarmed={alarmed} />}
    </div>
  );
}

function placeOf(event: PointerEvent<HTMLElement>, steps: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.floor(((event.clientX - box.left) / box.width) * steps);
}

/** Where a key leads from here; `none` puts the reading away. */
function stepAfter(key: string, step: number, steps: number): number | 'none' | undefined {
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
  return Object.hasOwn(to, key) ? to[key] : undefined;
}

function BudgetWords(props: {
  readonly budgetPerStep: number | undefined;
  readonly isDrawn: boolean;
  readonly isOne: boolean;
  readonly per: string;
}) {
  const { budgetPerStep, isDrawn, isOne, per } = props;
  if (budgetPerStep === undefined) {
    return isOne
      ? 'It has no budget of records over all objects: no line bounds this stream.'
      : 'Not every integration has a budget of records: no line bounds this stream.';
  }
  if (isDrawn) return null;
  const all = isOne ? 'Its budget, spent evenly, allows' : 'All budgets together, spent evenly, allow';
  return `${all} ${inWords(Math.round(budgetPerStep))} per ${per}: above this picture.`;
}
