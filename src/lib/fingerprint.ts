const quote = 34;
const dot = 46;
const zero = 48;

/** A number for a name, for `Fingerprint.add`. FNV-1a, 32 bits. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash;
}

const mix = (hash: number): number => {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
};

/**
 * 64 bits that tell the contents of two rows apart whatever the order of their columns. Forms of one value that
 * connectors make of each other are one: empty or absent, `9998.0` or `9998`, quoted or not. Not for secrets: whoever
 * chooses every cell can make two rows collide.
 */
export class Fingerprint {
  #low = 0;
  #high = 0;

  /** `seed` is `seedOf` the column's name. */
  add(seed: number, text: string): void {
    let start = 0;
    let end = text.length;
    if (end === 0) return;
    const last = text.charCodeAt(end - 1);
    if (last === quote || text.charCodeAt(0) === quote) {
      while (start < end && text.charCodeAt(start) === quote) start++;
      while (end > start && text.charCodeAt(end - 1) === quote) end--;
      if (end === start) return;
    }
    if (end - start > 2 && text.charCodeAt(end - 1) === zero && text.charCodeAt(end - 2) === dot) end -= 2;
    let low = seed;
    let high = ~seed;
    // Two characters a step: this runs over every character of a log.
    for (let index = start; index < end; index += 2) {
      const next = index + 1 < end ? text.charCodeAt(index + 1) : 0;
      const code = text.charCodeAt(index) | (next << 16);
      low = Math.imul(low ^ code, 0x01000193);
      low ^= low >>> 13;
      high = Math.imul(high ^ code, 0x5bd1e995) ^ (high >>> 15);
    }
    this.#low = (this.#low + mix(low)) | 0;
    this.#high = (this.#high + mix(high)) | 0;
  }

  /** Two signed numbers: those V8 writes fastest. */
  text(): string {
    return `${this.#low}.${this.#high}`;
  }
}
