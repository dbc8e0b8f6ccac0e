/** Test-only: what the conformance suite needs from an engine, and what its parts share. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import type { EventFilter, EventRecords, Store } from '#model/records.ts';
import { openStore, type StorePlace } from '../open-store.ts';

export interface Harness {
  /** An empty place of its own for each test. */
  place(context: TestContext): Promise<StorePlace>;
  /** Runs statements past the program, as somebody with access to the database may. */
  run(place: StorePlace, statements: readonly string[]): Promise<void>;
  /** The same, the audit log's triggers out of the way. */
  tamper(place: StorePlace, statements: readonly string[]): Promise<void>;
}

export async function openedStore(context: TestContext, place: StorePlace): Promise<Store> {
  const opened = await openStore(place, { clock: () => 1_784_000_000_000 });
  assert.ok(opened.ok, opened.ok ? '' : JSON.stringify(opened.failure));
  context.after(() => opened.value.close());
  return opened.value;
}

export const freshStore = async (context: TestContext, harness: Harness): Promise<Store> =>
  openedStore(context, await harness.place(context));

export const midnight = Date.UTC(2026, 6, 14);

/** An event of minute `number` of the day whose slots are those given. */
export function eventOf(number: number, slots: Partial<Slots> = {}, rest: Partial<Event> = {}): Event {
  return {
    key: `salesforce-event-log-file:${number}`,
    time: midnight + number * 60_000,
    arrivedAt: midnight + number * 60_000 + 3_600_000,
    source: 'salesforce-event-log-file',
    origin: { file: 'elf/2026-07-14.csv', offset: number * 100, bytes: 100 },
    raw: `"RestApi","${number}"`,
    slots: Object.assign(new Slots(), slots),
    native: () => undefined,
    ...rest,
  };
}

export const grantOf = (event: Event): string =>
  `${event.slots['actor.app_uid'] ?? '-'}@${event.slots['actor.user.uid'] ?? '-'}`;

/** Every key of a search, page by page. */
export async function allKeys(events: EventRecords, filter: EventFilter, limit: number): Promise<readonly string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await events.search(filter, limit, cursor);
    assert.ok(page.rows.length <= limit);
    keys.push(...page.rows.map((row) => row.key));
    cursor = page.next;
  } while (cursor !== undefined);
  return keys;
}
