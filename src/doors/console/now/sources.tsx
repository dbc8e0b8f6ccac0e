import { useMemo, useState } from 'react';
import { durationInWords, inWords, listInWords } from '#lib/words.ts';
import type { NowView, SourceHealth, SourceState } from '#model/wire.ts';
import { links } from '../links.ts';
import { useClock } from '../parts/clock.tsx';
import { Jump } from '../parts/jump.tsx';
import { Section } from '../parts/page.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { clockTime, zoneName } from '../parts/times.ts';
import { widen } from '../server/flow.ts';
import { FlowChart } from './flow-chart.tsx';
import { FlowTable } from './flow-table.tsx';
import { Streams } from './streams.tsx';

/** Anything of it ever came, or somebody asks for it. */
export const isHeard = ({ state }: SourceHealth): boolean => state !== 'unheard';

/** Width of a step in the picture, ms. */
const stepMs = 5 * 60_000;

/** Every source: how it fares, how late it is by nature and now, and what it brought in the last 24 hours. */
export function Sources({ now }: { readonly now: NowView }) {
  const [isTable, setTable] = useState(false);
  const [at, setAt] = useState<number | undefined>();
  const { zone, house } = useClock();
  const flow = useMemo(() => widen(now.flow, stepMs), [now.flow]);
  const silence = useMemo(() => flow.times.map(() => 0), [flow]);
  const time = at === undefined ? undefined : flow.times[at];
  const heard = now.sources.filter(isHeard);
  const unheard = now.sources.filter((source) => !isHeard(source)).map(({ title }) => title);
  return (
    <Section
      title="The last 24 hours, by source"
      aside={
        <span className="flex gap-4">
          <span>
            {time === undefined
              ? `events per 5 minutes, ${zoneName(zone, house)}`
              : `${clockTime(time, zone)} to ${clockTime(time + stepMs, zone)} ${zoneName(zone, time)}`}
          </span>
          <button
            type="button"
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
            className="underline decoration-line-2 underline-offset-4 hover:text-ink"
          >
            {isTable ? 'Show as picture' : 'Show as table'}
          </button>
        </span>
      }
    >
      {isTable ? (
        <FlowTable flow={now.flow} sources={heard} />
      ) : (
        <ul>
          {heard.map((source) => (
            <li
              key={source.name}
              className="grid grid-cols-1 gap-x-8 border-b border-line py-3 md:grid-cols-[minmax(320px,2fr)_5fr]"
            >
              <SourceWords source={source} />
              <div className="min-w-0 max-md:mt-3">
                <FlowChart
                  name={source.title}
                  times={flow.times}
                  counts={flow.counts[source.name] ?? silence}
                  onPoint={setAt}
                />
                <p className="flex justify-between text-xs text-ink-3">
                  <span>
                    {source.state === 'loading'
                      ? 'fills once the history is read'
                      : peakWords(flow.counts[source.name] ?? [])}
                  </span>
                  <span className="text-ink-2">
                    {at !== undefined && `${inWords(flow.counts[source.name]?.[at] ?? 0)} in these 5 minutes`}
                  </span>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {unheard.length > 0 && (
        <p className="pt-3 text-sm text-ink-2">Understood where they come, never seen yet: {listInWords(unheard)}.</p>
      )}
      {now.cautions.map((caution) => (
        <p key={caution} className="pt-3 text-sm text-amber">
          <Text words={caution} />
        </p>
      ))}
    </Section>
  );
}

const peakWords = (counts: readonly number[]): string => {
  const peak = counts.reduce((most, each) => Math.max(most, each), 0);
  return peak === 0 ? 'no events in these 24 hours' : `highest ${inWords(peak)}`;
};

const stateLook = {
  'on time': { words: 'On time', ink: 'text-ink', fill: true },
  loading: { words: 'Reading history', ink: 'text-ink-2', fill: false },
  lagging: { words: 'Later than usual', ink: 'text-amber', fill: false },
  silent: { words: 'Silent', ink: 'text-amber', fill: false },
  failing: { words: 'Failing', ink: 'text-alarm', fill: true },
  unheard: { words: 'Never seen', ink: 'text-ink-2', fill: false },
} as const satisfies Record<SourceState, unknown>;

function SourceWords({ source }: { readonly source: SourceHealth }) {
  const look = stateLook[source.state];
  return (
    <div>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <Jump to={links.events({ source: source.name })} className="font-medium hover:underline">
          {source.title}
        </Jump>
        <span className={`inline-flex items-center gap-1.5 text-sm ${look.ink}`}>
          <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
            <circle
              cx="4"
              cy="4"
              r="3"
              stroke="currentColor"
              strokeWidth="1.5"
              fill={look.fill ? 'currentColor' : 'none'}
            />
          </svg>
          {look.words}
        </span>
      </p>
      <p className="text-sm text-ink-2">
        Late by nature: {source.usualLag}
        {source.lagMs !== undefined &&
          source.state !== 'loading' &&
          `. The newest came ${durationInWords(Math.max(0, source.lagMs))} late`}
      </p>
      <p className="text-sm text-ink-2">
        {inWords(source.events)} events
        {source.duplicates > 0 && ` · ${inWords(source.duplicates)} duplicates`}
        {source.quarantined > 0 && <span className="text-amber"> · {inWords(source.quarantined)} in quarantine</span>}
        {source.lastArrivalAt !== undefined && (
          <>
            {' '}
            · last <Time at={source.lastArrivalAt} />
          </>
        )}
      </p>
      {source.streams !== undefined && <Streams streams={source.streams} />}
      {source.lastError !== undefined && source.streams === undefined && (
        <p className="mt-1 text-sm">
          <span className="block text-amber">
            <Text words={source.lastError} />
          </span>
          <span className="text-ink-2">What was read before is kept; Cordon goes on trying.</span>
        </p>
      )}
    </div>
  );
}
