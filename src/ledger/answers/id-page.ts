/** Beyond so many numbers a page is a bit for each that it could hold. */
const fewAtMost = 2048;
const wordsPerPage = 2048;

/** Distinct numbers of 16 bits: a short list while they are few, 8 KiB of bits when they are many. */
export class IdPage {
  #few = new Uint16Array(8);
  #fewCount = 0;
  #bits: Uint32Array | undefined;

  get size(): number {
    if (this.#bits === undefined) {
      this.#tidy();
      return this.#fewCount;
    }
    let size = 0;
    for (const word of this.#bits) size += bitsIn(word);
    return size;
  }

  add(number: number): void {
    const bits = this.#bits;
    if (bits !== undefined) bits[number >>> 5]! |= 1 << (number & 31);
    else this.#addToFew(number);
  }

  /** All numbers from the first to the last, both included. */
  addRun(first: number, last: number): void {
    if (last - first < 32) {
      for (let number = first; number <= last; number++) this.add(number);
      return;
    }
    const bits = this.#asBits();
    const [from, to] = [first >>> 5, last >>> 5];
    if (from === to) {
      bits[from] = 0xffff_ffff;
      return;
    }
    bits[from]! |= -1 << (first & 31);
    bits.fill(0xffff_ffff, from + 1, to);
    bits[to]! |= -1 >>> (31 - (last & 31));
  }

  /** As many words as a page has, bit by bit. */
  addBits(words: Uint32Array): void {
    const bits = this.#asBits();
    for (let index = 0; index < wordsPerPage; index++) bits[index]! |= words[index]!;
  }

  addPage(other: IdPage): void {
    if (other.#bits !== undefined) this.addBits(other.#bits);
    else for (const number of other.#few.subarray(0, other.#fewCount)) this.add(number);
  }

  /** Ascending, from `at` on in `into`; answers where they end. */
  copyTo(into: Uint32Array, at: number, upper: number): number {
    let end = at;
    if (this.#bits === undefined) {
      this.#tidy();
      for (let index = 0; index < this.#fewCount; index++) into[end++] = upper | this.#few[index]!;
      return end;
    }
    for (let index = 0; index < wordsPerPage; index++) {
      for (let word = this.#bits[index]!; word !== 0; word &= word - 1) {
        into[end++] = upper | (index * 32 + 31 - Math.clz32(word & -word));
      }
    }
    return end;
  }

  #addToFew(number: number): void {
    if (this.#fewCount === this.#few.length) {
      this.#tidy();
      if (this.#fewCount > fewAtMost / 2) {
        this.#asBits()[number >>> 5]! |= 1 << (number & 31);
        return;
      }
      if (this.#fewCount > this.#few.length / 2) {
        const wider = new Uint16Array(this.#few.length * 2);
        wider.set(this.#few);
        this.#few = wider;
      }
    }
    this.#few[this.#fewCount++] = number;
  }

  /** Sorts the list and leaves each number in it once. */
  #tidy(): void {
    const list = this.#few.subarray(0, this.#fewCount).sort();
    let kept = 0;
    for (let index = 0; index < list.length; index++) {
      if (index === 0 || list[index] !== list[index - 1]) list[kept++] = list[index]!;
    }
    this.#fewCount = kept;
  }

  #asBits(): Uint32Array {
    if (this.#bits !== undefined) return this.#bits;
    const bits = new Uint32Array(wordsPerPage);
    for (const number of this.#few.subarray(0, this.#fewCount)) bits[number >>> 5]! |= 1 << (number & 31);
    this.#bits = bits;
    this.#few = new Uint16Array(0);
    return bits;
  }
}

/** https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
