import { useQuery } from '@tanstack/react-query';
import { counted, inWords, listInWords } from '#lib/words.ts';
import type { NowView } from '#model/wire.ts';
import { IncidentSentence } from '../incidents/incident-sentence.tsx';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Answer, Skeleton } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { nowQuery } from '../server/queries.ts';
import { DemoControls } from './demo-controls.tsx';
import { isHeard, Sources } from './sources.tsx';

export function NowPage() {
  const query = useQuery(nowQuery);
  return (
    <Page title="Now" heading={null}>
      <Answer of={query} waiting={<Skeleton lines={8} height={48} />}>
        {(now) => (
          <>
            {now.demo !== undefined && <DemoControls demo={now.demo} />}
            <Needs now={now} />
            {(hasRead(now) ||
              now.sources.some(({ state, streams }) => state === 'failing' || streams !== undefined)) && (
              <Sources now={now} />
            )}
            {hasRead(now) && <Totals totals={now.totals} />}
          </>
        )}
      </Answer>
    </Page>
  );
}

const hasRead = ({ sources }: NowView): boolean => sources.some(({ events }) => events > 0);

/** Never calm where Cordon cannot see. */
function headlineOf(now: NowView): string {
  const count = now.needsPerson.length;
  if (count > 0) return `${counted(count, 'incident')} ${count === 1 ? 'needs' : 'need'} a person.`;
  return hasRead(now) ? 'Nothing needs you.' : 'Cordon reads no logs yet.';
}

function Needs({ now }: { readonly now: NowView }) {
  const { needsPerson } = now;
  return (
    <section aria-labelledby="needs">
      <h1 id="needs" className="text-2xl font-semibold tracking-tight">
        {headlineOf(now)}
      </h1>
      {needsPerson.length === 0 ? (
        <Calm now={now} />
      ) : (
        <ul className="-mx-3 mt-4 border-t border-line">
          {needsPerson.map((row) => (
            <li key={row.id} className="row arrives border-b border-line">
              <IncidentSentence row={row} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Calm({ now }: { readonly now: NowView }) {
  const newest = Math.max(...now.sources.map((source) => source.lastArrivalAt ?? 0), 0);
  const blind = now.sources.filter(({ state, events }) => events > 0 && (state === 'failing' || state === 'silent'));
  if (!hasRead(now)) {
    return (
      <p className="mt-2 max-w-prose text-ink-2">
        Nothing can be seen before a source speaks. Name your log directories under{' '}
        <code className="text-sm">sources</code>, or vendors to read live under <code className="text-sm">live</code>,
        in <code className="text-sm">cordon.yaml</code>, or look at exported logs at once with{' '}
        <code className="text-sm">npx cordon scan PATH</code>.
      </p>
    );
  }
  return (
    <p className="mt-2 text-ink-2">
      Cordon watches {counted(now.sources.filter(isHeard).length, 'source')}
      {newest > 0 && (
        <>
          ; the newest event arrived <Time at={newest} />
        </>
      )}
      .{' '}
      {blind.length > 0 && (
        <strong className="font-semibold text-ink">
          What {listInWords(blind.map(({ title }) => title))} would say is not known: look below.{' '}
        </strong>
      )}
      What was looked at before stands under{' '}
      <Jump to={links.incidents()} className="underline decoration-line-2 underline-offset-4">
        Incidents
      </Jump>
      .
    </p>
  );
}

function Totals({ totals }: { readonly totals: NowView['totals'] }) {
  const figures = [
    [totals.events === 1 ? 'event read' : 'events read', totals.events],
    [totals.grants === 1 ? 'grant known' : 'grants known', totals.grants],
    [totals.findings === 1 ? 'finding' : 'findings', totals.findings],
    [totals.openIncidents === 1 ? 'open incident' : 'open incidents', totals.openIncidents],
  ] as const;
  return (
    <Section title="So far">
      <dl className="grid grid-cols-2 gap-y-4 pt-4 sm:grid-cols-4">
        {figures.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-xl font-semibold tracking-tight">{inWords(value)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
