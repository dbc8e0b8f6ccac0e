import type { Event } from '#model/event.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import { fileProblem, listFiles } from './list-files.ts';
import { mergeByTime, type TimedFile } from './merge-by-time.ts';
import { type Input, openInputs } from './open-input.ts';
import { type EventBatches, orderByTime } from './order-by-time.ts';
import { largestHold } from './order-gauge.ts';
import { orderTies } from './order-ties.ts';
import { ReadEvent } from './read-event.ts';
import { readRecords } from './read-records.ts';
import { type ReadingSummary, ReadingTally } from './reading-summary.ts';
import { SeenKeys } from './seen-keys.ts';
import { SortRoom, sortByTime } from './sort-by-time.ts';
import type { AcceptedSpan, Span } from './span.ts';
import { type Survey, surveyFile } from './survey-file.ts';

export interface ReadingProgress {
  /** Of the bytes that the files take on the disk; those of a compressed file count when it has been read. */
  readonly bytesRead: number;
  readonly bytesStored: number;
  readonly events: number;
}

export interface ReadingOptions {
  readonly sources: readonly Source[];
  /** Events before this time, ms since 1970 UTC, are left out (and counted). */
  readonly since?: number;
  readonly onProgress?: (progress: ReadingProgress) => void;
  /**
   * The clock, for feeding live: an event then arrives when it is read. Without it an event arrives at its own time,
   * since an exported file does not say when the exporter could first know of it.
   */
  readonly now?: () => number;
}

export interface LogReading {
  /** In the order of `compareEvents` over all files. To be taken once. */
  readonly events: AsyncIterable<readonly Event[]>;
  readonly summary: ReadingSummary;
}

interface KnownFile {
  readonly input: Input;
  readonly survey: Survey & { kind: 'known' };
}

/**
 * Reads log files and directories of them, plain, gzip or zip, in any mixture of formats. Files that no source reads
 * stand in the summary's `unknown` and stop nothing, unless there is nothing else. Fails, as `invalid`, on a path that
 * is not there or may not be read, an empty directory, and when no file is a known log.
 */
export async function readLogs(paths: readonly string[], options: ReadingOptions): Promise<Result<LogReading>> {
  const files = await listFiles(paths);
  if (!files.ok) return files;
  const seen = new SeenKeys();
  const tally = new ReadingTally(() => seen.forgotten);
  const known: KnownFile[] = [];
  for (const path of files.value) {
    const inputs = await inputsOf(path, tally);
    if (!inputs.ok) return inputs;
    for (const input of inputs.value) {
      const survey = await attempt(input.file, () => surveyFile(input, options.sources));
      if (!survey.ok) return survey;
      if (survey.value.kind === 'known') known.push({ input, survey: survey.value });
      else tally.unknown.push({ file: input.file, looksLike: survey.value.looksLike });
    }
  }
  if (known.length === 0) return failure(nothingReadable(paths, tally, options.sources));
  return success({ events: readInOrder(known, tally, seen, options), summary: tally });
}

async function inputsOf(path: string, tally: ReadingTally): Promise<Result<readonly Input[]>> {
  try {
    return await attempt(path, () => openInputs(path));
  } catch (error) {
    tally.unknown.push({ file: path, looksLike: `a zip archive that cannot be opened (${(error as Error).message})` });
    return success([]);
  }
}

/** What the file system refuses becomes a failure; all else is thrown on. */
async function attempt<Value>(path: string, act: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return success(await act());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return failure(fileProblem(path, error));
  }
}

function nothingReadable(paths: readonly string[], tally: ReadingTally, sources: readonly Source[]) {
  const [first, ...others] = tally.unknown;
  const more = others.length > 0 ? ` and ${others.length} more that no source reads yet` : '';
  return {
    kind: 'invalid',
    where: first !== undefined && others.length === 0 ? first.file : paths.join(', '),
    found: `what looks like ${first?.looksLike ?? 'an empty archive'}${more}`,
    expected: `one of: ${sources.map((source) => source.title).join(', ')}`,
  } as const;
}

async function* readInOrder(
  known: readonly KnownFile[],
  tally: ReadingTally,
  seen: SeenKeys,
  options: ReadingOptions,
): AsyncGenerator<readonly Event[], void, void> {
  const since = options.since ?? Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  const isWanted = (event: Event): boolean => {
    if (event.time < latest) tally.outOfOrder += 1;
    else latest = event.time;
    if (!seen.add(ReadEvent.identityOf(event))) tally.countDuplicate(event);
    else if (event.time < since) tally.beforeSince += 1;
    else return true;
    return false;
  };
  for await (const batch of orderTies(mergeByTime(timedFiles(known, tally, options)))) {
    const wanted = batch.filter(isWanted);
    if (wanted.length > 0) yield wanted;
  }
}

function timedFiles(known: readonly KnownFile[], tally: ReadingTally, options: ReadingOptions): readonly TimedFile[] {
  const { now, onProgress, sources } = options;
  const arrivalOf = now === undefined ? (time: number): number => time : now;
  const room = new SortRoom();
  const bytesStored = known.reduce((sum, { input }) => sum + input.storedBytes, 0);
  let bytesRead = 0;
  return known.map(({ input, survey }) => {
    const file = tally.addFile(input.file);
    const count = (spans: readonly Span[], isLast: boolean): void => {
      const before = file.bytes;
      tally.count(file, spans);
      if (input.isPlain) bytesRead += file.bytes - before;
      else if (isLast) bytesRead += input.storedBytes;
      onProgress?.({ bytesRead, bytesStored, events: tally.events });
    };
    const open = (): EventBatches => {
      const accepted = acceptedOf(readRecords(input.read(), { file: input.file, sources, arrivalOf }), count);
      if (survey.hold > largestHold) return sortByTime(accepted, room, arrivalOf);
      return orderByTime(eventsOf(accepted), survey.hold);
    };
    return { firstTime: survey.firstTime, open };
  });
}

async function* acceptedOf(
  batches: AsyncIterable<readonly Span[]>,
  count: (spans: readonly Span[], isLast: boolean) => void,
): AsyncGenerator<readonly AcceptedSpan[], void, void> {
  for await (const spans of batches) {
    count(spans, false);
    yield spans.filter((span) => span.fate === 'accepted');
  }
  count([], true);
}

async function* eventsOf(
  batches: AsyncIterable<readonly AcceptedSpan[]>,
): AsyncGenerator<readonly Event[], void, void> {
  for await (const spans of batches) yield spans.map((span) => span.event);
}
