/**
 * `npm run bench:scan [-- --quick]`: the whole scan (read, history, every rule, incidents, inventory) against papaparse
 * and `JSON.parse` that do nothing but parse the very same bytes. 1 would mean: detection costs no more than parsing.
 */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { createInventory } from '#detection/inventory/inventory.ts';
import { loadDetection } from '#detection/load-detection.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import type { Act } from '#emulators/house/acts.ts';
import { createHouse } from '#emulators/house/house.ts';
import { type LogName, logFiles } from '#emulators/house/lines/log-files.ts';
import { createActWriter } from '#emulators/house/lines/write-act.ts';
import { createLife } from '#emulators/house/ordinary-life.ts';
import { scanLogs } from '#intake/scan-logs.ts';
import { paired, reportJob, runJob } from './paired.ts';

const script = fileURLToPath(import.meta.url);

async function bench(quick: boolean): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  try {
    const megabytes = quick ? 24 : 150;
    const csv = await writeLog(directory, 'RestApi', megabytes);
    const okta = await writeLog(directory, 'okta', megabytes);
    const large = await writeLog(directory, 'RestApi', quick ? 50 : 2_000, 'large.csv');
    const rounds = quick ? 3 : 5;
    const warmCsv = await writeLog(directory, 'RestApi', 6, 'warm.csv');
    const warmOkta = await writeLog(directory, 'okta', 6, 'warm.ndjson');
    const csvRuns = await paired(
      rounds,
      () => runJob(script, 'scan', csv, warmCsv),
      () => runJob(script, 'papaparse', csv, warmCsv),
    );
    say('CSV', csv, csvRuns);
    const oktaRuns = await paired(
      rounds,
      () => runJob(script, 'scan', okta, warmOkta),
      () => runJob(script, 'jsonParse', okta, warmOkta),
    );
    say('Okta', okta, oktaRuns);
    const big = await runJob(script, 'scan', large, warmCsv);
    console.log(
      `memory: ${megabytesOf(large)} MB of CSV scanned in ${big.seconds.toFixed(1)} s, peak ${big.peakMB.toFixed(0)} MB`,
    );
    const peakMB = Math.round(Math.max(csvRuns.ours.peakMB, oktaRuns.ours.peakMB, big.peakMB));
    console.log(
      JSON.stringify({ csvVsPapaparse: round2(csvRuns.ratio), oktaVsJsonParse: round2(oktaRuns.ratio), peakMB }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const round2 = (value: number): number => Math.round(value * 100) / 100;
const megabytesOf = (path: string): number => Math.round(statSync(path).size / 1e6);

function say(what: string, path: string, { ours, theirs, ratio }: Awaited<ReturnType<typeof paired>>): void {
  const rate = (seconds: number): string => `${(statSync(path).size / 1e6 / seconds).toFixed(0)} MB/s`;
  console.log(
    `${what}: ${megabytesOf(path)} MB; scan ${rate(ours.seconds)}, peer only parsing ${rate(theirs.seconds)}; ratio ${ratio.toFixed(2)}; peak ${ours.peakMB.toFixed(0)} MB`,
  );
}

/** The seeded house's own lines of one log, day after day, until the file is large enough. */
async function writeLog(directory: string, log: LogName, megabytes: number, as: string = log): Promise<string> {
  const path = join(directory, as);
  const house = createHouse({ seed: 1 });
  const life = createLife(house, 400_000);
  const write = createActWriter(house, [logFiles[log].channel]);
  const file = await open(path, 'w');
  const { head, between, tail } = logFiles[log];
  let bytes = (await file.write(head)).bytesWritten;
  let lines: string[] = [];
  const take = (act: Act): void => write(act, (of, line) => of === log && lines.push(line));
  for (let hour = Date.UTC(2026, 8, 7); bytes < megabytes * 1e6; hour += 3_600_000) {
    for (const act of life.hour(hour)) take(act);
    if (lines.length > 0) bytes += (await file.write(lines.join(between) + tail)).bytesWritten;
    lines = [];
  }
  await file.close();
  return path;
}

/** Loads the rules once, as a server does; throughput is what comes after. */
async function prepareScan(): Promise<(path: string) => Promise<void>> {
  const [loaded, sources] = [await loadDetection({}), await findSources()];
  if (!loaded.ok) throw new Error('the rules do not load');
  return async (path) => {
    const report = await scanLogs([path], { sources, detection: loaded.value.detection, inventory: createInventory() });
    if (!report.ok || report.value.events === 0) throw new Error('nothing was read');
  };
}

/** Its fastest way: a stream taken chunk by chunk, rows let go at once. All rows in one array take five times as long. */
async function papaparse(path: string): Promise<void> {
  let rows = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(stream, {
      chunk: ({ data }) => {
        rows += data.length;
      },
      complete: () => resolve(),
      error: reject,
    });
  });
  if (rows === 0) throw new Error('nothing was parsed');
}

async function jsonParse(path: string): Promise<void> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') JSON.parse(line);
  }
}

const [, , flag, name = '', file = '', warmUp = ''] = process.argv;
const jobs: Record<string, () => Promise<(path: string) => Promise<void>>> = {
  scan: prepareScan,
  papaparse: async () => papaparse,
  jsonParse: async () => jsonParse,
};
if (flag === '--job') {
  // Both sides are measured warm: what a run of minutes does, not what its first second compiles.
  await (await jobs[name]!())(warmUp);
  const work = await jobs[name]!();
  await reportJob(() => work(file));
} else await bench(process.argv.includes('--quick'));
