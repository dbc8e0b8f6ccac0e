import type { CSSProperties } from 'react';
import { revealed } from '#lib/reveal.ts';
import { counted, inWords } from '#lib/words.ts';
import { Text } from '../parts/text.tsx';
import { type RiverLayout, readersIn } from './lay-out-river.ts';
import { Swatch } from './swatch.tsx';

/** The same as one sentence, for who does not see it. */
export function tellStep(layout: RiverLayout, step: number, time: string): string {
  const readers = readersIn(layout, step);
  if (readers.length === 0) return `${time}: nothing left`;
  const each = readers.map(
    ({ integration, records, customers }) =>
      `${revealed(integration)} ${counted(records, 'record')} of ${counted(customers, 'customer')}`,
  );
  return `${time}: ${each.join('; ')}`;
}

interface ReadingProps {
  readonly layout: RiverLayout;
  readonly step: number;
  readonly time: string;
  readonly alarmed: ReadonlySet<string>;
}

/** Who, what, how many distinct customers: beside the step that is pointed at. */
export function Reading({ layout, step, time, alarmed }: ReadingProps) {
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
