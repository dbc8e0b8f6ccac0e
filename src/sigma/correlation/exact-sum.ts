/**
 * A sum of numbers that come and go, exact however many: the same numbers give the same sum in any order, and taking one
 * away leaves what was there before it. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997), 2.4: the sum is
 * kept as parts that do not overlap.
 */
export class ExactSum {
  /** By size, none zero. */
  #parts: number[] = [];

  /** `number` is finite, and so are all sums of what is added: within 1e300 for up to 1e8 of them. */
  add(number: number): void {
    const parts = this.#parts;
    let rest = number;
    let kept = 0;
    for (const part of parts) {
      const larger = Math.abs(rest) < Math.abs(part) ? part : rest;
      const smaller = larger === rest ? part : rest;
      const sum = larger + smaller;
      const lost = smaller - (sum - larger);
      if (lost !== 0) {
        parts[kept] = lost;
        kept += 1;
      }
      rest = sum;
    }
    parts.length = kept;
    if (rest !== 0) parts.push(rest);
  }

  /** The double nearest to the sum, ties to even. */
  get value(): number {
    const parts = this.#parts;
    let at = parts.length - 1;
    if (at < 0) return 0;
    let sum = parts[at]!;
    let lost = 0;
    while (at > 0 && lost === 0) {
      at -= 1;
      const before = sum;
      sum = before + parts[at]!;
      lost = parts[at]! - (sum - before);
    }
    // Half way between two doubles the parts further down decide.
    const below = at > 0 ? parts[at - 1]! : 0;
    if (Math.sign(lost) * Math.sign(below) > 0) {
      const further = sum + lost * 2;
      if (lost * 2 === further - sum) return further;
    }
    return sum;
  }
}
