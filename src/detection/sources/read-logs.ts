import type { Event } from '#model/event.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import { fileProblem, listFiles } from './list-files.ts';
import { mergeByTime } from './merge-by-time.ts';
import { type Input, openInputs } from './open-input.ts';
import { type EventBatches, orderByTime } from './order-by-time.ts';
import { largestHold } from './order-gauge.ts';
import { readRecords } from './read-records.ts';
import { type ReadingSummary, ReadingTally } from './reading-summary.ts';
import { SeenKeys } from './seen-keys.ts';
import { SortRoom, sortByTime } from './sort-by-time.ts';
import type { AcceptedSpan, Span } from './span.ts';
import { type Survey, surveyFile } from './survey-file.ts';

export interface ReadingProgress {
  /** Unpacked bytes read, and stored bytes of all files; these differ for compressed ones. */
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
  /** In order of event time over all files; at equal times in order of file and place in it. To be taken once. */
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
      const survey = await surveyFile(input, options.sources);
      if (survey.kind === 'known') known.push({ input, survey });
      else tally.unknown.push({ file: input.file, looksLike: survey.looksLike });
    }
  }
  if (known.length === 0) return failure(nothingReadable(paths, tally, options.sources));
  return success({ events: readInOrder(known, tally, seen, options), summary: tally });
}

async function inputsOf(path: string, tally: ReadingTally): Promise<Result<readonly Input[]>> {
  try {
    return success(await openInputs(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return failure(fileProblem(path, error));
    tally.unknown.push({ file: path, looksLike: `a zip archive that cannot be opened: ${(error as Error).message}` });
    return success([]);
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
  const { now, onProgress, since = Number.NEGATIVE_INFINITY } = options;
  const arrivalOf = now === undefined ? (time: number): number => time : now;
  const room = new SortRoom();
  const bytesStored = known.reduce((sum, { input }) => sum + input.storedBytes, 0);
  let bytesRead = 0;
  const files = known.map(({ input, survey }) => {
    const file = tally.addFile(input.file);
    const count = (spans: readonly Span[]): void => {
      const before = file.bytes;
      tally.count(file, spans);
      bytesRead += file.bytes - before;
      onProgress?.({ bytesRead, bytesStored, events: tally.events });
    };
    const open = (): EventBatches => {
      const records = readRecords(input.read(), { file: input.file, sources: options.sources, seen, arrivalOf });
      const accepted = acceptedOf(records, count);
      if (survey.hold > largestHold) return sortByTime(accepted, room, arrivalOf);
      return orderByTime(eventsOf(accepted), survey.hold);
    };
    return { firstTime: survey.firstTime, open };
  });
  let latest = Number.NEGATIVE_INFINITY;
  for await (const batch of mergeByTime(files)) {
    for (const event of batch) {
      if (event.time < latest) tally.outOfOrder += 1;
      else latest = event.time;
    }
    const wanted = latest >= since && batch[0]!.time >= since ? batch : batch.filter((event) => event.time >= since);
    tally.beforeSince += batch.length - wanted.length;
    if (wanted.length > 0) yield wanted;
  }
}

async function* acceptedOf(
  batches: AsyncIterable<readonly Span[]>,
  count: (spans: readonly Span[]) => void,
): AsyncGenerator<readonly AcceptedSpan[], void, void> {
  for await (const spans of batches) {
    count(spans);
    yield spans.filter((span) => span.fate === 'accepted');
  }
}

async function* eventsOf(
  batches: AsyncIterable<readonly AcceptedSpan[]>,
): AsyncGenerator<readonly Event[], void, void> {
  for await (const spans of batches) yield spans.map((span) => span.event);
}
