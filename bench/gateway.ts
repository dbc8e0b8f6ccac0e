/**
 * `npm run bench:gateway [-- --quick]`: the gateway's figures beside their peers in the same run: its data path against
 * Debian's nginx as a plain proxy (CPU and wall clock, TLS on both legs), its scanners against csv-parse and
 * `JSON.parse`, its ledger by itself. Last line: one JSON object.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureGatewayPath } from './gateway-path.ts';
import {
  bytesPerFact,
  coldOpenMs,
  customerAnswerMs,
  fullSize,
  quickSize,
  tokenAnswerMs,
  writeLedger,
} from './ledger.ts';
import { measureCsvScan, measureJsonScan } from './scan-bytes.ts';

const isQuick = process.argv.includes('--quick');
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

async function measurePath() {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    console.log('nginx, the plain proxy to compare with, is not here: apt-get install --yes nginx-light');
    return undefined;
  }
  const figures = await measureGatewayPath(
    isQuick
      ? { rounds: 1, bulkMegabytes: 40, downloadsPerRound: 2, callsPerRound: 4_000 }
      : { rounds: 5, bulkMegabytes: 100, downloadsPerRound: 4, callsPerRound: 30_000 },
  );
  console.log(
    `bulk, TLS on both legs: ${figures.bulkPerCpu.toFixed(2)} of nginx's GB a CPU second; strict: ${figures.strictPerCpu.toFixed(2)}, wall clock ${figures.strictWall.toFixed(2)}`,
  );
  console.log(
    `small calls with a certificate-bound token: ${figures.smallPerCpu.toFixed(2)} of nginx's calls a CPU second, wall clock ${figures.smallWall.toFixed(2)}`,
  );
  console.log(`CPU: ${JSON.stringify(figures.cpu)}`);
  return figures;
}

async function measureScanners() {
  const csv = await measureCsvScan(isQuick ? 12 : 100);
  const json = await measureJsonScan(isQuick ? 20 : undefined);
  console.log(
    `CSV: ${csv.ours.toFixed(0)} MB a CPU second, csv-parse ${csv.theirs.toFixed(0)}; ${csv.ratio.toFixed(1)} times`,
  );
  console.log(
    `JSON: ${json.ours.toFixed(0)} MB a CPU second, JSON.parse and a walk ${json.theirs.toFixed(0)}; ${json.ratio.toFixed(1)} times`,
  );
  return { csvScan: rounded(csv.ratio, 1), jsonScan: rounded(json.ratio, 1) };
}

async function measureLedger() {
  const home = mkdtempSync(join(tmpdir(), 'cordon-bench-gateway-'));
  try {
    const size = isQuick ? quickSize : fullSize;
    const bytes = await bytesPerFact(join(home, 'sorted'), size.customers);
    const whole = join(home, 'whole');
    const { facts } = await writeLedger(whole, size);
    const open = await coldOpenMs(whole, isQuick ? 1 : 3);
    const token = await tokenAnswerMs(whole, ['export-3', 'export-7', 'export-11'], 7);
    const customer = await customerAnswerMs(whole, size.customers, 101);
    console.log(
      `ledger: ${bytes.toFixed(3)} bytes a fact of sorted bulk; ${token.facts} facts by token in ${token.ms.toFixed(1)} ms; by customer among ${facts} in ${customer.ms.toFixed(2)} ms; open in ${open.toFixed(0)} ms, every byte checked`,
    );
    return {
      bytesPerFact: rounded(bytes, 3),
      tokenAnswerMs: rounded(token.ms, 1),
      customerAnswerMs: rounded(customer.ms, 2),
      coldOpenMs: Math.round(open),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const path = await measurePath();
const scanners = await measureScanners();
const ledger = await measureLedger();
console.log(
  JSON.stringify({
    bulkPerCpu: path && rounded(path.bulkPerCpu, 2),
    strictWall: path && rounded(path.strictWall, 2),
    smallPerCpu: path && rounded(path.smallPerCpu, 2),
    ...scanners,
    ...ledger,
  }),
);
