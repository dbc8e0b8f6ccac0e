import type { Event } from '#model/event.ts';

/** A file's events in batches, in the order in which the file has them or in event-time order. */
export type EventBatches = AsyncIterable<readonly Event[]>;

/**
 * Puts events in order of time by holding back `hold` of them; those at equal times stay in file order. An event that
 * comes later than that allows is passed on with the next.
 */
export async function* orderByTime(batches: EventBatches, hold: number): AsyncGenerator<readonly Event[], void, void> {
  if (hold === 0) {
    yield* batches;
    return;
  }
  let held: readonly Event[] = [];
  for await (const batch of batches) {
    const known = [...held, ...batch];
    if (!isOrdered(known)) known.sort((one, other) => one.time - other.time);
    const ready = Math.max(0, known.length - hold);
    held = known.slice(ready);
    if (ready > 0) yield known.slice(0, ready);
  }
  if (held.length > 0) yield held;
}

function isOrdered(events: readonly Event[]): boolean {
  for (let index = 1; index < events.length; index++) if (events[index]!.time < events[index - 1]!.time) return false;
  return true;
}
