import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnnouncedChange } from '#detection/announced-change.ts';
import { createDetection, type Detection } from '#detection/detect.ts';
import { loadRules } from '#detection/rules/load-rules.ts';
import { findSources } from '#detection/sources/find-sources.ts';
import { readLogs } from '#detection/sources/read-logs.ts';
import { dayMs } from '#emulators/house/calendar.ts';
import { createHouse } from '#emulators/house/house.ts';
import { withStory } from '#emulators/house/live-play.ts';
import { createLife } from '#emulators/house/ordinary-life.ts';
import { writeLogs } from '#emulators/house/write-logs.ts';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import { type Example, houseSeed } from '../../examples/examples.ts';
import type { ExpectedEnd } from './expected-end.ts';

export interface Replayed {
  readonly incidents: readonly Incident[];
  readonly findings: readonly Finding[];
  readonly events: number;
  readonly quarantined: number;
}

export const folderOf = (example: Example): string =>
  fileURLToPath(new URL(`../../examples/${example.name}`, import.meta.url));

/** The example's files alone, as `cordon scan` reads them. */
export async function replayAlone(example: Example, expected: ExpectedEnd): Promise<Replayed> {
  const detection = await newDetection(expected.announced);
  const read = await observeFiles(detection, [folderOf(example)]);
  return { incidents: detection.incidents(), ...read };
}

/** The story within the house's ordinary life, read day by day from files in the vendors' formats. */
export async function replayWithinLife(
  example: Example,
  expected: ExpectedEnd,
  eventsPerDay: number,
): Promise<Replayed> {
  const house = createHouse({ seed: houseSeed });
  const story = example.story(house);
  const life = createLife(house, eventsPerDay);
  const detection = await newDetection(expected.announced);
  const findings: Finding[] = [];
  let events = 0;
  let quarantined = 0;
  for (let day = expected.ordinaryLife.from; day < expected.ordinaryLife.to; day += dayMs) {
    const directory = await mkdtemp(join(tmpdir(), 'cordon-story-'));
    try {
      const acts = withStory(life.between(day, day + dayMs), story, day, day + dayMs);
      await writeLogs(directory, house, { ...example.keeps, acts });
      const read = await observeFiles(detection, [directory]);
      findings.push(...read.findings);
      events += read.events;
      quarantined += read.quarantined;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return { incidents: detection.incidents(), findings, events, quarantined };
}

async function newDetection(changes: readonly AnnouncedChange[]): Promise<Detection> {
  const rules = await loadRules();
  if (!rules.ok) throw new Error(JSON.stringify(rules.failure));
  return createDetection({ rules: rules.value.ruleSet, changes });
}

async function observeFiles(
  detection: Detection,
  paths: readonly string[],
): Promise<Pick<Replayed, 'findings' | 'events' | 'quarantined'>> {
  const reading = await readLogs(paths, { sources: await findSources() });
  if (!reading.ok) throw new Error(JSON.stringify(reading.failure));
  const findings: Finding[] = [];
  let events = 0;
  for await (const batch of reading.value.events) {
    events += batch.length;
    findings.push(...detection.observe(batch).findings);
  }
  return { findings, events, quarantined: reading.value.summary.quarantined };
}
