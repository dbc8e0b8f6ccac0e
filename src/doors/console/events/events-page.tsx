import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { counted } from '#lib/words.ts';
import { type EventSearch, links } from '../links.ts';
import { buttonClass } from '../parts/button.tsx';
import { useJump } from '../parts/jump.tsx';
import { Page } from '../parts/page.tsx';
import { Answer, Empty, Skeleton } from '../parts/states.tsx';
import { eventsQuery } from '../server/queries.ts';
import { EventFilters } from './event-filters.tsx';
import { EventPanel } from './event-panel.tsx';
import { EventTable } from './event-table.tsx';

export function EventsPage() {
  const search = useSearch({ from: '/frame/events' });
  const jump = useJump();
  const query = useInfiniteQuery(eventsQuery(search));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <Page
      title="Events"
      wide
      actions={
        <a href={csvAddress(search)} download="events.csv" className={buttonClass()}>
          CSV of this search
        </a>
      }
    >
      <EventFilters key={JSON.stringify({ ...search, look: '' })} search={search} />
      <Answer of={query} waiting={<Skeleton lines={14} height={36} />}>
        {() =>
          rows.length === 0 ? (
            <NoEvents search={search} />
          ) : (
            <>
              <p role="status" className="pb-2 text-sm text-ink-2">
                {counted(rows.length, 'event')} shown, newest first
                {query.hasNextPage ? '; more come as you go down' : '; that is all'}
              </p>
              <EventTable rows={rows} search={search} query={query} />
            </>
          )
        }
      </Answer>
      <EventPanel
        eventKey={search.look}
        onClose={() => jump(links.events({ ...search, look: undefined }), { keepScroll: true })}
      />
    </Page>
  );
}

function NoEvents({ search }: { readonly search: EventSearch }) {
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Empty title={isFiltered ? 'No event fits this search' : 'No event has been read yet'}>
      <p>
        {isFiltered
          ? 'Texts are found inside the raw line; people by sign-in name or user id; addresses must be whole. Widen the time, or leave a field empty.'
          : 'Events appear here as soon as a source is read.'}
      </p>
    </Empty>
  );
}

/** The server writes it, so that the export stands in the audit log. */
function csvAddress({ look: _, from, to, ...search }: EventSearch): string {
  const millis = (iso: string | undefined) => (iso === undefined ? undefined : String(Date.parse(iso)));
  const words = Object.entries({ ...search, from: millis(from), to: millis(to), format: 'csv' });
  return `/api/events?${new URLSearchParams(words.filter((word): word is [string, string] => Boolean(word[1])))}`;
}
