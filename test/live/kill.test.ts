import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type KilledServer, startServer } from '#detection/sources/live-conformance-for-tests/killed-server.ts';
import { lineAt, settingsFor } from '#detection/sources/live-conformance-for-tests/scripted-trial.ts';
import type { EventPage, IncidentRow, IncidentView, NowView, RuleView, SourcesView } from '#model/wire.ts';
import { scan } from './arrival.ts';

const helpers = new URL('../../src/detection/sources/live-conformance-for-tests/', import.meta.url);
const serverProgram = fileURLToPath(new URL('scripted-server.ts', helpers));
const vendorProgram = fileURLToPath(new URL('scripted-vendor.ts', helpers));
const environment = { SCRIPTED_TOKEN: 'hush' };

interface Vendor {
  readonly port: number;
  post(query: string, lines?: readonly string[]): Promise<void>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

async function startVendor(file: string, port = 0): Promise<Vendor> {
  const child = spawn(process.execPath, [vendorProgram, file, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  const listening = Number(String(chunk).trim());
  return {
    port: listening,
    async post(query, lines = []) {
      const body = lines.map((line) => `${line}\n`).join('');
      await fetch(`http://127.0.0.1:${listening}/${query}`, { method: 'POST', body });
    },
    async end(signal) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    },
  };
}

/** The records by which rules fire, moved in time so that the last of them happens `at`. */
function recordsEndingAt(at: number): readonly string[] {
  const text = ['new-app-after-factor-reset', 'export-after-weak-sign-in', 'report-export-at-unusual-hour']
    .map((rule) => readFileSync(new URL(`../../src/detection/rules/${rule}/fire.ndjson`, import.meta.url), 'utf8'))
    .join('');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const times = lines.map(timeOf);
  const moved = at - Math.max(...times);
  return lines
    .map((line, index) => ({ time: times[index]! + moved, line: move(line, moved) }))
    .toSorted((one, other) => one.time - other.time)
    .map(({ line }) => line);
}

const compact = /"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d\.\d{3})"/;
const iso = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(Z|\+0000)"/;

function timeOf(line: string): number {
  const [, ...parts] = compact.exec(line) ?? [];
  if (parts.length > 0) return Date.parse(`${parts.slice(0, 3).join('-')}T${parts.slice(3).join(':')}Z`);
  return Date.parse(`${iso.exec(line)?.[1]}Z`);
}

function move(line: string, ms: number): string {
  const moved = new Date(timeOf(line) + ms).toISOString();
  return line
    .replace(compact, `"${moved.replace(/[-:TZ]/g, '')}"`)
    .replace(iso, (_, _time, zone: string) => `"${moved.slice(0, -1)}${zone}"`);
}

async function until(what: string, is: () => Promise<boolean>, server: KilledServer): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await is()) return;
    await wait(50);
  }
  throw new Error(`it never happened that ${what}: ${JSON.stringify(await server.ask('/sources'))} ${server.errors()}`);
}

const totalOf = async (server: KilledServer): Promise<number> => (await server.ask<NowView>('/now')).totals.events;

async function findingsOf(server: KilledServer): Promise<readonly string[]> {
  const rows = await server.ask<readonly IncidentRow[]>('/incidents');
  const views = await Promise.all(rows.map(({ id }) => server.ask<IncidentView>(`/incidents/${id}`)));
  return views.flatMap(({ findings }) => findings.map(({ key, explanation }) => `${key} ${explanation}`)).toSorted();
}

test('server and vendor are killed in the middle of a live run: the same findings, none twice, every gap told', {
  timeout: 180_000,
}, async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-live-kill-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const lines = recordsEndingAt(Date.now());
  const log = join(directory, 'log.ndjson');
  let vendor = await startVendor(log);
  const yaml = {
    dataDirectory: 'data',
    arrival: { orderWithinSeconds: 1 },
    live: [{ source: 'okta-system-log', name: 'vendor', ...settingsFor(vendor.port) }],
  };
  writeFileSync(join(directory, 'cordon.yaml'), JSON.stringify(yaml));
  let server = await startServer(directory, environment, serverProgram);
  const part = Math.ceil(lines.length / 5);
  for (let round = 0; round < 5; round += 1) {
    await vendor.post('', lines.slice(round * part, (round + 1) * part));
    await until('it reads on', async () => (await totalOf(server)) > round * part - 5, server);
    await wait(60 * round);
    await server.end('SIGKILL');
    if (round % 2 === 1) {
      const { port } = vendor;
      await vendor.end('SIGKILL');
      vendor = await startVendor(log, port);
    }
    server = await startServer(directory, environment, serverProgram);
  }
  await until('all is stored', async () => (await totalOf(server)) >= lines.length, server);

  // What nobody has fetched is gone, and its cursors with it.
  await server.end('SIGKILL');
  const lostAt = Date.now() - 500;
  await vendor.post('', [lineAt(lostAt, 'lost')]);
  await vendor.post('?fault=gap');
  server = await startServer(directory, environment, serverProgram);
  const gapsOf = async () => (await server.ask<SourcesView>('/sources')).gaps;
  await until('the gap is told', async () => (await gapsOf()).length > 0, server);
  await vendor.post('', [lineAt(Date.now(), 'after')]);
  await until('it goes on', async () => (await totalOf(server)) > lines.length, server);
  const told = await gapsOf();
  await server.end('SIGKILL');
  server = await startServer(directory, environment, serverProgram);
  await until(
    'it has warmed',
    async () => (await server.ask<SourcesView>('/sources')).sources.some(({ streams }) => streams !== undefined),
    server,
  );

  assert.equal(await totalOf(server), lines.length + 1);
  assert.equal(told.length, 1);
  assert.ok(told[0]!.from <= lostAt && lostAt <= told[0]!.to);
  assert.deepEqual(await gapsOf(), told);
  const { rows } = await server.ask<EventPage>('/events?limit=500');
  assert.equal(new Set(rows.map(({ key }) => key)).size, lines.length + 1);
  const scanned = await scan([log]);
  const expected = scanned.incidents
    .flatMap(({ findings }) => findings.map(({ key, explanation }) => `${key} ${explanation}`))
    .toSorted();
  assert.ok(expected.length > 2, `only ${expected.length} findings are expected`);
  assert.deepEqual(await findingsOf(server), expected);
  const fired = (await server.ask<readonly RuleView[]>('/rules')).reduce((sum, { firedCount }) => sum + firedCount, 0);
  assert.equal(fired, new Set(scanned.findings.map(({ key }) => key)).size);
  assert.equal(server.errors(), '');
  await server.end('SIGTERM');
  await vendor.end('SIGTERM');
});
