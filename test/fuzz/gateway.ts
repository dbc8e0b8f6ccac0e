/**
 * `npm run fuzz:gateway -- [runs] [seed]`: bulk answers of every form (chunking × quoting × delimiters × line ends ×
 * budgets × gzip × slow clients × slow disks) through scanner, budget, ledger and release, 1,000,000 times unless told
 * otherwise: what leaves is a prefix of what came, never more than the budget, and never before it is durable. Last
 * line: JSON.
 */
import { checkMetering } from './check-metering.ts';

const runs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const begin = performance.now();
for (let index = 0; index < runs; index++) {
  try {
    await checkMetering(seed, index);
  } catch (error) {
    console.error(`case ${index} of seed ${seed}:`, error);
    process.exit(1);
  }
  if ((index + 1) % 10_000 === 0) console.error(`${index + 1} of ${runs} cases`);
}
const seconds = Math.round((performance.now() - begin) / 100) / 10;
console.log(JSON.stringify({ cases: runs, seed, seconds, failures: 0 }));
