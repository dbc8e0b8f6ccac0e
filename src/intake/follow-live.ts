import type { LiveBlock } from '#configuration/live-blocks.ts';
import type { Event } from '#model/event.ts';
import type { LiveStream, Step, Surroundings } from '#model/live-source.ts';
import type { Store } from '#model/records.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { Source } from '#model/source.ts';
import { CursorKeeper, cursorKeyOf, recall } from './keep-cursor.ts';
import type { Landed, OrderedFeed } from './ordered-feed.ts';
import { readLivePiece } from './read-live-piece.ts';
import type { SourceHealthBook } from './source-health.ts';
import type { StreamBook } from './stream-book.ts';
import type { StreamNotes } from './stream-health.ts';

/** What everything that follows live sources needs. */
export interface LiveIntake extends Surroundings {
  readonly feed: OrderedFeed;
  readonly sources: readonly Source[];
  readonly health: SourceHealthBook;
  readonly streams: StreamBook;
  readonly store: Pick<Store, 'settings' | 'gaps' | 'hooks'>;
  readonly reportBug: (error: unknown) => void;
}

const shortestWaitMs = 1_000;
const longestWaitMs = 5 * 60_000;
/** Whatever the vendor asks: an allowance is given anew after a day at the latest. */
const longestAskedMs = 24 * 3_600_000;

/** Follows every stream of every block, each at its own pace, until the signal is aborted. Rejects when the store fails. */
export async function followLive(blocks: readonly LiveBlock[], intake: LiveIntake): Promise<void> {
  const surroundings = surroundingsOf(intake);
  const following = blocks.flatMap((block) =>
    block.source.streams(block.settings, surroundings).map((stream) => followStream(block, stream, intake)),
  );
  await Promise.all(following);
}

/** What a source may know of all that. */
export const surroundingsOf = ({ clock, sleep, random, signal }: Surroundings): Surroundings => ({
  clock,
  sleep,
  random,
  signal,
});

async function followStream(block: LiveBlock, stream: LiveStream, intake: LiveIntake): Promise<void> {
  const { store, clock, signal, random, streams } = intake;
  const key = cursorKeyOf(block.name, stream.name);
  const since = 'at' in block.since ? block.since.at : clock() - block.since.beforeMs;
  const kept = await recall(store.settings, key, since);
  const notes = await streams.open({ source: block.source.name, reading: block.name, stream: stream.name }, kept);
  const keeper = new CursorKeeper(store.settings, key, kept, notes, clock);
  const follower = new Follower(stream, kept.since, notes, keeper, intake);
  let failures = 0;
  while (!signal.aborted) {
    const { reason, hasRead } = await follower.readOn();
    if (signal.aborted) break;
    failures = hasRead ? 1 : failures + 1;
    const waitMs = waitAfter(reason, failures, random());
    notes.failed(reason, clock() + waitMs);
    await intake.sleep(waitMs).catch(() => undefined);
  }
  await keeper.settled();
}

/** As the vendor asks; otherwise twice as long each time, at once the longest where people must mend something first. */
function waitAfter(reason: Failure, failures: number, chance: number): number {
  if (reason.kind === 'later') return Math.min(longestAskedMs, reason.afterMs) * (1 + chance / 10);
  const isForPeople = reason.kind === 'refused' || reason.kind === 'gone' || reason.kind === 'invalid';
  const grown = isForPeople ? longestWaitMs : Math.min(longestWaitMs, shortestWaitMs * 2 ** Math.min(failures - 1, 20));
  return grown * (0.5 + chance / 2);
}

/** Why a reading ended, and whether anything was read before. */
interface End {
  readonly reason: Failure;
  readonly hasRead: boolean;
}

/** Takes the steps of one stream. */
class Follower {
  readonly #stream: LiveStream;
  readonly #since: number;
  readonly #notes: StreamNotes;
  readonly #keeper: CursorKeeper;
  readonly #intake: LiveIntake;

  constructor(stream: LiveStream, since: number, notes: StreamNotes, keeper: CursorKeeper, intake: LiveIntake) {
    this.#stream = stream;
    this.#since = since;
    this.#notes = notes;
    this.#keeper = keeper;
    this.#intake = intake;
  }

  /** Reads from where the last whole step ended until the stream fails or Cordon closes. Rejects when the store fails. */
  async readOn(): Promise<End> {
    const { signal, feed, reportBug } = this.#intake;
    const steps = this.#stream.read(this.#keeper.position, this.#since)[Symbol.asyncIterator]();
    let hasRead = false;
    try {
      for (;;) {
        await feed.room();
        const next = await nextOf(steps, signal, reportBug);
        if (!next.ok) return { reason: next.failure, hasRead };
        const taken = await this.#take(next.value);
        if (!taken.ok) return { reason: taken.failure, hasRead };
        hasRead ||= next.value.kind === 'read';
      }
    } catch (error) {
      // Closing takes the ground from under whatever is being read.
      if (!signal.aborted) throw error;
      return { reason: closing, hasRead };
    } finally {
      // A stream that hangs ends by the signal; nobody waits for it.
      Promise.resolve(steps.return?.()).catch((error: unknown) => signal.aborted || reportBug(error));
    }
  }

  /** Fails where the stream must be read again. */
  async #take(step: Step): Promise<Result<undefined>> {
    const { clock, store } = this.#intake;
    switch (step.kind) {
      case 'failed':
        return failure(step.failure);
      case 'rest':
        this.#notes.rests(step.until, step.why, clock(), step.isUnanswered !== true);
        return success(undefined);
      case 'gap': {
        const { source, reading, stream } = this.#notes;
        const hidesRows = this.#stream.tellsNoRows !== true;
        const gap = { ...step.gap, source, reading, stream, toldAt: clock(), hidesRows };
        if (await store.gaps.keep(gap)) this.#notes.gapTold(gap);
        this.#notes.heard(clock(), false, undefined);
        this.#keeper.follow(step.cursor, Promise.resolve());
        return success(undefined);
      }
      case 'read':
        return this.#read(step);
    }
  }

  async #read({ pieces, cursor, reachedUntil }: Extract<Step, { kind: 'read' }>): Promise<Result<undefined>> {
    const { clock } = this.#intake;
    const lots: Promise<Landed>[] = [];
    for (const piece of pieces) {
      const read = await readLivePiece(piece, {
        sources: this.#intake.sources,
        quarantined: (source) => this.#setAside(source),
        take: (events) => this.#hand(events, lots),
      });
      if (!read.ok) return read;
    }
    this.#notes.heard(clock(), pieces.length === 0, reachedUntil);
    this.#keeper.follow(cursor, Promise.all(lots));
    return success(undefined);
  }

  async #hand(events: readonly Event[], lots: Promise<Landed>[]): Promise<void> {
    const { feed, clock } = this.#intake;
    const lot = feed.add(events);
    lot.then(
      (landed) => this.#notes.landed(landed),
      () => undefined,
    );
    lots.push(lot);
    this.#notes.read(events, clock());
    await feed.room();
  }

  #setAside(source: string | undefined): void {
    this.#notes.setAside();
    if (source !== undefined) this.#intake.health.counted(source, { duplicates: 0, quarantined: 1 });
  }
}

const closing: Failure = { kind: 'broken', by: 'Cordon', why: 'it closes' };

/** The next step; at once `broken` when the signal is aborted, or when the stream ended or threw, which is a bug. */
async function nextOf(
  steps: AsyncIterator<Step>,
  signal: AbortSignal,
  reportBug: (error: unknown) => void,
): Promise<Result<Step>> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const next = await Promise.race([steps.next(), aborted]);
    if (next === undefined) return failure(closing);
    if (!next.done) return success(next.value);
    return failure({ kind: 'broken', by: 'the stream', why: 'it ended without saying why' });
  } catch (error) {
    if (signal.aborted) return failure(closing);
    reportBug(error);
    return failure({ kind: 'broken', by: 'Cordon', why: 'a fault of its own, which the server has written down' });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
