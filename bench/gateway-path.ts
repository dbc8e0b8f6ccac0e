import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { joinId } from '#lib/salesforce-id-number.ts';
import { writeCertificates } from './gateway-path-certificates.ts';
import type { Load, Loaded } from './gateway-path-load.ts';
import type { Served, Serving } from './gateway-path-server.ts';

export interface PathOptions {
  readonly rounds: number;
  readonly bulkMegabytes: number;
  readonly downloadsPerRound: number;
  readonly callsPerRound: number;
}

/** Ratios are gateway to nginx within one round, medians over the rounds; above 1 the gateway is better. */
export interface PathFigures {
  /** GB per CPU-second, ledger written and not waited for. */
  readonly bulkPerCpu: number;
  /** Wall clock of the same download, nothing released before fdatasync. */
  readonly strictWall: number;
  readonly strictPerCpu: number;
  /** Calls per CPU-second with a certificate-bound token, policy and count. */
  readonly smallPerCpu: number;
  readonly smallWall: number;
  /** CPU of each side, for the report: ms a GB, microseconds a call. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** One side of a round: CPU seconds of the proxy, seconds of the client. */
interface Run {
  readonly cpu: number;
  readonly loaded: Loaded;
}

const job = '750000000000001AAA';
const root = '/services/data/v64.0';
const columns = ['Id', 'FirstName', 'LastName', 'Phone', 'MailingCity', 'Description'];
const soql = `SELECT ${columns.join(', ')} FROM Contact`;

const policy = `integration: warehouse-etl
why: Copies contacts to the warehouse
objects:
  Contact:
    customer: Id
    fields: all
operations: [query, bulk]
hours: always
networks: any
budgets:
  - 900,000,000,000 records per day
`;

/**
 * Measures the data path against Debian's nginx as a plain proxy: TLS 1.3 on both legs, one nginx more as the CRM. The
 * proxy under test is alone on the first core, CRM and client share the second. CPU is read from /proc.
 */
export async function measureGatewayPath(options: PathOptions): Promise<PathFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-bench-'));
  const children: ChildProcess[] = [];
  try {
    return await measureIn(directory, children, options);
  } finally {
    for (const child of children) child.kill();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureIn(directory: string, children: ChildProcess[], options: PathOptions): Promise<PathFigures> {
  const pem = await writeCertificates(directory);
  const rows = await writeAnswers(directory, options.bulkMegabytes);
  const [upstreamPort, plainPort] = [await freePort(), await freePort()];
  await startNginx(children, directory, 'crm', crmServer(directory, upstreamPort, rows), 1);
  const nginx = await startNginx(children, directory, 'plain', plainServer(directory, upstreamPort, plainPort), 0);
  const serving = { directory, upstreamPort, ...pem, policy };
  const behind = await startGateway(children, { ...serving, sync: 'behind' });
  const before = await startGateway(children, { ...serving, sync: 'before' });
  const client = { authority: pem.authority, certificate: pem.clientCertificate, key: pem.clientKey };
  await createJobs([behind, before], client);
  const plain = { port: plainPort, token: 'none', pid: nginx };
  const download = (side: Served) =>
    run(side, {
      ...client,
      port: side.port,
      request: get(side, `${root}/jobs/query/${job}/results`),
      connections: 1,
      calls: options.downloadsPerRound,
    });
  const ask = (side: Served) =>
    run(side, {
      ...client,
      port: side.port,
      request: get(side, `${root}/query?q=${encodeURIComponent(soql)}`),
      connections: 32,
      calls: options.callsPerRound,
    });
  const bulk = await alternate(options.rounds, { plain, behind, before }, download);
  const small = await alternate(options.rounds, { plain, before }, ask);
  const gigabytes = (side: Run) => side.loaded.bytes / 1e9;
  return {
    bulkPerCpu: median(bulk.map(({ plain, behind }) => plain.cpu / behind.cpu)),
    strictPerCpu: median(bulk.map(({ plain, before }) => plain.cpu / before.cpu)),
    strictWall: median(bulk.map(({ plain, before }) => plain.loaded.seconds / before.loaded.seconds)),
    smallPerCpu: median(small.map(({ plain, before }) => plain.cpu / before.cpu)),
    smallWall: median(small.map(({ plain, before }) => plain.loaded.seconds / before.loaded.seconds)),
    cpu: {
      nginxMsPerGB: median(bulk.map(({ plain }) => (plain.cpu / gigabytes(plain)) * 1000)),
      gatewayMsPerGB: median(bulk.map(({ behind }) => (behind.cpu / gigabytes(behind)) * 1000)),
      strictMsPerGB: median(bulk.map(({ before }) => (before.cpu / gigabytes(before)) * 1000)),
      nginxMicrosPerCall: median(small.map(({ plain }) => (plain.cpu / options.callsPerRound) * 1e6)),
      gatewayMicrosPerCall: median(small.map(({ before }) => (before.cpu / options.callsPerRound) * 1e6)),
    },
  };
}

/** All sides in turn, so that the machine's moods hit all; one run of each beforehand is not counted. */
async function alternate<Name extends string>(
  rounds: number,
  sides: Readonly<Record<Name, Served>>,
  measure: (side: Served) => Promise<Run>,
): Promise<Record<Name, Run>[]> {
  const names = Object.keys(sides) as Name[];
  const all: Record<Name, Run>[] = [];
  for (let round = -1; round < rounds; round++) {
    const runs: [Name, Run][] = [];
    for (const name of names) runs.push([name, await measure(sides[name])]);
    if (round >= 0) all.push(Object.fromEntries(runs) as Record<Name, Run>);
  }
  return all;
}

async function run(side: Served, given: Load): Promise<Run> {
  const before = cpuSeconds(side.pid);
  const script = fileURLToPath(new URL('./gateway-path-load.ts', import.meta.url));
  const child = startPinned(1, process.execPath, [script, JSON.stringify(given)]);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await once(child, 'close');
  const loaded = JSON.parse(said) as Loaded;
  if (Object.keys(loaded.statuses).join() !== '200') throw new Error(`not every answer is 200: ${said}`);
  return { cpu: cpuSeconds(side.pid) - before, loaded };
}

const get = ({ token, port }: Served, target: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${token}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`;

async function createJobs(
  sides: readonly Served[],
  client: Pick<Load, 'authority' | 'certificate' | 'key'>,
): Promise<void> {
  const body = JSON.stringify({ operation: 'query', query: soql });
  for (const side of sides) {
    const request = get(side, `${root}/jobs/query`)
      .replace('GET', 'POST')
      .replace('\r\n\r\n', `\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await run(side, { ...client, port: side.port, request, connections: 1, calls: 1 });
  }
}

/** User and system time of a process and its children (nginx's workers), from /proc/PID/stat: proc(5). */
function cpuSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const ticks = [pid, ...children.map(Number)].reduce((sum, each) => {
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + Number(fields[11]) + Number(fields[12]);
  }, 0);
  return ticks / ticksPerSecond;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

async function startGateway(children: ChildProcess[], serving: Serving): Promise<Served> {
  const script = fileURLToPath(new URL('./gateway-path-server.ts', import.meta.url));
  const child = startPinned(0, process.execPath, [script, JSON.stringify(serving)]);
  children.push(child);
  const ended = once(child, 'close').then(() => {
    throw new Error('the gateway did not start');
  });
  const [line] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined);
  return { ...(JSON.parse(line.toString()) as Served) };
}

async function startNginx(
  children: ChildProcess[],
  directory: string,
  name: string,
  server: string,
  core: number,
): Promise<number> {
  const home = join(directory, name);
  await mkdir(home);
  const file = join(home, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${home}/${kind};`)
    .join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  await writeFile(
    file,
    `${user} daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log crit;
events { worker_connections 1024; }
http { access_log off; ${temporary} keepalive_requests 10000000;
  ssl_certificate ${directory}/server.pem; ssl_certificate_key ${directory}/server.key; ssl_protocols TLSv1.3;
  ${server} }\n`,
  );
  const child = startPinned(core, 'nginx', ['-c', file, '-e', join(home, 'start.log')]);
  children.push(child);
  await delay(500);
  return child.pid!;
}

const crmServer = (directory: string, port: number, rows: number): string => `
  sendfile on;
  server { listen 127.0.0.1:${port} ssl; root ${directory};
    location = ${root}/query { default_type "application/json;charset=UTF-8"; try_files /page.json =404; }
    location = ${root}/jobs/query { default_type application/json; return 200 '{"id":"${job}","state":"JobComplete"}'; }
    location = ${root}/jobs/query/${job}/results { default_type "text/csv; charset=UTF-8";
      add_header Sforce-Locator null; add_header Sforce-NumberOfRecords ${rows}; try_files /bulk.csv =404; } }`;

const plainServer = (_directory: string, upstreamPort: number, port: number): string => `
  upstream crm { server 127.0.0.1:${upstreamPort}; keepalive 64; }
  server { listen 127.0.0.1:${port} ssl;
    location / { proxy_pass https://crm; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_ssl_protocols TLSv1.3; } }`;

/** On one core where the machine can pin (util-linux). */
function startPinned(core: number, command: string, given: readonly string[]): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return canPin()
    ? spawn('taskset', ['-c', String(core), command, ...given], { stdio: [...stdio] })
    : spawn(command, [...given], { stdio: [...stdio] });
}

function canPin(): boolean {
  try {
    execFileSync('taskset', ['-c', '1', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A page of ten records (about 1.9 KB), and an export of all-quoted rows with doubled quotes and line ends. */
async function writeAnswers(directory: string, megabytes: number): Promise<number> {
  const records = Array.from({ length: 7 }, (_, index) => {
    const [id, ...rest] = cellsOf(index);
    const members = Object.fromEntries(columns.slice(1).map((name, column) => [name, rest[column]]));
    return { attributes: { type: 'Contact', url: `${root}/sobjects/Contact/${id}` }, Id: id, ...members };
  });
  await writeFile(join(directory, 'page.json'), JSON.stringify({ totalSize: 7, done: true, records }));
  const file = createWriteStream(join(directory, 'bulk.csv'));
  file.write(`${columns.map((name) => `"${name}"`).join(',')}\n`);
  let bytes = 0;
  let rows = 0;
  while (bytes < megabytes * 1e6) {
    const lines: string[] = [];
    for (let index = 0; index < 2000; index++, rows++) {
      lines.push(
        `${cellsOf(rows)
          .map((cell) => `"${cell.replaceAll('"', '""')}"`)
          .join(',')}\n`,
      );
    }
    const text = lines.join('');
    bytes += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return rows;
}

function cellsOf(row: number): string[] {
  const description =
    row % 11 === 0
      ? `Prefers "rose gold",\nasks for ${row % 97}`
      : `Client of boutique ${row % 410}, adviser ${row % 2600}`;
  return [
    joinId('003000', BigInt(row * 10)),
    `First${row % 5000}`,
    `Lastname${row % 90_000}`,
    `+33 6 ${10_000_000 + (row % 9_000_000)}`,
    `City ${row % 700}`,
    description,
  ];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

if (import.meta.main) {
  const [rounds = 5, bulkMegabytes = 100, downloadsPerRound = 4, callsPerRound = 30_000] = process.argv
    .slice(2)
    .map(Number);
  const figures = await measureGatewayPath({ rounds, bulkMegabytes, downloadsPerRound, callsPerRound });
  process.stdout.write(`${JSON.stringify(figures, undefined, 1)}\n`);
}
