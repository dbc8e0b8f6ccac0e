/**
 * Reads bitmaps in the portable format of roaring (https://github.com/RoaringBitmap/RoaringFormatSpec) into pages. The
 * library writes them; its unions in WebAssembly take some twenty times as long as these loops over the bytes.
 */
import type { IdPage } from './id-page.ts';

const cookieWithoutRuns = 12_346;
const cookieWithRuns = 12_347;
const arrayAtMost = 4096;
const bitsetBytes = 8192;

/** Adds the numbers to the pages that `pageOf` gives for their upper 16 bits. `bytes` must be a whole, sound bitmap. */
export function addPortable(bytes: Uint8Array, pageOf: (upper: number) => IdPage): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cookie = view.getUint32(0, true);
  const hasRuns = (cookie & 0xffff) === cookieWithRuns;
  if (!hasRuns && cookie !== cookieWithoutRuns) throw new RangeError('no portable bitmap');
  const containers = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(4, true);
  const flagsAt = hasRuns ? 4 : 8;
  const headsAt = flagsAt + (hasRuns ? Math.ceil(containers / 8) : 0);
  let at = headsAt + containers * 4 + (!hasRuns || containers >= 4 ? containers * 4 : 0);
  const words = new Uint8Array(bitsetBytes);
  for (let index = 0; index < containers; index++) {
    const page = pageOf(view.getUint16(headsAt + index * 4, true));
    const size = view.getUint16(headsAt + index * 4 + 2, true) + 1;
    if (hasRuns && (bytes[flagsAt + (index >>> 3)]! & (1 << (index & 7))) !== 0) {
      const runs = view.getUint16(at, true);
      at += 2;
      for (let run = 0; run < runs; run++, at += 4) {
        const first = view.getUint16(at, true);
        page.addRun(first, first + view.getUint16(at + 2, true));
      }
    } else if (size <= arrayAtMost) {
      for (let number = 0; number < size; number++, at += 2) page.add(view.getUint16(at, true));
    } else {
      // Words must be aligned; containers need not be.
      words.set(bytes.subarray(at, at + bitsetBytes));
      page.addBits(new Uint32Array(words.buffer));
      at += bitsetBytes;
    }
  }
}
