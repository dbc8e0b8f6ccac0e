import { spawn } from 'node:child_process';

/** What one run of one side measured. */
export interface Measured {
  readonly seconds: number;
  /** Largest resident memory of its process, in MB (10⁶ bytes). */
  readonly peakMB: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/**
 * Runs this very script again as a child that does one job (`--job NAME ARGUMENTS`), so that each side has a process, a
 * heap and a peak of its own. The child prints its seconds as its last line.
 */
export function runJob(script: string, name: string, ...given: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, [script, '--job', name, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${name} ended with code ${code}`));
      else resolve(JSON.parse(said.trim().split('\n').at(-1) ?? '') as Measured);
    });
  });
}

/** To be called in the child: times the work and reports. */
export async function reportJob(work: () => Promise<void> | void): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  // maxRSS is in kilobytes (getrusage(2)).
  const measured: Measured = { seconds, peakMB: (process.resourceUsage().maxRSS * 1024) / 1e6 };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

/** Both sides in turn, `rounds` times: the machine's moods hit both. Resolves to the medians. */
export async function paired(
  rounds: number,
  ours: () => Promise<Measured>,
  theirs: () => Promise<Measured>,
): Promise<{ readonly ours: Measured; readonly theirs: Measured; readonly ratio: number }> {
  const runs: { ours: Measured; theirs: Measured }[] = [];
  for (let round = 0; round < rounds; round++) runs.push({ ours: await ours(), theirs: await theirs() });
  const of = (side: 'ours' | 'theirs'): Measured => ({
    seconds: median(runs.map((run) => run[side].seconds)),
    peakMB: Math.max(...runs.map((run) => run[side].peakMB)),
  });
  return {
    ours: of('ours'),
    theirs: of('theirs'),
    ratio: median(runs.map((run) => run.theirs.seconds / run.ours.seconds)),
  };
}
