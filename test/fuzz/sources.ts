/**
 * `npm run fuzz:sources -- [runs] [seed]`: damages logs of every source in every shape (10,000 times unless told
 * otherwise) and checks that reading never fails, never hangs, accounts for every byte and is back in step within 1 MB.
 * The cases run in a worker, so that even an endless loop is noticed. Last line: JSON.
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { findSources } from '#detection/sources/find-sources.ts';
import { checkDamagedLogs } from './check-reading.ts';

interface Work {
  readonly runs: number;
  readonly seed: number;
}

/** Cases between signs of life, and how long to wait for one. */
const casesAtOnce = 250;
const hangsAfterMs = 120_000;

if (isMainThread) watch({ runs: Number(process.argv[2] ?? 10_000), seed: Number(process.argv[3] ?? Date.now()) });
else await check(workerData as Work);

function watch(work: Work): void {
  const begin = performance.now();
  let done = 0;
  const worker = new Worker(new URL(import.meta.url), { workerData: work });
  const hangs = (): void =>
    fail(`no sign of life for ${hangsAfterMs / 1000} s after ${done} cases with seed ${work.seed}`);
  let alarm = setTimeout(hangs, hangsAfterMs);
  worker.on('message', (cases: number) => {
    done += cases;
    clearTimeout(alarm);
    alarm = setTimeout(hangs, hangsAfterMs);
    console.error(`${done} of ${work.runs} cases`);
  });
  worker.on('error', (error) => fail(String(error)));
  worker.on('exit', () => {
    clearTimeout(alarm);
    const seconds = Math.round((performance.now() - begin) / 100) / 10;
    console.log(JSON.stringify({ cases: done, seed: work.seed, seconds, failures: 0 }));
  });
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

async function check({ runs, seed }: Work): Promise<void> {
  const { parentPort } = await import('node:worker_threads');
  const sources = await findSources();
  for (let done = 0; done < runs; done += casesAtOnce) {
    const cases = Math.min(casesAtOnce, runs - done);
    await checkDamagedLogs(sources, cases, seed + done);
    parentPort?.postMessage(cases);
  }
}
