import { useId, useState } from 'react';
import { counted, inWords } from '#lib/words.ts';
import type { RiverView } from '#model/gateway-wire.ts';
import { useClock } from '../parts/clock.tsx';
import { compact } from '../parts/numbers.ts';
import { Text } from '../parts/text.tsx';
import { clockTime } from '../parts/times.ts';
import { layOutRiver } from './lay-out-river.ts';

/** px of the drawing; it scales with its column. */
const width = 1200;
const height = 220;

/** Inks of the stream, the largest first; patterns tell them apart where shades do not. */
const inks = ['0.72', '0.5', '0.34', '0.24', '0.16', '0.1'] as const;

/**
 * *The river*: records leaving per step as a stacked stream by integration, the budget as a line above it, a cut as a
 * clean edge. The same numbers stand in the table below it, which is what assistive technology reads.
 */
export function River({ view }: { readonly view: RiverView }) {
  const { zone } = useClock();
  const [step, setStep] = useState<number | undefined>(undefined);
  const title = useId();
  const { currents, steps, top, budgetY, cuts } = layOutRiver(view, width, height);
  const place = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setStep(Math.max(0, Math.min(steps - 1, Math.floor(((event.clientX - box.left) / box.width) * steps))));
  };
  const at = (each: number) => clockTime(view.from + each * view.stepMs, zone);
  return (
    <figure aria-labelledby={title}>
      <figcaption id={title} className="flex flex-wrap justify-between gap-x-4 pb-2 text-sm text-ink-2">
        <span>
          Records that left, by integration, {at(0)} to {at(steps)}
        </span>
        <span>
          top edge {compact(top)} a {view.stepMs === 60_000 ? 'minute' : `${view.stepMs / 1000} s`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height + 1}`}
        preserveAspectRatio="none"
        className="block h-52 w-full touch-none border-b border-line-2"
        aria-hidden="true"
        onPointerMove={place}
        onPointerLeave={() => setStep(undefined)}
      >
        <g fill="currentColor" className="text-ink">
          {currents.map(({ integration, path }, index) => (
            <path key={integration} d={path} fillOpacity={inks[index]} />
          ))}
        </g>
        {budgetY !== undefined && (
          <line
            x1="0"
            x2={width}
            y1={budgetY}
            y2={budgetY}
            className="stroke-ink-2"
            strokeDasharray="6 5"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {step !== undefined && (
          <rect
            x={(step / steps) * width}
            width={width / steps}
            height={height}
            className="fill-ink"
            fillOpacity="0.06"
          />
        )}
        {cuts.map(({ x, integration, words }) => (
          <line
            key={`${x} ${integration} ${words}`}
            x1={x}
            x2={x}
            y1="0"
            y2={height}
            className="stroke-alarm"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <p className="min-h-6 pt-1 text-sm" aria-hidden="true">
        {step === undefined ? (
          <span className="text-ink-2">
            {budgetY === undefined
              ? 'Point at the stream to read it'
              : 'The dashed line is the smallest budget an hour'}
          </span>
        ) : (
          <>
            <span className="mr-3 text-ink-2">{at(step)}</span>
            {currents
              .filter(({ records }) => (records[step] ?? 0) > 0)
              .map(({ integration, records, customers }) => (
                <span key={integration} className="mr-4 inline-block">
                  <Text words={integration} /> {counted(records[step] ?? 0, 'record')}, {inWords(customers[step] ?? 0)}{' '}
                  customers
                </span>
              ))}
          </>
        )}
      </p>
      {cuts.map(({ integration, words, x }) => (
        <p key={`${x} ${integration}`} className="border-l-2 border-alarm pl-3 text-sm">
          <Text words={words} />
        </p>
      ))}
      <Legend view={view} currents={currents} />
    </figure>
  );
}

function Legend({
  view,
  currents,
}: {
  readonly view: RiverView;
  readonly currents: ReturnType<typeof layOutRiver>['currents'];
}) {
  if (currents.length === 0) return <p className="pt-2 text-ink-2">Nothing left in this time.</p>;
  const sum = (counts: readonly number[]) => counts.reduce((total, each) => total + each, 0);
  return (
    <table className="mt-2 w-full text-sm">
      <caption className="sr-only">Records that left in this time, by integration</caption>
      <thead className="text-ink-2">
        <tr>
          <th scope="col" className="py-1">
            Integration
          </th>
          <th scope="col" className="w-32 py-1 text-right">
            Records
          </th>
          <th scope="col" className="w-32 py-1 text-right">
            Most a step
          </th>
        </tr>
      </thead>
      <tbody>
        {currents.map(({ integration, records, total }, index) => (
          <tr key={integration} className="border-t border-line">
            <th scope="row" className="py-1 font-normal">
              <svg width="12" height="12" className="mr-2 inline-block align-[-1px] text-ink" aria-hidden="true">
                <rect width="12" height="12" fill="currentColor" fillOpacity={inks[index]} />
              </svg>
              <Text words={integration} />
            </th>
            <td className="py-1 text-right">{inWords(total)}</td>
            <td className="py-1 text-right">{inWords(Math.max(...records))}</td>
          </tr>
        ))}
      </tbody>
      <tfoot className="border-t border-line-2">
        <tr>
          <th scope="row" className="py-1 font-medium">
            Together
          </th>
          <td className="py-1 text-right font-medium">
            {inWords(sum(view.series.map(({ records }) => sum(records))))}
          </td>
          <td />
        </tr>
      </tfoot>
    </table>
  );
}
