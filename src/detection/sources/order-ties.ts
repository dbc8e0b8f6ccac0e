import type { Event } from '#model/event.ts';
import { compareEvents } from '#model/event-order.ts';
import type { EventBatches } from './order-by-time.ts';

/** More events than these at one instant are put in order in parts, so that they need no more memory. */
const mostTied = 4_096;

/**
 * Puts events at equal times, which come in order of time, in the one order that does not depend on how they came. Only
 * those of the latest time wait for the next batch: whole batches that wait grow old and cost a scan a quarter of its time.
 */
export async function* orderTies(batches: EventBatches): AsyncGenerator<readonly Event[], void, void> {
  let waiting: readonly Event[] = [];
  for await (const batch of batches) {
    const events = waiting.length === 0 ? batch : [...waiting, ...batch];
    const latest = startOfLatest(events);
    const ready = events.length - latest >= mostTied ? events.length : latest;
    if (ready > 0) yield withTiesOrdered(events.slice(0, ready));
    waiting = events.slice(ready);
  }
  if (waiting.length > 0) yield withTiesOrdered(waiting);
}

/** Where those at the latest time begin. */
function startOfLatest(events: readonly Event[]): number {
  let start = events.length;
  while (start > 0 && events[start - 1]!.time === events.at(-1)!.time) start -= 1;
  return start;
}

function withTiesOrdered(events: readonly Event[]): readonly Event[] {
  let ordered: Event[] | undefined;
  for (let start = 0; start < events.length; ) {
    const { time } = events[start]!;
    let end = start + 1;
    while (end < events.length && events[end]!.time === time) end += 1;
    if (end - start > 1) {
      ordered ??= [...events];
      ordered.splice(start, end - start, ...events.slice(start, end).sort(compareEvents));
    }
    start = end;
  }
  return ordered ?? events;
}
