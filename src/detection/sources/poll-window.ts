import { z } from 'zod';
import type { Cursor, LivePiece, Step, Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import { askPatiently } from './ask-patiently.ts';

/** Event times, ms since 1970 UTC, both ends included: what lies on a border is read twice rather than never. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** One record of a page: enough to know it again. */
export interface Mark {
  readonly id: string;
  /** Event time, ms since 1970 UTC. */
  readonly time: number;
}

export interface WindowPage {
  /** Undefined where the page is empty. */
  readonly piece: LivePiece | undefined;
  /** Of every record of the page, in any order. */
  readonly marks: readonly Mark[];
  /** What asks for the page behind this one; undefined at the end of the window. */
  readonly next: string | undefined;
}

/** How far back is looked again, and how often, ms. */
export interface Look {
  readonly backMs: number;
  readonly everyMs: number;
}

/**
 * A vendor's log that can only be asked for a stretch of event time, and in which events appear late and in any order.
 */
export interface WindowedLog {
  /** For people: `Entra ID sign-ins`. */
  readonly title: string;
  /**
   * From the nearest and most frequent to the farthest. The farthest must reach back at least as far as events appear
   * late: later ones are never seen.
   */
  readonly looks: readonly Look[];
  /** The longest stretch asked for at once, ms: a back-fill is kept after each. */
  readonly stepMs: number;
  /** How far the vendor reaches back, ms. */
  readonly retentionMs: number;
  /** Reads one page; the first of the window where `next` is undefined. */
  readonly ask: (window: TimeWindow, next: string | undefined) => Promise<Result<WindowPage>>;
}

const placeSchema = z.object({
  /** Everything before this event time (ms) was yielded. */
  settledUntil: z.number(),
  /** The newest record seen: as long as the vendor still shows it, nothing newer can have fallen out of its retention. */
  witness: z.object({ id: z.string(), time: z.number() }).optional(),
});
type Place = z.infer<typeof placeSchema>;

/**
 * Reads such a log for ever: oldest first in steps, then the latest stretch again and again. A record is yielded more than
 * once (telling them apart is the store's), and at least once if it appears within the farthest look. The cursor moves on
 * only behind a step that was read to its last page, so that it does not matter in which order pages come. A gap is told
 * when the vendor's retention has passed the cursor, or the newest record known is not shown any more.
 */
export async function* readWindows(
  log: WindowedLog,
  cursor: Cursor | undefined,
  since: number,
  surroundings: Surroundings,
): AsyncGenerator<Step> {
  const { clock, sleep } = surroundings;
  const kept = placeSchema.safeParse(cursor);
  const reader = new WindowReader(
    log,
    surroundings,
    // A minute inside what the vendor keeps: it goes on forgetting while it is asked.
    kept.success ? kept.data : { settledUntil: Math.max(since, clock() - log.retentionMs + 60_000) },
    since,
  );
  const dueAt = log.looks.map(() => Number.NEGATIVE_INFINITY);
  for (;;) {
    const now = clock();
    // Timers may ring a little early: then none is due, and the nearest look is taken. Later than its pace: the clock was set back.
    const depth = Math.max(
      0,
      dueAt.findLastIndex((at, index) => at <= now || at > now + log.looks[index]!.everyMs),
    );
    const failed = yield* depth === log.looks.length - 1 ? reader.lookFarthest() : reader.lookNear(log.looks[depth]!);
    if (failed !== undefined) {
      yield { kind: 'failed', failure: failed };
      return;
    }
    const endedAt = clock();
    for (let index = 0; index <= depth; index++) dueAt[index] = endedAt + log.looks[index]!.everyMs;
    await sleep(Math.max(0, Math.min(...dueAt) - endedAt));
  }
}

/** What was seen of one stretch. */
interface Seen {
  newest: Mark | undefined;
  oldest: Mark | undefined;
  /** Whether the witness was among it, or need not be. */
  hasWitness: boolean;
}

class WindowReader {
  readonly #log: WindowedLog;
  readonly #surroundings: Surroundings;
  readonly #since: number;
  #place: Place;
  /** Up to where the latest look read. */
  #reached = Number.NEGATIVE_INFINITY;

  constructor(log: WindowedLog, surroundings: Surroundings, place: Place, since: number) {
    this.#log = log;
    this.#surroundings = surroundings;
    this.#place = place;
    this.#since = since;
  }

  /** Everything that is not settled, step by step; settles what no event can appear in any more. */
  async *lookFarthest(): AsyncGenerator<Step, Failure | undefined> {
    const now = this.#now();
    yield* this.#passRetention(now);
    const { witness, settledUntil: from } = this.#place;
    const settlesUntil = now - this.#log.looks.at(-1)!.backMs;
    // A witness ahead of the clock lies outside of every window.
    const hasWitness = witness === undefined || witness.time > now;
    const whole: Seen = { newest: undefined, oldest: undefined, hasWitness };
    for (let start = from; start < now; start += this.#log.stepMs) {
      const end = Math.min(now, start + this.#log.stepMs);
      const failed = yield* this.#readStep({ from: start, to: end }, whole);
      if (failed !== undefined) return failed;
      if (whole.hasWitness || end < (witness?.time ?? 0)) yield this.#moveTo(Math.min(end, settlesUntil), whole.newest);
    }
    this.#reached = now;
    if (!whole.hasWitness) yield this.#miss(from, whole.oldest?.time ?? now);
    yield this.#moveTo(settlesUntil, whole.newest);
    return undefined;
  }

  /** The latest stretch once more; settles nothing. */
  async *lookNear({ backMs }: Look): AsyncGenerator<Step, Failure | undefined> {
    const now = this.#now();
    const seen: Seen = { newest: undefined, oldest: undefined, hasWitness: false };
    const from = Math.max(this.#place.settledUntil, Math.min(now, this.#reached) - backMs);
    const failed = yield* this.#readStep({ from, to: now }, seen);
    if (failed !== undefined) return failed;
    this.#reached = now;
    yield this.#moveTo(this.#place.settledUntil, seen.newest);
    return undefined;
  }

  /** A clock that was set back had settled what had not happened yet. */
  #now(): number {
    const now = this.#surroundings.clock();
    const settledUntil = Math.max(this.#since, now - this.#log.looks.at(-1)!.backMs);
    if (this.#place.settledUntil > settledUntil) this.#place = { ...this.#place, settledUntil };
    return now;
  }

  /** All pages of one stretch. */
  async *#readStep(window: TimeWindow, seen: Seen): AsyncGenerator<Step, Failure | undefined> {
    let next: string | undefined;
    do {
      const page = yield* this.#askFor(window, next);
      if (!page.ok) return page.failure;
      this.#see(page.value.marks, seen);
      if (page.value.piece !== undefined)
        yield { kind: 'read', pieces: [page.value.piece], cursor: cursorOf(this.#place) };
      next = page.value.next;
    } while (next !== undefined);
    return undefined;
  }

  async *#askFor(window: TimeWindow, next: string | undefined): AsyncGenerator<Step, Result<WindowPage>> {
    const page = yield* askPatiently(() => this.#log.ask(window, next), this.#surroundings);
    const broken = (why: string) => failure<Failure>({ kind: 'broken', by: this.#log.title, why });
    if (page.ok)
      return page.value.next === next && next !== undefined ? broken('a page leads to itself') : success(page.value);
    // Such a token has expired: the same window from its first page gives what it stood for.
    const isExpired = next !== undefined && (page.failure.kind === 'invalid' || page.failure.kind === 'gone');
    return isExpired ? broken('the token of a next page is not accepted any more') : page;
  }

  #see(marks: readonly Mark[], seen: Seen): void {
    const { witness } = this.#place;
    for (const mark of marks) {
      if (mark.time >= (seen.newest?.time ?? Number.NEGATIVE_INFINITY)) seen.newest = mark;
      if (mark.time <= (seen.oldest?.time ?? Number.POSITIVE_INFINITY)) seen.oldest = mark;
      if (mark.id === witness?.id) seen.hasWitness = true;
    }
  }

  #moveTo(until: number, newest: Mark | undefined): Step {
    const settledUntil = Math.max(this.#place.settledUntil, until);
    const known = this.#place.witness;
    const witness =
      (newest?.time ?? Number.NEGATIVE_INFINITY) >= (known?.time ?? Number.NEGATIVE_INFINITY) ? newest : known;
    this.#place = {
      settledUntil,
      ...(witness !== undefined && witness.time >= settledUntil && { witness }),
    };
    return { kind: 'read', pieces: [], cursor: cursorOf(this.#place), reachedUntil: settledUntil };
  }

  *#passRetention(now: number): Generator<Step> {
    const { settledUntil } = this.#place;
    const shownFrom = now - this.#log.retentionMs;
    if (settledUntil >= shownFrom) return;
    this.#place = { settledUntil: shownFrom };
    yield this.#gap(settledUntil, shownFrom, 'they are older than what the vendor keeps');
  }

  #miss(from: number, to: number): Step {
    this.#place = { settledUntil: this.#place.settledUntil };
    return this.#gap(
      from,
      to,
      'the newest record known is not shown any more, so what followed it may have gone as well',
    );
  }

  #gap(from: number, to: number, why: string): Step {
    return {
      kind: 'gap',
      gap: { from, to, why: `Records of ${this.#log.title} may be missing: ${why}.` },
      cursor: cursorOf(this.#place),
    };
  }
}

const cursorOf = ({ settledUntil, witness }: Place): Cursor => ({ settledUntil, ...(witness && { witness }) });
