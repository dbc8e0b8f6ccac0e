import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Configuration } from '#configuration.ts';
import { listFiles } from '#detection/sources/list-files.ts';
import { readLogs } from '#detection/sources/read-logs.ts';
import { describeFailure, type Result, success } from '#model/result.ts';
import type { Intake } from './intake.ts';

type Place = Configuration['sources'][number];

/** How a file stood when it was looked at; the same facts are the same content, as `make` has it. */
interface Facts {
  readonly bytes: number;
  readonly changedAt: number;
}

const setting = 'read-files';
/** A file that never rests is read all the same after so many looks. */
const mostLooks = 5;

interface Look extends Facts {
  readonly times: number;
}

const same = (one: Facts | undefined, other: Facts): boolean =>
  one !== undefined && one.bytes === other.bytes && one.changedAt === other.changedAt;

const readSetting = (value: unknown): Map<string, Facts> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value as Record<string, Facts>) : []);

/**
 * Reads what is new or has changed under the places, each at its own pace, until the intake stops. A file is read once
 * it has rested between two looks. Which files were read outlives a restart; a file that has grown is read again, and
 * the events in it that were stored before count as duplicates.
 */
export async function watchFiles(places: readonly Place[], intake: Intake): Promise<void> {
  const read = readSetting(await intake.settings.get(setting));
  await Promise.all(places.map((place) => watchPlace(place, read, intake)));
}

async function watchPlace(place: Place, read: Map<string, Facts>, intake: Intake): Promise<void> {
  const looks = new Map<string, Look>();
  let isFirst = true;
  while (!intake.signal.aborted) {
    const rested = await findRested(place, read, looks, isFirst);
    const outcome = rested.ok ? await readFiles(rested.value, read, intake) : rested;
    if (outcome.ok) intake.health.recovered(place.path);
    else intake.health.failed(place.path, describeFailure(outcome.failure));
    isFirst = false;
    await setTimeout(place.everySeconds * 1000, undefined, { signal: intake.signal }).catch(() => undefined);
  }
}

/** Files whose content was not read yet and that are not being written just now. At a start all count as rested. */
async function findRested(
  { path }: Place,
  read: ReadonlyMap<string, Facts>,
  looks: Map<string, Look>,
  isFirst: boolean,
): Promise<Result<ReadonlyMap<string, Facts>>> {
  const files = await listFiles([path]);
  if (!files.ok) return files;
  const rested = new Map<string, Facts>();
  for (const file of files.value) {
    const facts = await lookAt(file);
    if (facts === undefined || same(read.get(file), facts)) continue;
    const before = looks.get(file);
    const times = (before?.times ?? 0) + 1;
    if (isFirst || same(before, facts) || times >= mostLooks) {
      rested.set(file, facts);
      looks.delete(file);
    } else looks.set(file, { ...facts, times });
  }
  return success(rested);
}

async function lookAt(file: string): Promise<Facts | undefined> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { bytes: size, changedAt: Math.trunc(mtimeMs) };
  } catch {
    // Moved away between the listing and the look: the next listing will not name it.
    return undefined;
  }
}

/** Reads the files together, in order of event time over all of them, and remembers them once all is stored. */
async function readFiles(
  files: ReadonlyMap<string, Facts>,
  read: Map<string, Facts>,
  { feed, health, settings, sources, clock, signal }: Intake,
): Promise<Result<undefined>> {
  if (files.size === 0) return success(undefined);
  const reading = await readLogs([...files.keys()], { sources, now: clock });
  if (!reading.ok) return reading;
  for await (const events of reading.value.events) {
    await feed.feed(events);
    if (signal.aborted) return success(undefined);
  }
  for (const [source, { duplicates, quarantined }] of reading.value.summary.sources) {
    health.counted(source, { duplicates, quarantined });
  }
  for (const [file, facts] of files) read.set(file, facts);
  await settings.set(setting, Object.fromEntries(read));
  return success(undefined);
}
