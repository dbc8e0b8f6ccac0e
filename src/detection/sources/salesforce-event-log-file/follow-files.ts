import type { Cursor, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { Failure } from '#model/result.ts';
import { paceOf, type SalesforceApi } from '../ask-salesforce.ts';
import { readChunks } from '../read-body.ts';
import { isObject } from '../record-values.ts';
import { askForFile, type FileInterval, findInterval, findOldest, type LogFile, listFiles } from './log-files.ts';
import { wholeRows } from './whole-rows.ts';

export interface FollowFiles {
  readonly pollMs: number;
  /** How much later than its CreatedDate a file may show in the list, ms. */
  readonly overlapMs: number;
  /** Event types that are read elsewhere. */
  readonly leftOut: readonly string[];
  /** `auto` takes hourly files where the org has them. */
  readonly interval: 'auto' | 'hourly' | 'daily';
  /** Stands before the files' addresses in events' origins. */
  readonly origin: string;
}

const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** The least that an org keeps files for: one day without the add-on, 30 with it. */
const leastKeptMs = dayMs;

/** A file may hold events of so long before it appeared: a day's file comes the next morning. */
const oldestEventMs = 30 * hourMs;

/** Ids that a cursor holds at most; files beyond are downloaded again, which the keys of their rows tell. */
const mostIds = 2000;

/** By when files appeared, not by their hour: files of old hours appear late, and several of one hour. */
interface Place {
  /** Nothing that appeared before (ms) is asked for any more. */
  readonly from: number;
  /** Files that appeared since and were read. */
  readonly read: ReadonlyMap<string, number>;
}

/** Follows the list of event log files and downloads each of them once. */
export function followFiles(settings: FollowFiles, api: SalesforceApi, surroundings: Surroundings): LiveStream {
  return { name: 'files', read: (cursor, since) => readFiles(settings, api, surroundings, cursor, since) };
}

async function* readFiles(
  settings: FollowFiles,
  api: SalesforceApi,
  surroundings: Surroundings,
  cursor: Cursor | undefined,
  since: number,
): AsyncGenerator<Step> {
  const { clock, sleep } = surroundings;
  let place = placeOf(cursor);
  for (;;) {
    const interval = await intervalOf(settings, api);
    if (!interval.ok) return yield { kind: 'failed', failure: interval.failure.failure };
    if (place !== undefined && clock() - place.from > leastKeptMs + settings.overlapMs) {
      const passed = yield* tellPruned(api, interval.value, place, clock());
      if (passed === undefined) return;
      place = passed;
    }
    const reached = yield* readNewFiles(
      settings,
      api,
      surroundings,
      interval.value,
      place ?? { from: since, read: new Map() },
    );
    if (reached === undefined) return;
    place = reached;
    const { ms, why } = paceOf(api, settings.pollMs);
    yield { kind: 'rest', until: clock() + ms, why: `${noticeOf(interval.value)}; ${why}` };
    await sleep(ms);
  }
}

async function intervalOf({ interval }: FollowFiles, api: SalesforceApi): ReturnType<typeof findInterval> {
  return interval === 'auto' ? findInterval(api) : { ok: true, value: interval === 'hourly' ? 'Hourly' : 'Daily' };
}

const noticeOf = (interval: FileInterval): string =>
  interval === 'Hourly'
    ? 'reads hourly files'
    : `reads daily files, a day late${interval === 'only daily' ? ': the org has no licence for hourly ones' : ''}`;

/** After a long silence: what appeared since and is gone already. Undefined after a failure. */
async function* tellPruned(
  api: SalesforceApi,
  interval: FileInterval,
  place: Place,
  now: number,
): AsyncGenerator<Step, Place | undefined> {
  const oldest = await findOldest(api, interval);
  if (!oldest.ok) {
    yield { kind: 'failed', failure: oldest.failure.failure };
    return undefined;
  }
  const to = oldest.value ?? now - leastKeptMs;
  if (to <= place.from) return place;
  const passed = { from: to, read: place.read };
  const why = 'event log files that appeared in this time are no longer kept; what only they told is missing';
  yield { kind: 'gap', gap: { from: place.from - oldestEventMs, to, why }, cursor: cursorOf(passed) };
  return passed;
}

/** Every file of the list that was not read yet. Undefined after a failure. */
async function* readNewFiles(
  settings: FollowFiles,
  api: SalesforceApi,
  surroundings: Surroundings,
  interval: FileInterval,
  begin: Place,
): AsyncGenerator<Step, Place | undefined> {
  const now = surroundings.clock();
  const { overlapMs, leftOut } = settings;
  let place = begin;
  for await (const files of listFiles(api, { interval, from: begin.from, leftOut })) {
    if (!files.ok) {
      yield { kind: 'failed', failure: files.failure.failure };
      return undefined;
    }
    for (const file of files.value) {
      if (place.read.has(file.id)) continue;
      const failed = yield* readFile(settings, api, interval, file, place);
      if (failed !== undefined) {
        yield { kind: 'failed', failure: failed };
        return undefined;
      }
      place = moved(place, file.createdAt - overlapMs, file);
    }
  }
  place = moved(place, now - overlapMs);
  yield { kind: 'read', pieces: [], cursor: cursorOf(place) };
  return place;
}

/**
 * One file as one piece. Its own step leaves the cursor before it, since only its end shows whether it came whole; what
 * broke off is downloaded again from its beginning.
 */
async function* readFile(
  { origin }: FollowFiles,
  api: SalesforceApi,
  interval: FileInterval,
  file: LogFile,
  place: Place,
): AsyncGenerator<Step, Failure | undefined> {
  const answer = await askForFile(api, file);
  if (!answer.ok) {
    const { errorCode, failure } = answer.failure;
    if (errorCode !== 'NOT_FOUND' && failure.kind !== 'gone') return failure;
    const to = file.logDate + (interval === 'Hourly' ? hourMs : dayMs);
    const why = `the ${file.eventType} file of this time was pruned before it could be read`;
    yield { kind: 'gap', gap: { from: file.logDate, to, why }, cursor: cursorOf(place) };
    return undefined;
  }
  let end: Failure | 'open' | undefined = 'open';
  const chunks = readChunks(answer.value, { vendor: 'Salesforce', silenceMs: api.silenceMs });
  const counted = (async function* counted() {
    end = yield* chunks;
  })();
  const content = wholeRows(counted, () => end === undefined);
  const name = `${origin}/EventLogFile/${file.id} (${file.eventType})`;
  yield { kind: 'read', pieces: [{ name, content, arrivedAt: file.createdAt }], cursor: cursorOf(place) };
  if (end !== 'open') return end;
  await chunks.return(undefined);
  return { kind: 'broken', by: 'Cordon', why: `${name} was not read to its end` };
}

/** What appeared before `from` is done with; never back. */
function moved({ from, read }: Place, to: number, file?: LogFile): Place {
  const next = Math.max(from, to);
  const known = file === undefined ? [...read] : [...read, [file.id, file.createdAt] as const];
  return { from: next, read: new Map(known.filter(([, createdAt]) => createdAt >= next).slice(-mostIds)) };
}

const cursorOf = ({ from, read }: Place): Cursor => ({ from, read: Object.fromEntries(read) });

function placeOf(cursor: Cursor | undefined): Place | undefined {
  if (!isObject(cursor)) return undefined;
  const { from, read } = cursor;
  if (typeof from !== 'number' || !Number.isFinite(from)) return undefined;
  const known = isObject(read) ? Object.entries(read) : [];
  return { from, read: new Map(known.filter((entry): entry is [string, number] => typeof entry[1] === 'number')) };
}
