/** When each of some rules occurred within a window, in order, however occurrences come and go. */
export class RuleTimes {
  readonly #times: readonly number[][];
  /** Of each rule, how many of its times have left. */
  readonly #left: number[];

  constructor(rules: number) {
    this.#times = Array.from({ length: rules }, () => []);
    this.#left = new Array<number>(rules).fill(0);
  }

  add(rule: number, time: number): void {
    const times = this.#times[rule]!;
    if (times.length === 0 || time >= times.at(-1)!) times.push(time);
    else times.splice(Math.max(this.#place(rule, time), this.#left[rule]!), 0, time);
  }

  /** Takes the oldest of this rule out. */
  removeOldest(rule: number): void {
    const times = this.#times[rule]!;
    this.#left[rule]! += 1;
    if (this.#left[rule]! * 2 < times.length) return;
    times.splice(0, this.#left[rule]!);
    this.#left[rule] = 0;
  }

  has(rule: number): boolean {
    return this.#times[rule]!.length > this.#left[rule]!;
  }

  /** The first time of this rule that is not before `time`; undefined where there is none. */
  first(rule: number, time: number): number | undefined {
    return this.#times[rule]![this.#place(rule, time)];
  }

  #place(rule: number, time: number): number {
    const times = this.#times[rule]!;
    let low = this.#left[rule]!;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
