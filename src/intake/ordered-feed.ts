import { Heap } from '#detection/sources/heap.ts';
import type { Event } from '#model/event.ts';
import { compareEvents } from '#model/event-order.ts';
import type { Feed } from './feed.ts';

/** Rings once after so many ms; returns how to stop it. */
export type Alarm = (ms: number, ring: () => void) => () => void;

/** What became of one lot of events. */
export interface Landed {
  /** Keys that were not stored before. */
  readonly added: number;
  readonly duplicates: number;
}

export interface OrderedFeed {
  /** Resolves when all of them, and what they led to, are durable. Rejects when the feed does, or was closed before. */
  add(events: readonly Event[]): Promise<Landed>;
  /** Resolves when there is room for more; whoever reads ahead asks before it reads. Rejects as `add` does. */
  room(): Promise<void>;
  /** Events that had to be let go before their time, since there was no room to wait. */
  hurried(): number;
  /** Nothing more is fed: what waits was not made durable and will be read again. Waits for the batch under way. */
  close(): Promise<void>;
}

export interface OrderedFeedOptions {
  readonly feed: Pick<Feed, 'feed'>;
  /** How long after it happened an event waits for those before it, ms. */
  readonly withinMs: number;
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  readonly alarm: Alarm;
  /** Outstanding at most, waiting or being written; beyond it readers wait, and the oldest go before their time. */
  readonly mostEvents?: number;
  readonly mostBytes?: number;
}

/** A lot that was added together. */
interface Lot {
  left: number;
  added: number;
  duplicates: number;
  readonly resolve: (landed: Landed) => void;
  readonly reject: (reason: unknown) => void;
}

interface Waiting {
  readonly event: Event;
  readonly lot: Lot;
  /** When it may go, ms. */
  readonly due: number;
}

const eventsPerBatch = 1_000;

/**
 * Brings events of many streams into order of event time before they are fed: each waits until `withinMs` after it
 * happened. What comes later than that goes at once, sorted with what goes with it. A vendor's clock may be ahead of ours
 * by as much; beyond that nothing waits longer than twice `withinMs`.
 */
export function createOrderedFeed(options: OrderedFeedOptions): OrderedFeed {
  return new WaitingRoom(options);
}

class WaitingRoom implements OrderedFeed {
  readonly #options: Required<OrderedFeedOptions>;
  readonly #waiting = new Heap<Waiting>((one, other) =>
    one.due === other.due ? compareEvents(one.event, other.event) < 0 : one.due < other.due,
  );
  /** Older than the bound on arrival; first come, first served, so that a back-fill does not hold up what is new. */
  #late: Waiting[] = [];
  #lateFrom = 0;
  #events = 0;
  #bytes = 0;
  #hurried = 0;
  #closed: Error | undefined;
  #pumping: Promise<void> | undefined;
  #cancelAlarm: () => void = () => undefined;
  #seekers: (() => void)[] = [];

  constructor(options: OrderedFeedOptions) {
    this.#options = { mostEvents: 20_000, mostBytes: 64 << 20, ...options };
  }

  add(events: readonly Event[]): Promise<Landed> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (events.length === 0) return Promise.resolve({ added: 0, duplicates: 0 });
    const { promise, resolve, reject } = Promise.withResolvers<Landed>();
    const lot: Lot = { left: events.length, added: 0, duplicates: 0, resolve, reject };
    const { clock, withinMs } = this.#options;
    const now = clock();
    for (const event of events) {
      const due = Math.min(event.time, now + withinMs) + withinMs;
      const waiting = { event, lot, due };
      if (due <= now) this.#late.push(waiting);
      else this.#waiting.add(waiting);
      this.#events += 1;
      this.#bytes += event.raw.length;
    }
    this.#wake();
    return promise;
  }

  async room(): Promise<void> {
    while (this.#isFull() && this.#closed === undefined) {
      await new Promise<void>((resolve) => {
        this.#seekers.push(resolve);
        this.#wake();
      });
    }
    if (this.#closed !== undefined) throw this.#closed;
  }

  hurried(): number {
    return this.#hurried;
  }

  async close(): Promise<void> {
    this.#end(new Error('the feed was closed'));
    await this.#pumping;
  }

  #isFull(): boolean {
    return this.#events >= this.#options.mostEvents || this.#bytes >= this.#options.mostBytes;
  }

  #wake(): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => undefined;
    if (this.#closed === undefined) this.#pumping ??= this.#pump();
  }

  async #pump(): Promise<void> {
    // What is added in the same turn goes together.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0 && this.#closed === undefined; batch = this.#take()) {
      try {
        await this.#feed(batch);
      } catch (error) {
        for (const { lot } of batch) lot.reject(error);
        this.#end(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#pumping = undefined;
    const next = this.#waiting.first;
    if (next !== undefined && this.#closed === undefined)
      this.#cancelAlarm = this.#options.alarm(Math.max(1, next.due - this.#options.clock()), () => this.#wake());
  }

  /** The next events that may go, in order. */
  #take(): readonly Waiting[] {
    const now = this.#options.clock();
    const taken: Waiting[] = [];
    while (taken.length < eventsPerBatch && (this.#waiting.first?.due ?? Number.POSITIVE_INFINITY) <= now)
      taken.push(this.#waiting.takeFirst()!);
    const late = this.#late.slice(this.#lateFrom, this.#lateFrom + eventsPerBatch);
    this.#lateFrom += late.length;
    if (this.#lateFrom === this.#late.length) {
      this.#late = [];
      this.#lateFrom = 0;
    }
    taken.push(...late);
    if (taken.length === 0 && this.#isFull()) {
      const half = Math.ceil(this.#waiting.size / 2);
      while (taken.length < half) taken.push(this.#waiting.takeFirst()!);
      this.#hurried += taken.length;
    }
    return taken.sort((one, other) => compareEvents(one.event, other.event));
  }

  async #feed(batch: readonly Waiting[]): Promise<void> {
    const { keys } = await this.#options.feed.feed(batch.map(({ event }) => event));
    // A key that comes twice in one batch is new once.
    const fresh = new Set(keys);
    for (const { event, lot } of batch) {
      if (fresh.delete(event.key)) lot.added += 1;
      else lot.duplicates += 1;
      lot.left -= 1;
      this.#events -= 1;
      this.#bytes -= event.raw.length;
      if (lot.left === 0) lot.resolve({ added: lot.added, duplicates: lot.duplicates });
    }
    this.#letIn();
  }

  #letIn(): void {
    const seekers = this.#seekers;
    this.#seekers = [];
    for (const enter of seekers) enter();
  }

  #end(reason: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#cancelAlarm();
    const left = this.#late.slice(this.#lateFrom);
    this.#late = [];
    for (let next = this.#waiting.takeFirst(); next !== undefined; next = this.#waiting.takeFirst()) left.push(next);
    for (const { lot } of left) lot.reject(reason);
    this.#letIn();
  }
}
