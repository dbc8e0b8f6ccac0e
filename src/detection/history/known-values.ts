import type { Familiarity } from '#model/event.ts';
import { dayMs } from './measures.ts';
import { TextList } from './text-list.ts';

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
export class KnownValues extends TextList {
  /** First use of each value, ms. */
  #firsts: number[] = [];
  readonly #limit: number;
  readonly #keep: (value: string) => string;

  /** `keep` returns a copy of a value that holds nothing of the file it came from. */
  constructor(limit: number, keep: (value: string) => string) {
    super();
    this.#limit = limit;
    this.#keep = keep;
  }

  /** `begunAt`: when the life began of which this is a part. */
  judge(value: string, time: number, begunAt: number): Familiarity {
    if (time - begunAt < neededHistoryMs) return 'no history';
    if (this.size >= this.#limit) return 'usual';
    const firstAt = this.#firsts[this.indexOf(value)];
    if (firstAt === undefined) return 'new';
    return firstAt - begunAt < neededHistoryMs || time - firstAt >= probationMs ? 'usual' : 'new';
  }

  learn(value: string, time: number): void {
    const place = this.indexOf(value);
    if (place >= 0) {
      if (time < this.#firsts[place]!) this.#firsts[place] = time;
    } else if (this.size < this.#limit) {
      this.add(this.#keep(value));
      this.#firsts = this.#firsts.concat(time);
    }
  }

  join(other: KnownValues): void {
    for (const [place, value] of other.values().entries()) this.learn(value, other.#firsts[place]!);
  }
}
