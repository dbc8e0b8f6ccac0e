import type { Event } from '#model/event.ts';
import { Heap } from './heap.ts';

/** A file's events in batches, in the order in which the file has them or in event-time order. */
export type EventBatches = AsyncIterable<readonly Event[]>;

/**
 * Puts events in order of time by holding back `hold` of them; those at equal times stay in file order. An event that
 * comes later than that allows is passed on at once.
 */
export async function* orderByTime(batches: EventBatches, hold: number): AsyncGenerator<readonly Event[], void, void> {
  if (hold === 0) {
    yield* batches;
    return;
  }
  const held = new Heap<{ readonly event: Event; readonly index: number }>(
    (one, other) =>
      one.event.time < other.event.time || (one.event.time === other.event.time && one.index < other.index),
  );
  let index = 0;
  for await (const batch of batches) {
    const ordered: Event[] = [];
    for (const event of batch) {
      held.add({ event, index: index++ });
      if (held.size > hold) ordered.push(held.takeFirst()!.event);
    }
    if (ordered.length > 0) yield ordered;
  }
  const rest: Event[] = [];
  for (let next = held.takeFirst(); next !== undefined; next = held.takeFirst()) rest.push(next.event);
  if (rest.length > 0) yield rest;
}
