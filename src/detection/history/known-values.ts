import { detach } from '#lib/detach.ts';
import type { Familiarity } from '#model/event.ts';
import { dayMs } from './measures.ts';

/** How long a value stays new after its first use: a thief's second call does not make his network usual. */
const probationMs = 3 * dayMs;

/** Under this much history nothing is called new. */
export const neededHistoryMs = 7 * dayMs;

/**
 * The values that one grant has shown in one respect (its networks, its user agents, …) and when each came up first.
 * A value is usual when it came up in the first seven days, or at least three days before the event that asks; so no
 * event makes itself or its neighbours usual. Beyond `limit` values nothing is new any more: who reads everything
 * cannot be told by what he reads.
 */
export class KnownValues {
  readonly #firstAt = new Map<string, number>();
  readonly #limit: number;
  /** The value learned last, and the one last found usual, which it stays: most events repeat the one before. */
  #last: string | undefined = undefined;
  #lastUsual: string | undefined = undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `begunAt`: when the life began of which this is a part. */
  judge(value: string, time: number, begunAt: number): Familiarity {
    if (time - begunAt < neededHistoryMs) return 'no history';
    if (value === this.#lastUsual || this.#firstAt.size >= this.#limit) return 'usual';
    const firstAt = this.#firstAt.get(value);
    if (firstAt === undefined) return 'new';
    if (firstAt - begunAt >= neededHistoryMs && time - firstAt < probationMs) return 'new';
    this.#lastUsual = detach(value);
    return 'usual';
  }

  learn(value: string, time: number): void {
    if (value === this.#last) return;
    const firstAt = this.#firstAt.get(value);
    if (firstAt === undefined) {
      if (this.#firstAt.size >= this.#limit) return;
      this.#last = detach(value);
      this.#firstAt.set(this.#last, time);
    } else if (time < firstAt) {
      this.#firstAt.set(value, time);
    } else {
      this.#last = value;
    }
  }

  has(value: string): boolean {
    return this.#firstAt.has(value);
  }

  join(other: KnownValues): void {
    for (const [value, time] of other.#firstAt) this.learn(value, time);
  }

  values(): readonly string[] {
    return [...this.#firstAt.keys()];
  }
}
