import type { Broker } from '../parts.ts';

/** A call under way that can be ended from outside. */
export interface RunningCall {
  readonly integration: string;
  readonly token: string;
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

/** All calls under way: how many each integration has, and which of them lost the right to go on. */
export class RunningCalls {
  readonly #running = new Set<RunningCall>();
  readonly #counts = new Map<string, number>();
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
    let key = keyOf(integration, false);
    if (!this.#take(key, most)) return undefined;
    this.#size += 1;
    let isLeft = false;
    return {
      toStreams: (mostStreams) => {
        const streams = keyOf(integration, true);
        if (!this.#take(streams, mostStreams)) return false;
        this.#give(key);
        key = streams;
        return true;
      },
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.#give(key);
        this.#size -= 1;
        if (this.#size === 0) this.#whenIdle?.();
      },
    };
  }

  /** From now on the call can be cut. */
  add(call: RunningCall): void {
    this.#running.add(call);
  }

  delete(call: RunningCall): void {
    this.#running.delete(call);
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

  #take(key: string, most: number): boolean {
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  #give(key: string): void {
    const count = this.#counts.get(key)! - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}

const keyOf = (integration: string, isStream: boolean): string => (isStream ? `stream ${integration}` : integration);
