import type { PrefixRun } from './scan.ts';
import { runBytes } from './scanner-pool.ts';

/** Runs as the compiled scanners write them, those of the first `count` records. */
export function readRuns(memory: ArrayBuffer, at: number, written: number, count: number): PrefixRun[] {
  const runs: PrefixRun[] = [];
  const known = new Map<number, string>();
  const words = new Uint32Array(memory, at, (written * runBytes) / Uint32Array.BYTES_PER_ELEMENT);
  for (let word = 0; word < words.length; word += 4) {
    const from = words[word]!;
    if (from >= count) break;
    // Six characters are 48 bits, which a double holds.
    const characters = words[word + 2]! + words[word + 3]! * 2 ** 32;
    let prefix = known.get(characters);
    if (prefix === undefined) {
      prefix = Buffer.from(memory, at + word * 4 + 8, 6).toString('latin1');
      known.set(characters, prefix);
    }
    runs.push({ from, prefix });
  }
  return runs;
}
