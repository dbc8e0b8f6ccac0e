import type { ReactNode } from 'react';
import { boundsInWords, counted, inWords } from '#lib/words.ts';
import type { GrantHistory, IncidentView } from '#model/wire.ts';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Fact, Facts } from '../parts/page.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { UsualHours } from './usual-hours.tsx';

interface GrantLifeProps {
  readonly history: GrantHistory;
  readonly incident: Pick<IncidentView, 'rows'>;
}

/** What this grant was like before the incident: the measure of what is strange now. */
export function GrantLife({ history, incident }: GrantLifeProps) {
  if (history.events === 0) {
    return <p className="py-4 text-ink-2">This grant was never seen before this incident.</p>;
  }
  return (
    <div className="grid grid-cols-1 gap-x-12 gap-y-6 pt-3 lg:grid-cols-2">
      <Facts>
        <Fact name="Seen">
          {counted(Math.floor(history.days), 'day')}, first <Time at={history.firstAt} />, last{' '}
          <Time at={history.lastAt} />
        </Fact>
        <Fact name="Did">
          {counted(history.events, 'event')}, {counted(history.rows, 'row')}
        </Fact>
        <Fact name="Busiest hour">
          {counted(history.busiestHourRows, 'row')}
          <span className="block text-ink-2">in this incident: {boundsInWords(incident.rows)} rows</span>
          <Compare usual={history.busiestHourRows} now={incident.rows.atLeast} />
        </Fact>
        <Fact name="Everything">
          <Jump
            to={links.events({ grant: history.grant.key })}
            className="underline decoration-line-2 underline-offset-4"
          >
            All events of this grant
          </Jump>
        </Fact>
      </Facts>
      <Facts>
        <Fact name="Networks">
          <Names of={history.networks} mono />
        </Fact>
        <Fact name="User agents">
          <Names of={history.userAgents} mono />
        </Fact>
        <Fact name="Objects">
          <Names of={history.objects} />
        </Fact>
        <Fact name="Acts">
          <Names of={history.activities} />
        </Fact>
      </Facts>
      <div className="lg:col-span-2">
        <UsualHours hours={history.hours} />
      </div>
    </div>
  );
}

/** Two lengths on one scale. */
function Compare({ usual, now }: { readonly usual: number; readonly now: number }) {
  const most = Math.max(usual, now, 1);
  const bar = (value: number, className: string) => (
    <span className={`block h-1 ${className}`} style={{ width: `max(2px, ${(value / most) * 100}%)` }} />
  );
  return (
    <span className="mt-2 block space-y-1" aria-hidden="true">
      {bar(usual, 'bg-line-2')}
      {bar(now, 'bg-ink')}
    </span>
  );
}

/** Long lists show their beginning and say how much more there is. */
const shown = 6;

function Names({ of, mono = false }: { readonly of: readonly string[]; readonly mono?: boolean }): ReactNode {
  if (of.length === 0) return <span className="text-ink-2">none recorded</span>;
  return (
    <ul className={mono ? 'font-mono text-xs leading-5' : ''}>
      {of.slice(0, shown).map((name) => (
        <li key={name} className="break-all">
          <Text words={name} />
        </li>
      ))}
      {of.length > shown && (
        <li>
          <details>
            <summary className="font-sans text-sm text-ink-2">{inWords(of.length - shown)} more</summary>
            {of.slice(shown).map((name) => (
              <span key={name} className="block break-all">
                <Text words={name} />
              </span>
            ))}
          </details>
        </li>
      )}
    </ul>
  );
}
