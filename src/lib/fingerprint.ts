const quote = 34;
const dot = 46;
const zero = 48;

/** A number for a name, for `Fingerprint.add`. FNV-1a, 32 bits. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash;
}

/** The finaliser of MurmurHash3 (32 bits): every input bit changes every output bit. */
export function mix(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

/** Where `add` spells texts out; longer ones get a buffer of their own. */
const spelling = Buffer.alloc(1 << 12);

/**
 * A row's time and 64 bits that tell its contents from those of others whatever the order of its columns. Forms of one
 * value that connectors make of each other are one: empty or absent, `9998.0` or `9998`, quoted or not. Not for secrets:
 * whoever chooses every cell can make two rows collide.
 */
export class Fingerprint {
  /** ms since 1970 UTC. */
  readonly time: number;
  low = 0;
  high = 0;

  constructor(time: number) {
    this.time = time;
  }

  /** `seed` is `seedOf` the column's name. */
  add(seed: number, text: string): void {
    const bytes = text.length * 3 <= spelling.length ? spelling : Buffer.from(text);
    this.addBytes(seed, bytes, 0, bytes === spelling ? spelling.write(text) : bytes.length);
  }

  /** As `add`, of a text that stands as UTF-8 in `[from, to)`. */
  addBytes(seed: number, bytes: Uint8Array, from: number, to: number): void {
    let start = from;
    let end = to;
    if (end === start) return;
    const last = bytes[end - 1];
    if (last === quote || bytes[start] === quote) {
      while (start < end && bytes[start] === quote) start++;
      while (end > start && bytes[end - 1] === quote) end--;
      if (end === start) return;
    }
    if (end - start > 2 && bytes[end - 1] === zero && bytes[end - 2] === dot) end -= 2;
    let low = seed ^ (end - start);
    let high = ~low;
    // Four bytes a step: this runs over every byte of a log.
    for (let index = start; index < end; index += 4) {
      const left = end - index;
      let code = bytes[index]!;
      if (left > 3) code |= (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
      else if (left > 1) code |= (bytes[index + 1]! << 8) | (left > 2 ? bytes[index + 2]! << 16 : 0);
      low = Math.imul(low ^ code, 0x01000193);
      low ^= low >>> 13;
      high = Math.imul(high ^ code, 0x5bd1e995) ^ (high >>> 15);
    }
    this.low = (this.low + mix(low)) | 0;
    this.high = (this.high + mix(high)) | 0;
  }

  /** Three numbers: two rows have the same text when they have the same time and contents. */
  toString(): string {
    return `${this.time}:${this.low}.${this.high}`;
  }
}
