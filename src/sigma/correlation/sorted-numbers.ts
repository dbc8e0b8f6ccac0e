const blockSize = 512;

/**
 * Numbers in order, some of them alike: taken in and out by a search in one block of at most 512, found by rank in a step
 * for each block.
 */
export class SortedNumbers {
  /** Each in order and not empty, and all of one not above those of the next. */
  readonly #blocks: number[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    this.#size += 1;
    const block = this.#blocks[this.#blockOf(number)] ?? this.#blocks.at(-1);
    if (block === undefined) {
      this.#blocks.push([number]);
      return;
    }
    block.splice(placeIn(block, number), 0, number);
    if (block.length > blockSize) this.#blocks.splice(this.#blocks.indexOf(block) + 1, 0, block.splice(blockSize >> 1));
  }

  /** Takes one of this value out; it has been added before. */
  remove(number: number): void {
    this.#size -= 1;
    const index = this.#blockOf(number);
    const block = this.#blocks[index]!;
    block.splice(placeIn(block, number), 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** The number at this rank, the least at 0. */
  at(rank: number): number {
    let before = 0;
    for (const block of this.#blocks) {
      if (rank < before + block.length) return block[rank - before]!;
      before += block.length;
    }
    return Number.NaN;
  }

  /** The first block whose last number is not below this one. */
  #blockOf(number: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.at(-1)! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function placeIn(block: readonly number[], number: number): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (block[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
