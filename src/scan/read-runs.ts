import type { PrefixRun } from './scan.ts';
import { type JsonLayout, runBytes } from './scanner-pool.ts';

/** Runs as the compiled scanners write them, those of the first `count` records. */
export function readRuns(memory: ArrayBuffer, at: number, written: number, count: number): PrefixRun[] {
  const runs: PrefixRun[] = [];
  const words = new Uint32Array(memory, at, (written * runBytes) / Uint32Array.BYTES_PER_ELEMENT);
  for (let word = 0; word < words.length && words[word]! < count; word += 4) {
    const prefix = samePrefix(words, word, runs) ?? Buffer.from(memory, at + word * 4 + 8, 6).toString('latin1');
    runs.push({ from: words[word]!, prefix });
  }
  return runs;
}

/**
 * Runs as the compiled JSON scanner writes them, where the type's index stands behind the index of the record: a list
 * for each of the `types`.
 */
export function readRunsByType(
  { bytes, words }: Pick<JsonLayout, 'bytes' | 'words'>,
  at: number,
  written: number,
  types: number,
): PrefixRun[][] {
  const runs: PrefixRun[][] = [];
  for (let type = 0; type < types; type++) runs.push([]);
  for (let run = at; run < at + written * runBytes; run += runBytes) {
    const word = run / Uint32Array.BYTES_PER_ELEMENT;
    runs[words[word + 1]!]!.push({ from: words[word]!, prefix: bytes.toString('latin1', run + 8, run + 14) });
  }
  return runs;
}

/** Leads and contacts in one column take turns: the prefix before the last is the likely one. */
function samePrefix(words: Uint32Array, word: number, runs: readonly PrefixRun[]): string | undefined {
  const before = word - 8;
  const isSame = before >= 0 && words[word + 2] === words[before + 2] && words[word + 3] === words[before + 3];
  return isSame ? runs[runs.length - 2]!.prefix : undefined;
}
