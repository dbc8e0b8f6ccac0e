import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfiguration } from '#configuration.ts';
import { loadDetection } from '#cordon.ts';
import { boardReport } from '#detection/inventory/board-report.ts';
import { createInventory } from '#detection/inventory/inventory.ts';
import { findingToOcsf, incidentToOcsf } from '#detection/ocsf.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { type ScanReport, scanLogs } from '#intake/scan-logs.ts';
import { counted } from '#lib/words.ts';
import { isAtLeast, type Level, levels } from '#model/finding.ts';
import type { InventoryView } from '#model/wire.ts';
import { inventoryPage } from '../screen/inventory-page.ts';
import { scanPage } from '../screen/scan-page.ts';
import { refuse, type Terminal } from '../terminal.ts';

interface ScanOptions {
  readonly json?: true;
  readonly since?: number;
  readonly failOn?: Level;
  readonly strict?: true;
  readonly inventory?: true;
  readonly report?: string;
}

export function addScanCommand(program: Command, terminal: Terminal): void {
  program
    .command('scan <path...>')
    .description('read exported logs and say whether somebody is draining the CRM')
    .option(
      '--json',
      'OCSF 1.8 Detection Findings, one JSON object a line: each incident, then what it stands on (with --inventory: the inventory)',
    )
    .option('--since <time>', 'leave out what is older: 2026-11-01, 2026-11-01T10:00:00Z or 14d', timeOf(terminal))
    .addOption(new Option('--fail-on <level>', 'exit with 3 when an incident is at least this bad').choices(levels))
    .option('--strict', 'exit with 4 when any record could not be read')
    .option('--inventory', 'every third party in these logs, instead of incidents')
    .option('--report <file>', 'with --inventory: also write one HTML page for the board')
    .addHelpText(
      'after',
      `
Reads files and folders of Salesforce event log files, real-time events, LoginHistory, SetupAuditTrail and the Okta
System Log; CSV or JSON, plain, gzip or zip, in any mixture. What they are, their content says.

Examples
  cordon scan exports/
  cordon scan --since 14d --fail-on high exports/*.csv.gz okta.ndjson
  cordon scan --json exports/ | jq 'select(.severity_id >= 4) | .finding_info.title'
  cordon scan --inventory --report third-parties.html exports/`,
    )
    .action((paths: string[], options: ScanOptions) => scan(program, terminal, paths, options));
}

async function scan(program: Command, terminal: Terminal, paths: string[], options: ScanOptions): Promise<void> {
  const configured = readConfiguration(program.opts<{ config?: string }>().config, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const detection = await loadDetection({ changes: configured.value.changes });
  if (!detection.ok) return refuse(terminal, detection.failure);
  const inventory = createInventory();
  const scanned = await scanLogs(paths, {
    sources: await findSources(),
    detection: detection.value.detection,
    inventory,
    ...(options.since !== undefined && { since: options.since }),
    onProgress: ({ bytesRead, bytesStored, events }) =>
      terminal.progress.show(bytesStored > 0 ? bytesRead / bytesStored : 0, counted(events, 'event')),
  });
  terminal.progress.clear();
  if (!scanned.ok) return refuse(terminal, scanned.failure);

  if (options.inventory) await printInventory(terminal, inventory.view(), paths, options);
  else printFindings(program, terminal, scanned.value, options);
  judge(terminal, scanned.value, options.failOn ?? configured.value.failOn, options.strict === true);
}

async function printInventory(
  terminal: Terminal,
  view: InventoryView,
  paths: string[],
  options: ScanOptions,
): Promise<void> {
  if (options.report !== undefined) {
    await writeFile(options.report, boardReport(view, paths.map((path) => basename(resolve(path))).join(', ')));
    terminal.error(`The page for the board is in ${options.report}\n`);
  }
  terminal.out(options.json ? `${JSON.stringify(view)}\n` : inventoryPage(view, terminal.style));
}

function printFindings(program: Command, terminal: Terminal, report: ScanReport, options: ScanOptions): void {
  if (!options.json) {
    terminal.out(scanPage(report, terminal.style));
    return;
  }
  const version = program.version() ?? 'development';
  const objects = [
    ...report.incidents.flatMap((incident) => [
      incidentToOcsf(incident, version),
      ...incident.findings.map((finding) => findingToOcsf(finding, version)),
    ]),
    ...report.asides.map((finding) => findingToOcsf(finding, version)),
  ];
  for (const object of objects) terminal.out(`${JSON.stringify(object)}\n`);
  for (const { file, offset, reason } of report.quarantined)
    terminal.error(`set aside: ${file} at byte ${offset}: ${reason}\n`);
  for (const { file, looksLike } of report.unread) terminal.error(`not read: ${file} looks like ${looksLike}\n`);
}

function judge(terminal: Terminal, report: ScanReport, failOn: Level | undefined, strict: boolean): void {
  if (failOn !== undefined && report.incidents.some(({ level }) => isAtLeast(level, failOn))) terminal.fail(3);
  if (strict && report.quarantinedCount > 0) terminal.fail(4);
}

const timeOf =
  (terminal: Terminal) =>
  (text: string): number => {
    const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
    if (days !== undefined) return terminal.clock() - Number(days) * 86_400_000;
    const written = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
    if (Number.isNaN(written))
      throw new InvalidArgumentError('Expected a day, a time with its zone, or a number of days: 14d.');
    return written;
  };
