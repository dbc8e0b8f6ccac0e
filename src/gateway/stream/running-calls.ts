import type { Broker } from '../parts.ts';

/** A call under way that can be ended from outside. */
export interface RunningCall {
  readonly integration: string;
  readonly token: string;
  readonly isStream: boolean;
  /** Ends the answer as an error that the client notices. */
  cut(why: string): void;
  /** Looks whether the client still takes what it asked for. `now`: ms since 1970 UTC. */
  watch(now: number): void;
}

/** All calls under way: how many each integration has, and which of them lost the right to go on. */
export class RunningCalls {
  readonly #running = new Set<RunningCall>();
  readonly #counts = new Map<string, number>();
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
    return this.#running.size;
  }

  count(integration: string, isStream: boolean): number {
    return this.#counts.get(keyOf(integration, isStream)) ?? 0;
  }

  add(call: RunningCall): void {
    this.#running.add(call);
    const key = keyOf(call.integration, call.isStream);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  delete(call: RunningCall): void {
    if (!this.#running.delete(call)) return;
    const key = keyOf(call.integration, call.isStream);
    const count = this.#counts.get(key)! - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    if (this.#running.size === 0) this.#whenIdle?.();
  }

  /** Cuts all calls of an integration. */
  cutAll(integration: string, why: string): void {
    for (const call of [...this.#running]) if (call.integration === integration) call.cut(why);
  }

  /** Resolves when none is left, or after `mostMs`, when the rest were cut. */
  async drain(mostMs: number): Promise<void> {
    if (this.#running.size > 0) {
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

const keyOf = (integration: string, isStream: boolean): string => (isStream ? `stream ${integration}` : integration);
