/** Disorder beyond this many records is sorted outside of memory. */
export const largestHold = 2048;

/**
 * Measures how far records stand from their place in time: how many must be held back so that they come out in order.
 */
export class OrderGauge {
  /** Steps of the running maximum: its time, and the record at which it was reached. The latest 2048 are kept. */
  readonly #times = new Float64Array(largestHold);
  readonly #indexes = new Float64Array(largestHold);
  #steps = 0;
  #count = 0;
  #hold = 0;
  #first = Number.POSITIVE_INFINITY;

  /** Earliest time; Infinity before the first record. */
  get first(): number {
    return this.#first;
  }

  get count(): number {
    return this.#count;
  }

  /** Records to hold back; more than `largestHold` means: sort. */
  get hold(): number {
    return this.#hold;
  }

  note(time: number): void {
    if (time < this.#first) this.#first = time;
    const index = this.#count++;
    const latest = this.#steps === 0 ? Number.NEGATIVE_INFINITY : this.#times[(this.#steps - 1) % largestHold]!;
    if (time >= latest) {
      this.#times[this.#steps % largestHold] = time;
      this.#indexes[this.#steps % largestHold] = index;
      this.#steps += 1;
    } else this.#hold = Math.max(this.#hold, index - this.#firstLater(time));
  }

  /** Index of the first record later than `time`; -Infinity when that is longer ago than is kept. */
  #firstLater(time: number): number {
    let low = Math.max(0, this.#steps - largestHold);
    if (low > 0 && this.#times[low % largestHold]! > time) return Number.NEGATIVE_INFINITY;
    let high = this.#steps - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle % largestHold]! > time) high = middle;
      else low = middle + 1;
    }
    return this.#indexes[low % largestHold]!;
  }
}
