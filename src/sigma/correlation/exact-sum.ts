/**
 * A sum of numbers that come and go, exact however many: the same numbers give the same sum in any order, and taking one
 * away leaves what was there before it. Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997), 2.4: the sum is
 * kept as parts that do not overlap.
 */
export class ExactSum {
  /** Whole numbers while their sum is one that a double can hold: most numbers of logs are. */
  #whole = 0;
  /** The rest, by size, none zero; only the first `count` are in use. */
  readonly #parts: number[] = [];
  #count = 0;

  /** `number` is finite, and so are all sums of what is added: within 1e300 for up to 1e8 of them. */
  add(number: number): void {
    const whole = this.#whole + number;
    if (Number.isSafeInteger(number) && Number.isSafeInteger(whole)) this.#whole = whole;
    else this.#addPart(number);
  }

  /** The double nearest to the sum, ties to even. */
  get value(): number {
    if (this.#count > 0 && this.#whole !== 0) {
      this.#addPart(this.#whole);
      this.#whole = 0;
    }
    return this.#count === 0 ? this.#whole : this.#roundParts();
  }

  #addPart(number: number): void {
    const parts = this.#parts;
    let rest = number;
    let kept = 0;
    for (let at = 0; at < this.#count; at += 1) {
      const part = parts[at]!;
      const sum = rest + part;
      const lost = Math.abs(rest) < Math.abs(part) ? rest - (sum - part) : part - (sum - rest);
      if (lost !== 0) {
        parts[kept] = lost;
        kept += 1;
      }
      rest = sum;
    }
    if (rest !== 0) {
      parts[kept] = rest;
      kept += 1;
    }
    this.#count = kept;
  }

  #roundParts(): number {
    const parts = this.#parts;
    let at = this.#count - 1;
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
