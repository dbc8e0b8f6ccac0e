/** More moments than this are not kept apart: neighbours are then merged into the later one. */
const mostMoments = 2 ** 20;

/**
 * How many spent at which moment, oldest first: exact to the millisecond. Only beyond a million moments do neighbours
 * become one, so that what was spent frees a little later than exactly, never earlier. Memory: 32 MB at most.
 */
export class Moments {
  #times: number[] = [];
  #counts: number[] = [];
  #spent = 0;
  #near = 0;
  readonly #most: number;

  constructor(most = mostMoments) {
    this.#most = most;
  }

  get length(): number {
    return this.#times.length;
  }

  timeAt(index: number): number {
    return this.#times[index]!;
  }

  countAt(index: number): number {
    return this.#counts[index]!;
  }

  /** Adds to the last moment; `time` is never before it. */
  add(time: number, count: number): void {
    const last = this.#times.length - 1;
    if (this.#times[last] !== time) {
      this.#times.push(time);
      this.#counts.push(count);
      if (count !== 0) this.#spent++;
    } else this.#change(last, count);
  }

  /** Changes what was spent at `time`, which `add` has named before. */
  changeAt(time: number, count: number): void {
    // Neighbours in an answer were mostly spent together the last time.
    if (this.#times[this.#near] !== time) this.#near = this.indexAfter(time - 1);
    this.#change(this.#near, count);
  }

  #change(index: number, count: number): void {
    const before = this.#counts[index]!;
    this.#counts[index] = before + count;
    this.#spent += Number(before + count !== 0) - Number(before !== 0);
  }

  /** Index of the first moment after `time`; times are whole milliseconds. */
  indexAfter(time: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether so much is past, empty or too fine that `tidy` is worth its pass over all. */
  isUntidy(expired: number): boolean {
    if (this.#spent > this.#most || this.length > 1024 + 2 * this.#spent) return true;
    return this.length > 1024 && this.#times[this.length >> 1]! <= expired;
  }

  /**
   * Forgets what was up to `expired`, and moments at which nothing remains; merges neighbours where there are too many,
   * but none that lie astride one of the `edges`. Indices change.
   */
  tidy(expired: number, edges: readonly number[]): void {
    const isOver = this.#spent > this.#most;
    const times: number[] = [];
    const counts: number[] = [];
    const sorted = [...edges].sort((a, b) => a - b);
    let edge = 0;
    let isPaired = true;
    for (let index = this.indexAfter(expired); index < this.length; index++) {
      if (this.#counts[index] === 0) continue;
      const time = this.#times[index]!;
      const before = edge;
      while (edge < sorted.length && sorted[edge]! < time) edge++;
      if (isOver && !isPaired && edge === before) {
        times[times.length - 1] = time;
        counts[counts.length - 1] = counts[counts.length - 1]! + this.#counts[index]!;
        isPaired = true;
      } else {
        times.push(time);
        counts.push(this.#counts[index]!);
        isPaired = false;
      }
    }
    this.#times = times;
    this.#counts = counts;
    this.#spent = times.length;
    this.#near = 0;
  }
}
