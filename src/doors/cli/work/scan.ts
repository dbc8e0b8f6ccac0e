import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readConfiguration } from '#configuration.ts';
import { openEnrichment } from '#detection/enrichment/open-enrichment.ts';
import { boardReport } from '#detection/inventory/board-report.ts';
import { createInventory } from '#detection/inventory/inventory.ts';
import { loadDetection } from '#detection/load-detection.ts';
import { findingToOcsf, incidentToOcsf } from '#detection/ocsf.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { type ScanReport, scanLogs } from '#intake/scan-logs.ts';
import { counted } from '#lib/words.ts';
import { isAtLeast, type Level } from '#model/finding.ts';
import { describeFailure } from '#model/result.ts';
import type { InventoryView } from '#model/wire.ts';
import type { Invocation } from '../invocation.ts';
import { inventoryPage } from '../screen/inventory-page.ts';
import { scanPage } from '../screen/scan-page.ts';
import { refuse, type Terminal } from '../terminal.ts';

export interface ScanOptions {
  readonly json?: true;
  readonly since?: number;
  readonly failOn?: Level;
  readonly strict?: true;
  readonly inventory?: true;
  readonly report?: string;
}

export async function scan(
  { terminal, configuration, version }: Invocation,
  paths: string[],
  options: ScanOptions,
): Promise<void> {
  const configured = readConfiguration(configuration, terminal.environment);
  if (!configured.ok) return refuse(terminal, configured.failure);
  const opened = await openEnrichment(configured.value.knowledge);
  if (!opened.ok) return refuse(terminal, opened.failure);
  const { enrichment, faults } = opened.value;
  const detection = await loadDetection({
    changes: configured.value.changes,
    network: configured.value.network,
    ownRules: configured.value.rules,
    enrichment,
  });
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

  const report = {
    ...scanned.value,
    cautions: [
      ...faults.map(describeFailure),
      ...detection.value.faults.map((fault) => `an imported rule is left out: ${describeFailure(fault)}`),
      ...scanned.value.cautions,
    ],
  };
  if (options.inventory) await printInventory(terminal, inventory.view(), paths, options);
  else printFindings(version, terminal, report, options);
  judge(terminal, report, options.failOn ?? configured.value.failOn, options.strict === true);
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

function printFindings(version: string, terminal: Terminal, report: ScanReport, options: ScanOptions): void {
  if (!options.json) {
    terminal.out(scanPage(report, terminal.style));
    return;
  }
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
