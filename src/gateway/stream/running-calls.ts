import type { Broker } from '../parts.ts';

/** A call under way that can be ended from outside. */
export interface RunningCall {
  readonly integration: string;
  readonly token: string;
  readonly isStream: boolean;
  /** For `RunningCalls` alone; -1 where it is not among them. */
  place: number;
  /** Ends the answer as an error that the client notices. */
  cut(why: string): void;
  /** Looks whether the client still takes what it asked for. `now`: ms since 1970 UTC. */
  watch(now: number): void;
}

/**
 * All calls under way: how many each integration has, and which of them lost the right to go on. In an array, each call
 * knowing its place: V8 chains the outgrown tables of a Set to their successors, and through one that has grown old all
 * calls since would stay in memory until the next full collection.
 */
export class RunningCalls {
  readonly #running: RunningCall[] = [];
  readonly #counts = new Map<string, { calls: number; streams: number }>();
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

  get size(): number {
    return this.#running.length;
  }

  count(integration: string, isStream: boolean): number {
    return this.#counts.get(integration)?.[isStream ? 'streams' : 'calls'] ?? 0;
  }

  add(call: RunningCall): void {
    call.place = this.#running.length;
    this.#running.push(call);
    this.#count(call, 1);
  }

  delete(call: RunningCall): void {
    if (call.place < 0) return;
    const last = this.#running.pop()!;
    if (last !== call) {
      this.#running[call.place] = last;
      last.place = call.place;
    }
    call.place = -1;
    this.#count(call, -1);
    if (this.#running.length === 0) this.#whenIdle?.();
  }

  /** Cuts all calls of an integration. */
  cutAll(integration: string, why: string): void {
    for (const call of [...this.#running]) if (call.integration === integration) call.cut(why);
  }

  /** Resolves when none is left, or after `mostMs`, when the rest were cut. */
  async drain(mostMs: number): Promise<void> {
    if (this.#running.length > 0) {
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

  #count({ integration, isStream }: RunningCall, change: 1 | -1): void {
    let counts = this.#counts.get(integration);
    if (counts === undefined) {
      counts = { calls: 0, streams: 0 };
      this.#counts.set(integration, counts);
    }
    counts[isStream ? 'streams' : 'calls'] += change;
  }
}
