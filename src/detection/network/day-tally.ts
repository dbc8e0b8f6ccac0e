import { dayMs, hourMs } from '../history/measures.ts';

const hours = 24;

/** Bytes of the last 24 clock hours, and how the UTC days before compare. */
export class DayTally {
  readonly #byHour = new Float64Array(hours);
  #hour = Number.NEGATIVE_INFINITY;
  #day = Number.NEGATIVE_INFINITY;
  #dayBytes = 0;
  #largestDay = 0;
  #isDayFlagged = false;
  readonly #firstAt: number;

  constructor(time: number) {
    this.#firstAt = time;
  }

  add(time: number, bytes: number): void {
    this.#moveTo(time);
    const hour = Math.floor(time / hourMs);
    // What comes late counts in its own hour, if that is still within the day.
    if (hour > this.#hour - hours) this.#byHour[hour % hours]! += bytes;
    if (Math.floor(time / dayMs) === this.#day) this.#dayBytes += bytes;
  }

  /** Within the 24 clock hours that end with that of `time`. */
  sum(time: number): number {
    this.#moveTo(time);
    return this.#byHour.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of the present UTC day ÷ the largest of those before; undefined under seven days of history. */
  ratio(time: number): number | undefined {
    this.#moveTo(time);
    return time - this.#firstAt < 7 * dayMs || this.#largestDay === 0 ? undefined : this.#dayBytes / this.#largestDay;
  }

  /** The present day was called unusual: it does not become the measure of those to come. */
  flagDay(): void {
    this.#isDayFlagged = true;
  }

  #moveTo(time: number): void {
    const hour = Math.floor(time / hourMs);
    if (hour > this.#hour) {
      const from = Math.max(this.#hour + 1, hour - hours + 1);
      for (let each = from; each <= hour; each++) this.#byHour[each % hours] = 0;
      this.#hour = hour;
    }
    const day = Math.floor(time / dayMs);
    if (day <= this.#day) return;
    if (!this.#isDayFlagged) this.#largestDay = Math.max(this.#largestDay, this.#dayBytes);
    this.#day = day;
    this.#dayBytes = 0;
    this.#isDayFlagged = false;
  }
}
