/**
 * Repeatable randomness: the small fast counter generator sfc32 (Chris Doty-Humphrey, PractRand), split into
 * independent streams by a path of names and numbers, so that one day's draws never shift another's.
 * Not for secrets.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = d | 0;
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** 0 to 2³² − 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** 0 ≤ x < 1. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number, both ends included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[Math.floor(this.fraction() * items.length)] as Item;
  }

  /** A whole number whose mean is `mean`, between 0 and about twice the mean. */
  count(mean: number): number {
    return Math.floor(mean * (this.fraction() + this.fraction()) + this.fraction());
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
  }
}

/** The stream named by `path`: the same path always gives the same draws, different paths unrelated ones. */
export function randomOf(...path: readonly (string | number)[]): Random {
  const state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667]);
  for (const part of path) absorb(state, part);
  return new Random(state[0]!, state[1]!, state[2]!, state[3]!);
}

/** 32 bits of the path alone, where one draw is enough. */
export function hashOf(...path: readonly (string | number)[]): number {
  const state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667]);
  for (const part of path) absorb(state, part);
  return mix(state[0]! ^ state[1]! ^ state[2]! ^ state[3]!);
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain): every bit of the input moves half of the output's. */
export function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function absorb(state: Uint32Array, part: string | number): void {
  if (typeof part === 'number') {
    absorbWord(state, part >>> 0);
    absorbWord(state, Math.floor(part / 0x1_0000_0000) >>> 0);
    return;
  }
  for (let index = 0; index < part.length; index++) absorbWord(state, part.charCodeAt(index));
  // The length, marked, so that ['ab', 'c'] and ['a', 'bc'] part ways.
  absorbWord(state, 0x8000_0000 | part.length);
}

function absorbWord(state: Uint32Array, word: number): void {
  const first = mix(state[0]! ^ word);
  state[0] = state[1]! + first;
  state[1] = state[2]! ^ Math.imul(first, 0x9e3779b1);
  state[2] = state[3]! + (first >>> 7);
  state[3] = mix(first + state[0]!);
}
