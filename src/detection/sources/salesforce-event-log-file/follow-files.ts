import type { Cursor, LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { Failure } from '#model/result.ts';
import { paceOf, type SalesforceApi } from '../ask-salesforce.ts';
import {
  addFile,
  cursorOf,
  type FilePlace,
  forgetNewest,
  isRead,
  moveTo,
  placeBy,
  placeFrom,
  placeIn,
  placeOf,
} from './file-place.ts';
import { askForFile, type FileInterval, findInterval, type LogFile, listFiles } from './log-files.ts';
import { readChunks } from './read-chunks.ts';
import { wholeRows } from './whole-rows.ts';

export interface FollowFiles {
  readonly pollMs: number;
  /** How much later than its CreatedDate a file may show in the list, ms. */
  readonly overlapMs: number;
  /** Event types that are read elsewhere. */
  readonly leftOut: readonly string[];
  /** Hourly files are taken where the org has them. */
  readonly wanted: readonly ['Hourly', 'Daily'] | readonly ['Daily'];
  /** Stands before the files' addresses in events' origins. */
  readonly origin: string;
}

const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** The least that an org keeps a file for: one day without the add-on, 30 with it. */
const leastKeptMs = dayMs;

/** A file may hold events of so long before it appeared: a day's file comes the next morning. */
const oldestEventMs = 30 * hourMs;

/** Follows the list of event log files and downloads each of them once. */
export function followFiles(settings: FollowFiles, api: SalesforceApi, surroundings: Surroundings): LiveStream {
  return {
    name: 'files',
    read: (cursor, since) => new FileFollower(settings, api, surroundings).read(cursor, since),
  };
}

class FileFollower {
  readonly #settings: FollowFiles;
  readonly #api: SalesforceApi;
  readonly #surroundings: Surroundings;

  constructor(settings: FollowFiles, api: SalesforceApi, surroundings: Surroundings) {
    this.#settings = settings;
    this.#api = api;
    this.#surroundings = surroundings;
  }

  async *read(cursor: Cursor | undefined, since: number): AsyncGenerator<Step> {
    const { clock, sleep } = this.#surroundings;
    const { pollMs, overlapMs, wanted } = this.#settings;
    let place = placeOf(cursor) ?? placeFrom(since);
    for (;;) {
      const interval = await findInterval(this.#api, wanted, clock(), place.interval ?? wanted[0]);
      if (!interval.ok) return yield { kind: 'failed', failure: interval.failure.failure };
      const begin = placeBy(clock(), placeIn(interval.value, place, oldestEventMs), overlapMs);
      const reached = yield* this.#readList(interval.value, begin);
      if ('kind' in reached) return yield { kind: 'failed', failure: reached };
      place = reached;
      const { ms, why } = paceOf(this.#api, pollMs);
      yield { kind: 'rest', until: clock() + ms, why: [noticeOf(interval.value), why].filter(Boolean).join('; ') };
      await sleep(ms);
    }
  }

  /** Every file of the list that was not read yet; tells a gap where the list begins behind what should be in it. */
  async *#readList(interval: FileInterval, begin: FilePlace): AsyncGenerator<Step, FilePlace | Failure> {
    const now = this.#surroundings.clock();
    const { overlapMs, leftOut } = this.#settings;
    const isListed = begin.newest !== undefined && !leftOut.includes(begin.newest.eventType);
    const witness = isListed && now - begin.newest.createdAt < leastKeptMs ? begin.newest : undefined;
    const from = Math.min(begin.from, witness?.createdAt ?? begin.from);
    let place = begin;
    let oldest: number | undefined;
    let hasWitness = witness === undefined;
    for await (const files of listFiles(this.#api, { interval, from, leftOut })) {
      if (!files.ok) return files.failure.failure;
      for (const file of files.value) {
        oldest ??= file.createdAt;
        hasWitness ||= file.id === witness?.id;
        if (isRead(place, file)) continue;
        const failed = yield* this.#readFile(interval, file, place);
        if (failed !== undefined) return failed;
        // What is listed next appeared no earlier, or shows only now and lies within the overlap.
        place = moveTo(addFile(place, file), file.createdAt - overlapMs);
      }
    }
    place = moveTo(place, now - overlapMs);
    // After a silence longer than files are kept, or once the newest file known is gone, others may have gone unread.
    const isLate = begin.newest !== undefined && now - begin.from > leastKeptMs + overlapMs;
    const isPruned = isLate ? (oldest ?? now) - begin.from > overlapMs + longestPauseOf(interval) : !hasWitness;
    if (isPruned) {
      place = forgetNewest(place, begin.newest?.id);
      yield gapOf(begin, oldest ?? now, place);
    }
    yield { kind: 'read', pieces: [], cursor: cursorOf(place) };
    return place;
  }

  /**
   * One file as one piece. Its own step leaves the cursor before it, since only its end shows whether it came whole;
   * what broke off is downloaded again from its beginning. Returns why it was not read.
   */
  async *#readFile(interval: FileInterval, file: LogFile, place: FilePlace): AsyncGenerator<Step, Failure | undefined> {
    const answer = await askForFile(this.#api, file);
    if (!answer.ok) {
      const { errorCode, failure } = answer.failure;
      if (errorCode !== 'NOT_FOUND' && failure.kind !== 'gone') return failure;
      yield prunedGapOf(interval, file, place);
      return undefined;
    }
    let end: Failure | 'open' | undefined = 'open';
    const chunks = readChunks(answer.value, this.#api.silenceMs);
    const watched = (async function* watch() {
      end = yield* chunks;
    })();
    const content = wholeRows(watched, () => end === undefined);
    const name = `${this.#settings.origin}/EventLogFile/${file.id} (${file.eventType})`;
    yield { kind: 'read', pieces: [{ name, content, arrivedAt: file.createdAt }], cursor: cursorOf(place) };
    if (end !== 'open') return end;
    await chunks.return(undefined);
    return { kind: 'broken', by: 'Cordon', why: `${name} was not read to its end` };
  }
}

/** Files of some type appear at least so often, ms: hourly ones 3 to 6 hours after their hour, a day's the next morning. */
const longestPauseOf = (interval: FileInterval): number => (interval === 'Hourly' ? 6 * hourMs : dayMs + 3 * hourMs);

const noticeOf = (interval: FileInterval): string =>
  interval === 'Hourly'
    ? 'reads hourly files'
    : `reads daily files, a day late${interval === 'only daily' ? ': the org has no licence for hourly ones' : ''}`;

function gapOf(begin: FilePlace, to: number, place: FilePlace): Step {
  const why = 'Event log files that appeared in this time are no longer kept; what only they told is missing.';
  const from = (begin.newest?.createdAt ?? begin.from) - oldestEventMs;
  return { kind: 'gap', gap: { from, to, why }, cursor: cursorOf(place) };
}

function prunedGapOf(interval: FileInterval, { eventType, logDate }: LogFile, place: FilePlace): Step {
  const to = logDate + (interval === 'Hourly' ? hourMs : dayMs);
  const why = `The ${eventType} file of this time was pruned before it could be read.`;
  return { kind: 'gap', gap: { from: logDate, to, why }, cursor: cursorOf(place) };
}
