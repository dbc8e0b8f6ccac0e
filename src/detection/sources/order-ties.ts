import type { Event } from '#model/event.ts';
import { compareEvents } from '#model/event-order.ts';
import type { EventBatches } from './order-by-time.ts';

/** More events than these at one instant are put in order in parts, so that they need no more memory. */
const mostTied = 4_096;

/** Puts events at equal times, which come in order of time, in the one order that does not depend on how they came. */
export async function* orderTies(batches: EventBatches): AsyncGenerator<readonly Event[], void, void> {
  let held: readonly Event[] = [];
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    if (held.length > 0 && held.at(-1)!.time === batch[0]!.time && held.length < mostTied) {
      held = [...held, ...batch];
      continue;
    }
    if (held.length > 0) yield withTiesOrdered(held);
    held = batch;
  }
  if (held.length > 0) yield withTiesOrdered(held);
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
