import { randomInt } from 'node:crypto';
import { type Fingerprint, mix } from '#lib/fingerprint.ts';

/** Keys one generation holds at most; with two generations a key is remembered for at least this many further keys. */
export const keysPerGeneration = 3 << 17;

const firstSlots = 1 << 12;
/** Slots are filled to three quarters. */
const fill = 0.75;

/**
 * Which keys were seen, in bounded memory: 64-bit fingerprints in two generations of an open-addressing table of at
 * most 2 × 4 MB. When the younger is full the older is forgotten, and how many keys that were is counted. Two
 * different keys share a fingerprint with a chance of about 1 in 10 million per full table; the fingerprints are
 * salted, so that a log line cannot be written to collide with another and vanish as its duplicate.
 */
export class SeenKeys {
  readonly #salt: readonly [number, number];
  #young = new FingerprintTable(firstSlots);
  #old = new FingerprintTable(firstSlots);
  #forgotten = 0;

  constructor(salt: readonly [number, number] = [randomInt(2 ** 32), randomInt(2 ** 32)]) {
    this.#salt = salt;
  }

  /** How many keys are no longer remembered. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Remembers a key; true when it is new. */
  add(key: string | Fingerprint): boolean {
    return typeof key === 'string' ? this.#addText(key) : this.#addPrint(key);
  }

  #addPrint({ time, high, low }: Fingerprint): boolean {
    const [saltHigh, saltLow] = this.#salt;
    // A time has more than 32 bits.
    const mixed = mix(high ^ saltHigh ^ Math.trunc(time / 2 ** 32)) >>> 0;
    return this.#addFingerprint(mixed, mix(low ^ saltLow ^ time));
  }

  #addText(key: string): boolean {
    let [high, low] = this.#salt;
    // Two characters a step: this runs over every key of a log.
    for (let index = 0; index < key.length; index += 2) {
      const next = index + 1 < key.length ? key.charCodeAt(index + 1) : 0;
      const code = key.charCodeAt(index) | (next << 16);
      high = Math.imul(high ^ code, 0x9e3779b1);
      high ^= high >>> 15;
      low = Math.imul(low ^ code, 0x5f356495);
      low ^= low >>> 13;
    }
    high = mix(high ^ key.length) >>> 0;
    return this.#addFingerprint(high, mix(low ^ high));
  }

  #addFingerprint(high: number, signedLow: number): boolean {
    // All zero marks an empty slot.
    const low = high === 0 && signedLow === 0 ? 1 : signedLow >>> 0;
    if (this.#old.has(high, low) || !this.#young.add(high, low)) return false;
    if (this.#young.size >= keysPerGeneration) {
      const spare = this.#old;
      this.#forgotten += spare.size;
      this.#old = this.#young;
      this.#young = spare;
      spare.clear();
    } else if (this.#young.size >= this.#young.slots * fill) this.#young = this.#young.grown();
    return true;
  }
}

/** Pairs of 32-bit numbers, linear probing; the number of slots is a power of two. */
class FingerprintTable {
  readonly #pairs: Uint32Array;
  #size = 0;

  constructor(slots: number) {
    this.#pairs = new Uint32Array(slots * 2);
  }

  get size(): number {
    return this.#size;
  }

  get slots(): number {
    return this.#pairs.length / 2;
  }

  clear(): void {
    this.#pairs.fill(0);
    this.#size = 0;
  }

  has(high: number, low: number): boolean {
    return this.#find(high, low) < 0;
  }

  /** False when the pair is there already. */
  add(high: number, low: number): boolean {
    const free = this.#find(high, low);
    if (free < 0) return false;
    this.#pairs[free] = high;
    this.#pairs[free + 1] = low;
    this.#size += 1;
    return true;
  }

  grown(): FingerprintTable {
    const larger = new FingerprintTable(this.slots * 2);
    for (let index = 0; index < this.#pairs.length; index += 2) {
      const high = this.#pairs[index]!;
      const low = this.#pairs[index + 1]!;
      if (high !== 0 || low !== 0) larger.add(high, low);
    }
    return larger;
  }

  /** Index of the free place for the pair, or -1 when it is there. */
  #find(high: number, low: number): number {
    const pairs = this.#pairs;
    const mask = pairs.length - 1;
    let index = (low * 2) & mask;
    for (;;) {
      const foundHigh = pairs[index]!;
      const foundLow = pairs[index + 1]!;
      if (foundHigh === 0 && foundLow === 0) return index;
      if (foundHigh === high && foundLow === low) return -1;
      index = (index + 2) & mask;
    }
  }
}
