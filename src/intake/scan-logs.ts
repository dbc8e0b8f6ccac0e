import type { Detection } from '#detection/detect.ts';
import type { Inventory } from '#detection/inventory/inventory.ts';
import { describeLostCounts } from '#detection/lost-counts.ts';
import { type ReadingProgress, readLogs } from '#detection/sources/read-logs.ts';
import type { ReadingSummary } from '#detection/sources/reading-summary.ts';
import { boundHeap } from '#lib/bound-memory.ts';
import { counted } from '#lib/words.ts';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import { type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';

/** What one pass over exported logs found. Times are event times, ms since 1970 UTC. */
export interface ScanReport {
  readonly events: number;
  readonly duplicates: number;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly sources: readonly { readonly title: string; readonly files: number; readonly events: number }[];
  /** The first of them; `quarantinedCount` is the true number. */
  readonly quarantined: readonly { readonly file: string; readonly offset: number; readonly reason: string }[];
  readonly quarantinedCount: number;
  readonly unread: readonly { readonly file: string; readonly looksLike: string }[];
  readonly incidents: readonly Incident[];
  /** Findings that belong to no incident; the first of them. */
  readonly asides: readonly Finding[];
  readonly asideCount: number;
  /** What a reader should know of how well this could be looked at. */
  readonly cautions: readonly string[];
}

export interface ScanParts {
  readonly sources: readonly Source[];
  readonly detection: Detection;
  readonly inventory: Inventory;
  /** Leaves out events before this time, ms. */
  readonly since?: number;
  readonly onProgress?: (progress: ReadingProgress) => void;
}

const keptAsides = 1000;

/** Reads the paths once, in order of event time, through detection and inventory. Fails as `readLogs` does. */
export async function scanLogs(paths: readonly string[], parts: ScanParts): Promise<Result<ScanReport>> {
  const { detection, inventory, onProgress } = parts;
  const reading = await readLogs(paths, {
    sources: parts.sources,
    ...(parts.since !== undefined && { since: parts.since }),
    ...(onProgress && { onProgress }),
  });
  if (!reading.ok) return reading;
  const findings = new Map<string, Finding>();
  let findingCount = 0;
  let from: number | undefined;
  let to: number | undefined;
  let isBounded = false;
  for await (const events of reading.value.events) {
    if (!isBounded) isBounded = boundHeap();
    from ??= events[0]?.time;
    to = events.at(-1)?.time ?? to;
    for (const finding of detection.observe(events).findings) {
      findingCount++;
      if (findings.size < keptAsides) findings.set(finding.key, finding);
    }
    for (const event of events) inventory.observe(event);
  }
  const incidents = detection.incidents();
  const inIncident = new Set(incidents.flatMap((incident) => incident.findings.map(({ key }) => key)));
  const asides = [...findings.values()].filter(({ key }) => !inIncident.has(key));
  const { summary } = reading.value;
  return success({
    events: summary.events - summary.beforeSince,
    duplicates: summary.duplicates,
    from,
    to,
    sources: perSource(summary, parts.sources),
    quarantined: summary.quarantine,
    quarantinedCount: summary.quarantined,
    unread: summary.unknown,
    incidents,
    asides,
    asideCount: findingCount - inIncident.size,
    cautions: cautionsOf(summary, detection),
  });
}

function perSource(summary: ReadingSummary, sources: readonly Source[]): ScanReport['sources'] {
  return [...summary.sources].map(([name, { events }]) => ({
    title: sources.find((source) => source.name === name)?.title ?? name,
    files: summary.files.filter((file) => file.sources.includes(name)).length,
    events,
  }));
}

function cautionsOf(summary: ReadingSummary, detection: Detection): readonly string[] {
  const { forgottenGrants, correlations } = detection.statistics();
  const said: readonly (readonly [number, string])[] = [
    [
      summary.beforeSince,
      `${counted(summary.beforeSince, 'event')} before --since ${summary.beforeSince === 1 ? 'was' : 'were'} left out.`,
    ],
    [
      summary.outOfOrder,
      `${counted(summary.outOfOrder, 'event')} stood further out of order than the files let expect; rules over time may have missed them.`,
    ],
    [
      summary.forgottenKeys,
      `${counted(summary.forgottenKeys, 'key')} were forgotten to stay within memory; duplicates that far apart count as events.`,
    ],
    [
      forgottenGrants,
      `The history of ${counted(forgottenGrants, 'grant')} was given up to stay within memory; for them everything looked new again.`,
    ],
  ];
  return [...said.filter(([count]) => count > 0).map(([, words]) => words), ...describeLostCounts(correlations)];
}
