import { present } from '#lib/present.ts';
import type { Event } from '#model/event.ts';
import type { KeptGap } from '#model/records.ts';
import { describeFailure, type Failure } from '#model/result.ts';
import type { StreamHealth, StreamState } from '#model/wire.ts';
import type { Landed } from './ordered-feed.ts';

/** Without a sign of life for so long, beyond any rest, a stream is silent. */
const silentAfterMs = 15 * 60_000;
/** A stream that moved on within this is catching up, one that did not is behind. */
const movingMs = 2 * 60_000;

/** What of a stream's health outlives a restart. */
export interface StreamTally {
  readonly events: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly lastEventAt?: number;
  readonly lagMs?: number;
  readonly reachedUntil?: number;
}

/** How one stream fares. Times are real time, ms since 1970 UTC, unless said otherwise. */
export class StreamNotes {
  readonly source: string;
  readonly reading: string;
  readonly stream: string;
  /** Later than this by arrival, ms, and it is later than its kind should be. */
  readonly #longestLagMs: number;
  #events = 0;
  #duplicates = 0;
  #quarantined = 0;
  #lastEventAt: number | undefined;
  #lagMs: number | undefined;
  #reachedUntil: number | undefined;
  #lastContactAt: number | undefined;
  #movedAt = Number.NEGATIVE_INFINITY;
  #cursorKeptAt: number | undefined;
  #pause: { readonly state: 'resting' | 'failing'; readonly why: string; readonly until: number } | undefined;
  #gaps = 0;
  #lastGap: KeptGap | undefined;

  constructor(
    stream: { readonly source: string; readonly reading: string; readonly stream: string },
    longestLagMs: number,
    saved: Partial<StreamTally> = {},
  ) {
    this.source = stream.source;
    this.reading = stream.reading;
    this.stream = stream.stream;
    this.#longestLagMs = longestLagMs;
    this.#events = saved.events ?? 0;
    this.#duplicates = saved.duplicates ?? 0;
    this.#quarantined = saved.quarantined ?? 0;
    this.#lastEventAt = saved.lastEventAt;
    this.#lagMs = saved.lagMs;
    this.#reachedUntil = saved.reachedUntil;
  }

  /** The vendor answered. `reachedUntil` is an event time. */
  heard(at: number, isCaughtUp: boolean, reachedUntil: number | undefined): void {
    this.#lastContactAt = at;
    this.#pause = undefined;
    if (isCaughtUp && reachedUntil === undefined) this.#lagMs = undefined;
    if (reachedUntil === undefined || reachedUntil <= (this.#reachedUntil ?? Number.NEGATIVE_INFINITY)) return;
    this.#reachedUntil = reachedUntil;
    this.#movedAt = at;
  }

  read(events: readonly Event[], at: number): void {
    for (const { time, arrivedAt } of events) {
      if (time < (this.#lastEventAt ?? Number.NEGATIVE_INFINITY)) continue;
      this.#lastEventAt = time;
      this.#lagMs = Math.max(0, arrivedAt - time);
    }
    if (events.length > 0) this.#movedAt = at;
  }

  landed({ added, duplicates }: Landed): void {
    this.#events += added;
    this.#duplicates += duplicates;
  }

  setAside(): void {
    this.#quarantined += 1;
  }

  /** Where the vendor gave no answer, a stream that fails goes on failing while it is asked anew. */
  rests(until: number, why: string, at: number, isAnswered: boolean): void {
    if (isAnswered) this.#lastContactAt = at;
    const isFailing = this.#pause?.state === 'failing' && !isAnswered;
    this.#pause = { state: isFailing ? 'failing' : 'resting', why, until };
  }

  /** To be asked again at `until`. */
  failed(failure: Failure, until: number): void {
    // Who is asked to wait has not failed.
    const state = failure.kind === 'later' ? 'resting' : 'failing';
    this.#pause = { state, why: failure.kind === 'later' ? failure.why : describeFailure(failure), until };
  }

  cursorKept(at: number): void {
    this.#cursorKeptAt = at;
  }

  gapTold(gap: KeptGap): void {
    this.#gaps += 1;
    if (gap.to >= (this.#lastGap?.to ?? Number.NEGATIVE_INFINITY)) this.#lastGap = gap;
  }

  tally(): StreamTally {
    return present({
      events: this.#events,
      duplicates: this.#duplicates,
      quarantined: this.#quarantined,
      lastEventAt: this.#lastEventAt,
      lagMs: this.#lagMs,
      reachedUntil: this.#reachedUntil,
    });
  }

  view(now: number): StreamHealth {
    const state = this.#stateAt(now);
    const shown = state === this.#pause?.state ? this.#pause : undefined;
    // What a look back brought is as old as it should be.
    const isOld = state === 'on time' && (this.#lagMs ?? 0) > this.#longestLagMs;
    return present({
      ...this.tally(),
      ...(isOld && { lagMs: undefined }),
      reading: this.reading,
      stream: this.stream,
      state,
      why: shown?.why,
      until: shown?.until,
      lastContactAt: this.#lastContactAt,
      cursorKeptAt: this.#cursorKeptAt,
      gaps: this.#gaps,
      lastGap: this.#lastGap,
    });
  }

  #stateAt(now: number): StreamState {
    if (this.#pause?.state === 'failing') return 'failing';
    const isLate = this.#isLate(now);
    const restsUntil = this.#pause?.until ?? Number.NEGATIVE_INFINITY;
    // Between two questions a stream that is up to date is on time, whatever its pace.
    if (now < restsUntil && (isLate || this.#lastContactAt === undefined)) return 'resting';
    if (this.#lastContactAt === undefined) return 'starting';
    if (now - Math.max(this.#lastContactAt, restsUntil) > silentAfterMs) return 'silent';
    if (!isLate) return 'on time';
    return now - this.#movedAt <= movingMs ? 'catching up' : 'behind';
  }

  #isLate(now: number): boolean {
    if (this.#reachedUntil !== undefined) return now - this.#reachedUntil > this.#longestLagMs;
    return (this.#lagMs ?? 0) > this.#longestLagMs;
  }
}
