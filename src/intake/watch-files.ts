import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Configuration } from '#configuration.ts';
import { listFiles } from '#detection/sources/list-files.ts';
import { readLogs } from '#detection/sources/read-logs.ts';
import { describeFailure, type Result, success } from '#model/result.ts';
import type { Intake } from './intake.ts';
import { type Growth, type LinesRead, markLines, readGrowth } from './line-file.ts';
import { readPieces } from './read-pieces.ts';

type Place = Extract<Configuration['sources'][number], { readonly path: string }>;

/** How a file stood when it was looked at; the same facts are the same content, as `make` has it. */
interface Facts {
  readonly bytes: number;
  readonly changedAt: number;
}

/** What of a file was read. Bytes: all that it had, less a last line that was not ended. */
interface Read extends Facts {
  /** Present where reading goes on behind the lines that were read. */
  readonly lines?: LinesRead;
}

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

const setting = 'read-files';
/** A file that never rests is read all the same after so many looks. */
const mostLooks = 5;
const eventsPerBatch = 1_000;

interface Look extends Facts {
  readonly times: number;
}

const same = (one: Facts | undefined, other: Facts): boolean =>
  one !== undefined && one.bytes === other.bytes && one.changedAt === other.changedAt;

const readSetting = (value: unknown): Map<string, Read> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value as Record<string, Read>) : []);

/**
 * Reads what is new or has changed under the places, each at its own pace, until the intake stops. What was read
 * outlives a restart. A file of lines, each a record by itself, is read on from where the last reading ended, as soon as
 * a line is ended, whatever the file is called by then. Any other is read once it has rested between two looks, and
 * again when it has changed; the events in it that were stored before count as duplicates.
 */
export async function watchFiles(places: readonly Place[], intake: Intake): Promise<void> {
  const read = readSetting(await intake.settings.get(setting));
  await Promise.all(places.map((place) => watchPlace(place, read, intake)));
}

async function watchPlace(place: Place, read: Map<string, Read>, intake: Intake): Promise<void> {
  const looks = new Map<string, Look>();
  let isFirst = true;
  while (!intake.signal.aborted) {
    const changed = await findChanged(place, read, looks, isFirst);
    const outcome = changed.ok ? await readChanged(changed.value, read, intake) : changed;
    if (outcome.ok) intake.health.recovered(place.path);
    else intake.health.failed(place.path, describeFailure(outcome.failure));
    isFirst = false;
    await setTimeout(place.everySeconds * 1000, undefined, { signal: intake.signal }).catch(() => undefined);
  }
}

/** Files whose content was not read yet and that are not empty. At a start all are ready. */
async function findChanged(
  { path }: Place,
  read: ReadonlyMap<string, Read>,
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
    if (seen === undefined || seen.bytes === 0 || same(read.get(file), seen)) continue;
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
async function readChanged(
  changed: readonly Changed[],
  read: Map<string, Read>,
  intake: Intake,
): Promise<Result<undefined>> {
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
async function findGrowth(
  { file, inode, bytes, isAtRest }: Changed,
  read: ReadonlyMap<string, Read>,
): Promise<Growth | undefined> {
  const known = [read.get(file), ...read.values()].find((each) => each?.lines?.inode === inode)?.lines;
  return known && readGrowth(file, known, bytes, isAtRest);
}

/** Reads what files have grown by, in order of event time over all of them, and remembers it once all is stored. */
async function readGrown(
  grown: readonly Grown[],
  read: Map<string, Read>,
  { feed, health, settings, sources, clock, signal }: Intake,
): Promise<void> {
  const pieces = grown.map(({ of, bytes, offset, read: { directives } }) => ({
    name: of.file,
    bytes,
    offset,
    arrivalOf: clock,
    ...(directives && { directives }),
  }));
  const events = await readPieces(pieces, sources, health);
  for (let index = 0; index < events.length; index += eventsPerBatch) {
    if (signal.aborted) return;
    await feed.feed(events.slice(index, index + eventsPerBatch));
  }
  for (const { of, bytes, offset, read: lines } of grown)
    read.set(of.file, { bytes: offset + bytes.length, changedAt: of.changedAt, lines });
  if (grown.some(({ bytes }) => bytes.length > 0)) await settings.set(setting, Object.fromEntries(read));
}

/** Reads the files together, in order of event time over all of them, and remembers them once all is stored. */
async function readWhole(
  files: readonly Changed[],
  read: Map<string, Read>,
  { feed, health, settings, sources, clock, signal }: Intake,
): Promise<Result<undefined>> {
  if (files.length === 0) return success(undefined);
  const reading = await readLogs(
    files.map(({ file }) => file),
    { sources, now: clock },
  );
  if (!reading.ok) return reading;
  for await (const events of reading.value.events) {
    await feed.feed(events);
    if (signal.aborted) return success(undefined);
  }
  const { summary } = reading.value;
  for (const [source, { duplicates, quarantined }] of summary.sources) {
    health.counted(source, { duplicates, quarantined });
  }
  for (const { file, bytes, changedAt, inode } of files) {
    // More may have been read than there was to see: the writer did not wait.
    const until = summary.files.find((each) => each.file === file)?.bytes ?? 0;
    const lines = await markLines(file, inode, until, sources);
    read.set(file, { bytes, changedAt, ...(lines && { lines }) });
  }
  await settings.set(setting, Object.fromEntries(read));
  return success(undefined);
}
