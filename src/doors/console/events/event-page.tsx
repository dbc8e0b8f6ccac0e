import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Page } from '../parts/page.tsx';
import { Answer } from '../parts/states.tsx';
import { eventQuery } from '../server/queries.ts';
import { EventFacts } from './event-facts.tsx';

export function EventPage() {
  const { key } = useParams({ from: '/frame/events/$key' });
  const query = useQuery(eventQuery(key));
  return (
    <Page title={query.data === undefined ? 'Event' : `Event: ${query.data.activity}`}>
      <Answer of={query}>{(event) => <EventFacts event={event} />}</Answer>
    </Page>
  );
}
