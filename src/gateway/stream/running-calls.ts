import type { Broker } from '../parts.ts';

/** A call under way that can be ended from outside. */
export interface RunningCall {
  readonly integration: string;
  readonly token: string;
  /** Where it stands among the others, for `RunningCalls` alone; -1 where it does not. */
  index: number;
  /** Ends the answer as an error that the client notices. */
  cut(why: string): void;
  /** Looks whether the client still takes what it asked for. `now`: ms since 1970 UTC. */
  watch(now: number): void;
}

/** A call's place among those of its integration, from its head to the end of its answer. */
export interface Place {
  /** Moves it among the streams of bulk results; false: there are as many as may be. */
  toStreams(most: number): boolean;
  leave(): void;
}

/** How many calls an integration has under way. */
interface Counts {
  calls: number;
  streams: number;
}

/**
 * All calls under way: how many each integration has, and which of them lost the right to go on. In an array, each call
 * knowing its index: V8 chains the outgrown tables of a Set to their successors, and through one that has grown old all
 * calls since would stay in memory until the next full collection.
 */
export class RunningCalls {
  readonly #running: RunningCall[] = [];
  readonly #counts = new Map<string, Counts>();
  #size = 0;
  readonly #timer: NodeJS.Timeout;
  #whenIdle: (() => void) | undefined;

  /** Every `everyMs` the calls whose token was revoked or suspended are cut. */
  constructor(broker: Pick<Broker, 'isAlive'>, everyMs: number) {
    this.#timer = setInterval(() => {
      const now = Date.now();
      for (const call of [...this.#running]) {
        if (broker.isAlive(call.token)) call.watch(now);
        else call.cut('token-ended');
      }
    }, everyMs).unref();
  }

  /** Those included whose body still comes. */
  get size(): number {
    return this.#size;
  }

  /** Takes a place for a call; undefined: its integration has `most` already. */
  enter(integration: string, most: number): Place | undefined {
    let counts = this.#counts.get(integration);
    if (counts === undefined) {
      counts = { calls: 0, streams: 0 };
      this.#counts.set(integration, counts);
    }
    if (counts.calls >= most) return undefined;
    counts.calls += 1;
    this.#size += 1;
    return new TakenPlace(counts, () => {
      this.#size -= 1;
      if (this.#size === 0) this.#whenIdle?.();
    });
  }

  /** From now on the call can be cut. */
  add(call: RunningCall): void {
    call.index = this.#running.length;
    this.#running.push(call);
  }

  delete(call: RunningCall): void {
    if (call.index < 0) return;
    const last = this.#running.pop()!;
    if (last !== call) {
      this.#running[call.index] = last;
      last.index = call.index;
    }
    call.index = -1;
  }

  /** Cuts all calls of an integration. */
  cutAll(integration: string, why: string): void {
    for (const call of [...this.#running]) if (call.integration === integration) call.cut(why);
  }

  /** Resolves when none is left, or after `mostMs`, when the rest were cut. */
  async drain(mostMs: number): Promise<void> {
    if (this.#size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, mostMs);
        this.#whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const call of [...this.#running]) call.cut('shutdown');
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

class TakenPlace implements Place {
  readonly #counts: Counts;
  readonly #onLeave: () => void;
  #among: keyof Counts | undefined = 'calls';

  constructor(counts: Counts, onLeave: () => void) {
    this.#counts = counts;
    this.#onLeave = onLeave;
  }

  toStreams(most: number): boolean {
    if (this.#among !== 'calls' || this.#counts.streams >= most) return false;
    this.#counts.calls -= 1;
    this.#counts.streams += 1;
    this.#among = 'streams';
    return true;
  }

  leave(): void {
    if (this.#among === undefined) return;
    this.#counts[this.#among] -= 1;
    this.#among = undefined;
    this.#onLeave();
  }
}
