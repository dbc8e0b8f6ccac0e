import type { PrefixRun } from './scan.ts';
import { runBytes } from './scanner-pool.ts';

/** Runs as the compiled scanners write them, those of the first `count` records. */
export function readRuns(memory: ArrayBuffer, at: number, written: number, count: number): PrefixRun[] {
  const runs: PrefixRun[] = [];
  const view = new DataView(memory, at, written * runBytes);
  for (let index = 0; index < written; index++) {
    const from = view.getUint32(index * runBytes, true);
    if (from >= count) break;
    runs.push({ from, prefix: Buffer.from(memory, at + index * runBytes + 8, 6).toString('latin1') });
  }
  return runs;
}
