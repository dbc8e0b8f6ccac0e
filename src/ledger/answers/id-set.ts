import { RoaringBitmap32 } from 'roaring-wasm';
import { decodeIds, decodeLowHalves } from '../log/id-codec.ts';
import type { IdFrame } from '../segment-directory.ts';
import { IdPage } from './id-page.ts';
import { addPortable } from './portable-bitmap.ts';
import { printId } from './print-ids.ts';

/** The ids under one prefix that share their upper 32 bits: a roaring bitmap of the lower ones, in the portable format. */
export interface IdBitmap {
  readonly prefix: string;
  readonly high: number;
  readonly bytes: Uint8Array;
}

/** The pages of ids that share prefix and upper half, by the two bytes above the last two. */
class IdPages {
  readonly #pages: (IdPage | undefined)[][] = [];

  pageOf(upper: number): IdPage {
    const [first, second] = [upper >>> 8, upper & 255];
    this.#pages[first] ??= [];
    const pages = this.#pages[first];
    pages[second] ??= new IdPage();
    return pages[second];
  }

  add(low: number): void {
    this.pageOf(low >>> 16).add(low & 0xffff);
  }

  /** Ascending; `low` is the first number that the page could hold. */
  *sorted(): Generator<{ readonly low: number; readonly page: IdPage }> {
    for (const [first, pages] of this.#pages.entries()) {
      for (const [second, page] of pages?.entries() ?? []) {
        if (page !== undefined) yield { low: (first * 256 + second) * 65_536, page };
      }
    }
  }

  get size(): number {
    let size = 0;
    for (const { page } of this.sorted()) size += page.size;
    return size;
  }
}

/** Distinct ids of any prefixes. Takes about a bit for each number in reach where they lie close, else two bytes each. */
export class IdSet {
  readonly #halves = new Map<string, Map<number, IdPages>>();
  #lows = new Uint32Array(8192);

  get size(): number {
    let size = 0;
    for (const { pages } of this.#sorted()) size += pages.size;
    return size;
  }

  /** The ids of a frame from its body. */
  addFrame(frame: Pick<IdFrame, 'prefix' | 'count' | 'range'>, body: Uint8Array): void {
    const high = Number(frame.range.min >> 32n);
    if (Number(frame.range.max >> 32n) === high) {
      if (this.#lows.length < frame.count) this.#lows = new Uint32Array(frame.count * 2);
      const lows = this.#lows.subarray(0, frame.count);
      decodeLowHalves(body, frame.range, lows);
      this.#addLows(this.#pagesOf(frame.prefix, high), lows);
      return;
    }
    const numbers = new BigUint64Array(frame.count);
    decodeIds(body, frame.range, numbers);
    const halves = new Uint32Array(numbers.buffer);
    for (let index = 0; index < halves.length; index += 2) {
      this.#pagesOf(frame.prefix, halves[index + 1]!).add(halves[index]!);
    }
  }

  addBitmap({ prefix, high, bytes }: IdBitmap): void {
    const pages = this.#pagesOf(prefix, high);
    addPortable(bytes, (upper) => pages.pageOf(upper));
  }

  addSet(other: IdSet): void {
    for (const { prefix, high, pages } of other.#sorted()) {
      const into = this.#pagesOf(prefix, high);
      for (const { low, page } of pages.sorted()) into.pageOf(low >>> 16).addPage(page);
    }
  }

  /** In the order of the ids; as runs where that is shorter. */
  serialise(): readonly IdBitmap[] {
    return this.#sorted().map(({ prefix, high, pages }) => {
      const lows = new Uint32Array(pages.size);
      let at = 0;
      for (const { low, page } of pages.sorted()) at = page.copyTo(lows, at, low);
      const bitmap = RoaringBitmap32.from(lows);
      try {
        bitmap.runOptimize();
        return { prefix, high, bytes: bitmap.serialize('portable') };
      } finally {
        bitmap.dispose();
      }
    });
  }

  /** Distinct, sorted, as 18 characters. */
  *ids(): Generator<string> {
    const lows = new Uint32Array(65_536);
    for (const { prefix, high, pages } of this.#sorted()) {
      for (const { low, page } of pages.sorted()) {
        const count = page.copyTo(lows, 0, low);
        for (let index = 0; index < count; index++) yield printId(prefix, high, lows[index]!);
      }
    }
  }

  clear(): void {
    this.#halves.clear();
  }

  #addLows(pages: IdPages, lows: Uint32Array): void {
    let upper = -1;
    let page: IdPage | undefined;
    for (let index = 0; index < lows.length; index++) {
      const low = lows[index]!;
      if (low >>> 16 !== upper || page === undefined) {
        upper = low >>> 16;
        page = pages.pageOf(upper);
      }
      page.add(low & 0xffff);
    }
  }

  #pagesOf(prefix: string, high: number): IdPages {
    let halves = this.#halves.get(prefix);
    if (halves === undefined) {
      halves = new Map();
      this.#halves.set(prefix, halves);
    }
    let pages = halves.get(high);
    if (pages === undefined) {
      pages = new IdPages();
      halves.set(high, pages);
    }
    return pages;
  }

  #sorted(): readonly { readonly prefix: string; readonly high: number; readonly pages: IdPages }[] {
    return [...this.#halves]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([prefix, halves]) =>
        [...halves].sort(([a], [b]) => a - b).map(([high, pages]) => ({ prefix, high, pages })),
      );
  }
}
