import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Configuration } from '#configuration.ts';
import { listFiles } from '#detection/sources/list-files.ts';
import { readLogs } from '#detection/sources/read-logs.ts';
import type { Event } from '#model/event.ts';
import { describeFailure, type Result, success } from '#model/result.ts';
import type { Intake } from './intake.ts';
import { type Growth, markLines, readGrowth } from './line-file.ts';
import { readPieces } from './read-pieces.ts';
import { type Facts, openPlaces, type Places, type Read } from './read-places.ts';

type Place = Extract<Configuration['sources'][number], { readonly path: string }>;

interface Changed extends Facts {
  readonly file: string;
  readonly inode: number;
  /** It has not changed since the last look. */
  readonly isAtRest: boolean;
  /** It may be read from its beginning: at a start, at rest, or when it never rests. */
  readonly isReady: boolean;
}

interface Grown extends Growth {
  readonly of: Changed;
}

/** A file that never rests is read all the same after so many looks. */
const mostLooks = 5;
const eventsPerBatch = 1_000;

interface Look extends Facts {
  readonly times: number;
}

const same = (one: Facts | undefined, other: Facts): boolean =>
  one !== undefined && one.bytes === other.bytes && one.changedAt === other.changedAt;

/**
 * Reads what is new or has changed under the places, each at its own pace, until the intake stops. What was read
 * outlives a restart. A file of lines, each a record by itself, is read on from where the last reading ended, as soon as
 * a line is ended, whatever the file is called by then. Any other is read once it has rested between two looks, and
 * again when it has changed; the events in it that were stored before count as duplicates. Rejects when the store fails.
 */
export async function watchFiles(places: readonly Place[], intake: Intake): Promise<void> {
  const read = await openPlaces(intake.settings);
  await Promise.all(places.map((place) => watchPlace(place, read, intake)));
  await read.settled();
}

async function watchPlace(place: Place, read: Places, intake: Intake): Promise<void> {
  const looks = new Map<string, Look>();
  let isFirst = true;
  while (!intake.signal.aborted) {
    const outcome = await look(place, read, looks, isFirst, intake);
    if (outcome.ok) intake.health.recovered(place.path);
    else intake.health.failed(place.path, describeFailure(outcome.failure));
    isFirst = false;
    await setTimeout(place.everySeconds * 1000, undefined, { signal: intake.signal }).catch(() => undefined);
  }
}

async function look(
  place: Place,
  read: Places,
  looks: Map<string, Look>,
  isFirst: boolean,
  intake: Intake,
): Promise<Result<undefined>> {
  try {
    const changed = await findChanged(place, read, looks, isFirst);
    return changed.ok ? await readChanged(changed.value, read, intake) : changed;
  } catch (error) {
    // Closing takes the ground from under whatever is being read.
    if (intake.signal.aborted) return success(undefined);
    throw error;
  }
}

/** Files whose content was not read yet and that are not empty. At a start all are ready. */
async function findChanged(
  { path }: Place,
  read: Places,
  looks: Map<string, Look>,
  isFirst: boolean,
): Promise<Result<readonly Changed[]>> {
  const files = await listFiles([path]);
  if (!files.ok) return files;
  const changed: Changed[] = [];
  for (const file of files.value) {
    const seen = await lookAt(file);
    const before = looks.get(file);
    looks.delete(file);
    if (seen === undefined || seen.bytes === 0 || same(read.of(file), seen)) continue;
    const isAtRest = same(before, seen);
    const times = (before?.times ?? 0) + 1;
    looks.set(file, { ...seen, times });
    changed.push({ ...seen, file, isAtRest, isReady: isFirst || isAtRest || times >= mostLooks });
  }
  return success(changed);
}

async function lookAt(file: string): Promise<(Facts & { readonly inode: number }) | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return { bytes: size, changedAt: Math.trunc(mtimeMs), inode: ino };
  } catch {
    // Moved away between the listing and the look: the next listing will not name it.
    return undefined;
  }
}

/** Reads on where that can be, and the others as a whole. */
async function readChanged(changed: readonly Changed[], read: Places, intake: Intake): Promise<Result<undefined>> {
  const others: Changed[] = [];
  let growing = changed;
  while (growing.length > 0 && !intake.signal.aborted) {
    const grown: Grown[] = [];
    for (const each of growing) {
      const growth = await findGrowth(each, read);
      if (growth === undefined) others.push(each);
      else grown.push({ ...growth, of: each });
    }
    await readGrown(grown, read, intake);
    growing = grown.filter(({ isMore }) => isMore).map(({ of }) => of);
  }
  return readWhole(
    others.filter(({ isReady }) => isReady),
    read,
    intake,
  );
}

/** A file that was moved is known by its inode. */
async function findGrowth({ file, inode, bytes, isAtRest }: Changed, read: Places): Promise<Growth | undefined> {
  const known = [read.of(file), ...read.all()].find((each) => each?.lines?.inode === inode)?.lines;
  return known && readGrowth(file, known, bytes, isAtRest);
}

/** Reads what files have grown by, and remembers it once all is stored. */
async function readGrown(
  grown: readonly Grown[],
  read: Places,
  { ordered, health, sources, clock }: Intake,
): Promise<void> {
  const pieces = grown.map(({ of, bytes, offset, read: { directives } }) => ({
    name: of.file,
    bytes,
    offset,
    arrivalOf: clock,
    ...(directives && { directives }),
  }));
  const events = await readPieces(pieces, sources, health);
  const lots: Promise<unknown>[] = [];
  for (let index = 0; index < events.length; index += eventsPerBatch)
    await hand(events.slice(index, index + eventsPerBatch), ordered, lots);
  const now = grown.map(({ of, bytes, offset, read: lines }): [string, Read] => [
    of.file,
    { bytes: offset + bytes.length, changedAt: of.changedAt, lines },
  ]);
  read.moveTo(now, lots);
}

/** Resolves when there is room for more; `lots` when all are durable. */
async function hand(events: readonly Event[], ordered: Intake['ordered'], lots: Promise<unknown>[]): Promise<void> {
  const lot = ordered.add(events);
  lot.catch(() => undefined);
  lots.push(lot);
  await ordered.room();
}

/** Reads the files together, in order of event time over all of them, and remembers them once all is stored. */
async function readWhole(
  files: readonly Changed[],
  read: Places,
  { ordered, health, sources, clock, signal }: Intake,
): Promise<Result<undefined>> {
  if (files.length === 0) return success(undefined);
  const reading = await readLogs(
    files.map(({ file }) => file),
    { sources, now: clock },
  );
  if (!reading.ok) return reading;
  const lots: Promise<unknown>[] = [];
  for await (const events of reading.value.events) {
    await hand(events, ordered, lots);
    if (signal.aborted) return success(undefined);
  }
  const { summary } = reading.value;
  for (const [source, { duplicates, quarantined }] of summary.sources) {
    health.counted(source, { duplicates, quarantined });
  }
  const now: [string, Read][] = [];
  for (const { file, bytes, changedAt, inode } of files) {
    // More may have been read than there was to see: the writer did not wait.
    const until = summary.files.find((each) => each.file === file)?.bytes ?? 0;
    const lines = await markLines(file, inode, until, sources);
    now.push([file, { bytes, changedAt, ...(lines && { lines }) }]);
  }
  read.moveTo(now, lots);
  return success(undefined);
}
