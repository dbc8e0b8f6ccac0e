import { useQuery } from '@tanstack/react-query';
import { links } from '../links.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Answer } from '../parts/states.tsx';
import { eventQuery } from '../server/queries.ts';
import { EventFacts } from './event-facts.tsx';

interface EventPanelProps {
  readonly eventKey: string | undefined;
  readonly onClose: () => void;
}

/** A quick look at an event: its line and every word made of it. */
export function EventPanel({ eventKey, onClose }: EventPanelProps) {
  const query = useQuery({ ...eventQuery(eventKey ?? ''), enabled: eventKey !== undefined });
  return (
    <SidePanel
      title={query.data?.activity ?? 'Event'}
      open={eventKey !== undefined}
      onClose={onClose}
      {...(eventKey === undefined ? {} : { to: links.event(eventKey) })}
    >
      <Answer of={query}>{(event) => <EventFacts event={event} />}</Answer>
    </SidePanel>
  );
}
