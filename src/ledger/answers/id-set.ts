import { RoaringBitmap32 } from 'roaring-wasm';
import { decodeIds, decodeLowHalves } from '../log/id-codec.ts';
import type { IdFrame } from '../segment-directory.ts';
import { printId } from './print-ids.ts';

type Bitmap = RoaringBitmap32;

/** The ids under one prefix that share their upper 32 bits, as a serialised bitmap of the lower ones. */
export interface IdBitmap {
  readonly prefix: string;
  readonly high: number;
  readonly bytes: Uint8Array;
}

/** At most so many ids are cut out of a bitmap at a time. */
const stride = 65_536;

/**
 * Distinct ids, as roaring bitmaps of 32 bits under prefix and upper half. They live in WebAssembly memory: whoever made
 * the set disposes of it.
 */
export class IdSet {
  readonly #bitmaps = new Map<string, Map<number, Bitmap>>();
  #lows = new Uint32Array(8192);
  #numbers = new BigUint64Array(0);

  get size(): number {
    let size = 0;
    for (const bitmaps of this.#bitmaps.values()) for (const bitmap of bitmaps.values()) size += bitmap.size;
    return size;
  }

  /** The ids of a frame from its body. */
  addFrame(frame: Pick<IdFrame, 'prefix' | 'count' | 'range'>, body: Uint8Array): void {
    const high = Number(frame.range.min >> 32n);
    if (this.#lows.length < frame.count) this.#lows = new Uint32Array(frame.count * 2);
    const lows = this.#lows.subarray(0, frame.count);
    if (Number(frame.range.max >> 32n) === high) {
      decodeLowHalves(body, frame.range, lows);
      this.#bitmapOf(frame.prefix, high).addMany(lows);
      return;
    }
    if (this.#numbers.length < frame.count) this.#numbers = new BigUint64Array(frame.count);
    const numbers = this.#numbers.subarray(0, frame.count);
    decodeIds(body, frame.range, numbers);
    const halves = new Uint32Array(numbers.buffer, 0, frame.count * 2);
    for (let index = 0; index < halves.length; index += 2) {
      this.#bitmapOf(frame.prefix, halves[index + 1]!).add(halves[index]!);
    }
  }

  addBitmap({ prefix, high, bytes }: IdBitmap): void {
    const added = RoaringBitmap32.deserialize('portable', bytes);
    const bitmaps = this.#bitmapsOf(prefix);
    const known = bitmaps.get(high);
    if (known === undefined) {
      bitmaps.set(high, added);
      return;
    }
    known.orInPlace(added);
    added.dispose();
  }

  /** In the order of the ids; runs where that is shorter. */
  serialise(): readonly IdBitmap[] {
    return this.#sorted().map(({ prefix, high, bitmap }) => {
      bitmap.runOptimize();
      return { prefix, high, bytes: bitmap.serialize('portable') };
    });
  }

  /** Distinct, sorted, as 18 characters. */
  *ids(): Generator<string> {
    for (const { prefix, high, bitmap } of this.#sorted()) {
      const { size } = bitmap;
      for (let from = 0; from < size; from += stride) {
        for (const low of bitmap.sliceUint32Array(from, from + stride)) yield printId(prefix, high, low);
      }
    }
  }

  dispose(): void {
    for (const bitmaps of this.#bitmaps.values()) for (const bitmap of bitmaps.values()) bitmap.dispose();
    this.#bitmaps.clear();
  }

  #bitmapsOf(prefix: string): Map<number, Bitmap> {
    const known = this.#bitmaps.get(prefix);
    if (known !== undefined) return known;
    const bitmaps = new Map<number, Bitmap>();
    this.#bitmaps.set(prefix, bitmaps);
    return bitmaps;
  }

  #bitmapOf(prefix: string, high: number): Bitmap {
    const bitmaps = this.#bitmapsOf(prefix);
    const known = bitmaps.get(high);
    if (known !== undefined) return known;
    const bitmap = new RoaringBitmap32();
    bitmaps.set(high, bitmap);
    return bitmap;
  }

  #sorted(): readonly { readonly prefix: string; readonly high: number; readonly bitmap: Bitmap }[] {
    return [...this.#bitmaps]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([prefix, bitmaps]) =>
        [...bitmaps].sort(([a], [b]) => a - b).map(([high, bitmap]) => ({ prefix, high, bitmap })),
      );
  }
}
