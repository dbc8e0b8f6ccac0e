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
  readonly #known = new Map<string, Known>();
  readonly #limit: number;
  readonly #keep: (value: string) => string;
  /** The value asked for last: most events repeat the one before. */
  #last: Known | undefined = undefined;

  /** `keep` returns a copy of a value that holds nothing of the file it came from. */
  constructor(limit: number, keep: (value: string) => string) {
    this.#limit = limit;
    this.#keep = keep;
  }

  /** `begunAt`: when the life began of which this is a part. */
  judge(value: string, time: number, begunAt: number): Familiarity {
    if (time - begunAt < neededHistoryMs) return 'no history';
    if (this.#known.size >= this.#limit) return 'usual';
    const known = this.#find(value);
    if (known === undefined) return 'new';
    return known.firstAt - begunAt < neededHistoryMs || time - known.firstAt >= probationMs ? 'usual' : 'new';
  }

  learn(value: string, time: number): void {
    const known = this.#find(value);
    if (known !== undefined) {
      if (time < known.firstAt) known.firstAt = time;
    } else if (this.#known.size < this.#limit) {
      this.#last = { value: this.#keep(value), firstAt: time };
      this.#known.set(this.#last.value, this.#last);
    }
  }

  #find(value: string): Known | undefined {
    if (this.#last?.value === value) return this.#last;
    const known = this.#known.get(value);
    if (known !== undefined) this.#last = known;
    return known;
  }

  join(other: KnownValues): void {
    for (const { value, firstAt } of other.#known.values()) this.learn(value, firstAt);
  }

  values(): readonly string[] {
    return [...this.#known.keys()];
  }
}

interface Known {
  readonly value: string;
  firstAt: number;
}
