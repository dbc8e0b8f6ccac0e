import type { ReactNode } from 'react';
import { inWords } from '#lib/words.ts';
import type { EventView } from '#model/wire.ts';
import { type EventSearch, links } from '../links.ts';
import { useClock } from '../parts/clock.tsx';
import { Copy } from '../parts/copy.tsx';
import { Jump } from '../parts/jump.tsx';
import { Fact, Facts } from '../parts/page.tsx';
import { Text } from '../parts/text.tsx';
import { Time } from '../parts/time.tsx';
import { absolute } from '../parts/times.ts';
import { EventLine } from './event-line.tsx';

/** Slots whose value is worth searching for, and by which word. */
const searchable: Readonly<Record<string, keyof EventSearch>> = {
  'actor.user.name': 'actor',
  'actor.user.uid': 'actor',
  'actor.app_name': 'app',
  'actor.app_uid': 'app',
  'src_endpoint.ip': 'address',
  'unmapped.grant_uid': 'grant',
  activity_name: 'activity',
};

export function EventFacts({ event }: { readonly event: EventView }) {
  const { zone } = useClock();
  const slots = Object.entries(event.slots).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return (
    <>
      <Facts>
        <Fact name="Time">
          {absolute(event.time, zone)} (<Time at={event.time} />){' '}
          <Copy text={new Date(event.time).toISOString()} name="Copy ISO UTC" />
        </Fact>
        <Fact name="Arrived">{absolute(event.arrivedAt, zone)}</Fact>
        <Fact name="Source">
          <Search search={{ source: event.source }}>{event.source}</Search>
        </Fact>
      </Facts>
      <h2 className="mt-6 mb-2 font-semibold">The line as it came</h2>
      <EventLine event={event} withLink={false} />
      <h2 className="mt-6 mb-2 font-semibold">What Cordon reads in it</h2>
      <dl className="text-sm">
        {slots.map(([name, value]) => (
          <div key={name} className="grid gap-x-4 border-b border-line py-1 sm:grid-cols-[220px_1fr]">
            <dt className="font-mono text-xs leading-5 break-all text-ink-2">{name}</dt>
            <dd className="min-w-0 break-words">
              <SlotValue name={name} value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function SlotValue({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (typeof value === 'number') return inWords(value);
  const words = Array.isArray(value) ? value.map(String) : [String(value)];
  const by = name === 'resources.type' ? 'object' : searchable[name];
  return words.map((word, index) => (
    <span key={word}>
      {index > 0 && ', '}
      {by === undefined ? (
        <Text words={word} />
      ) : (
        <Search search={{ [by]: word }}>
          <Text words={word} />
        </Search>
      )}
    </span>
  ));
}

function Search({ search, children }: { readonly search: EventSearch; readonly children: ReactNode }) {
  return (
    <Jump to={links.events(search)} className="underline decoration-line-2 underline-offset-4">
      {children}
    </Jump>
  );
}
