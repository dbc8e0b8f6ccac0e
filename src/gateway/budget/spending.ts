import type { BudgetLimit } from '../policy/budget-limit.ts';
import { IdTimes } from './id-times.ts';
import { Moments } from './moments.ts';

/** Whose records these are: ids by index. An index before the first run, or an id beyond 54 bits, is nobody known. */
export interface SpentIds {
  readonly runs: readonly { readonly from: number; readonly prefix: string }[];
  readonly numbers: BigUint64Array;
}

export interface Window {
  readonly budget: BudgetLimit;
  /** What counts now: what was spent after `expired`. */
  count: number;
  /** Time of the last moment that has left the window. */
  expired: number;
}

/** Before any time an id can have been seen at; `IdTimes` keeps 0 for ids it never saw. */
const never = 1;

/**
 * What was spent in one scope (an object or all; records, customers or counts), under every window that limits it.
 * Counts are of the half-open stretch (now − window, now], at every moment that something is spent: so no stretch of that
 * length, wherever it begins, holds more than the limit.
 */
export class Spending {
  #moments: Moments;
  #ids = new Map<string, IdTimes>();
  #windows: readonly Window[] = [];
  #longestMs = 0;
  /** The latest and earliest `expired` of the windows. */
  #allWithin = never;
  #noneWithin = never;
  /** For undoing: when each customer of the charges in hand was seen before. */
  #former = new Float64Array(256);

  #knownFrom: number;

  /** `knownFrom`: nothing that was spent before is known yet. */
  constructor(knownFrom: number, moments: Moments = new Moments()) {
    this.#knownFrom = knownFrom;
    this.#moments = moments;
  }

  get knownFrom(): number {
    return this.#knownFrom;
  }

  get windows(): readonly Window[] {
    return this.#windows;
  }

  /** From when on `takeOver` should be told what was spent, ms since 1970 UTC; undefined when all that counts is known. */
  lacksSince(now: number): number | undefined {
    const since = now - this.#longestMs;
    return this.#knownFrom > since ? since : undefined;
  }

  get bytes(): number {
    let sum = 16 * this.#moments.length;
    for (const ids of this.#ids.values()) sum += ids.bytes;
    return sum;
  }

  /** Puts other windows over what was spent. What a shorter one forgot before, a longer one cannot know. */
  limit(budgets: readonly BudgetLimit[], now: number): void {
    const longestMs = Math.max(this.#longestMs, ...budgets.map(({ windowMs }) => windowMs));
    const isKept = budgets.some(({ windowMs }) => windowMs === longestMs);
    // What a longer window held stays known, should it come back.
    const keeper = { kind: 'counts', limit: Number.POSITIVE_INFINITY, object: undefined, windowMs: longestMs } as const;
    const forgotten = this.#noneWithin;
    if (this.#longestMs > 0) this.#knownFrom = Math.max(this.#knownFrom, now - this.#longestMs);
    this.#longestMs = longestMs;
    this.#windows = (isKept ? budgets : [...budgets, keeper]).map((budget) => {
      const from = this.#moments.indexAfter(Math.max(now - budget.windowMs, forgotten));
      let count = 0;
      for (let index = from; index < this.#moments.length; index++) count += this.#moments.countAt(index);
      return { budget, count, expired: from === 0 ? forgotten : Math.max(forgotten, this.#moments.timeAt(from - 1)) };
    });
    this.#setEdges();
  }

  /** An account under the same windows, to be told what was spent before `knownFrom`, and then taken over. */
  beginPast(): Spending {
    const past = new Spending(Number.NEGATIVE_INFINITY);
    past.limit(
      this.#windows.map(({ budget }) => budget),
      0,
    );
    return past;
  }

  /** Puts what `past` was told, from `since` on, under what is known here: a customer of both counts where last seen. */
  takeOver(past: Spending, since: number, now: number): void {
    // What was before `knownFrom` is told, though some of it may still be held here.
    const told = Math.max(this.#noneWithin, this.#knownFrom - 1);
    for (const [prefix, ids] of this.#ids) {
      const times = past.#timesOf(prefix);
      ids.each((low, high, time) => {
        if (time <= told) return;
        const former = times.swap(low, high, time, past.#noneWithin);
        if (former > past.#noneWithin) past.#moments.changeAt(former, -1);
      });
    }
    const last = past.#moments.length === 0 ? never : past.#moments.timeAt(past.#moments.length - 1);
    for (let index = this.#moments.indexAfter(told); index < this.#moments.length; index++) {
      past.#moments.add(Math.max(last, this.#moments.timeAt(index)), this.#moments.countAt(index));
    }
    this.#moments = past.#moments;
    this.#ids = past.#ids;
    this.#noneWithin = past.#noneWithin;
    this.#knownFrom = Math.min(this.#knownFrom, since);
    this.limit(
      this.#windows.map(({ budget }) => budget),
      now,
    );
  }

  /** Lets go what no longer counts at `now`. */
  expire(now: number): void {
    let hasMoved = false;
    for (const window of this.#windows) {
      const until = now - window.budget.windowMs;
      let index = this.#moments.indexAfter(window.expired);
      for (; index < this.#moments.length && this.#moments.timeAt(index) <= until; index++) {
        window.count -= this.#moments.countAt(index);
        window.expired = this.#moments.timeAt(index);
        hasMoved = true;
      }
    }
    if (hasMoved) this.#setEdges();
    if (this.#moments.isUntidy(this.#noneWithin)) {
      this.#moments.tidy(
        this.#noneWithin,
        this.#windows.map(({ expired }) => expired),
      );
    }
    if (this.#ids.size > 0 && this.#windows.every(({ count }) => count === 0)) this.#ids.clear();
  }

  #setEdges(): void {
    this.#allWithin = Math.max(...this.#windows.map(({ expired }) => expired));
    this.#noneWithin = Math.min(...this.#windows.map(({ expired }) => expired));
  }

  /** How many more every window allows. */
  get room(): number {
    let room = Number.POSITIVE_INFINITY;
    for (const { budget, count } of this.#windows) room = Math.min(room, budget.limit - count);
    return Math.max(0, room);
  }

  /** More was spent than a window allows: in a dry run, after a crash, under a policy that became narrower. */
  get isOver(): boolean {
    return this.#windows.some(({ budget, count }) => count > budget.limit);
  }

  /** A window that allows less than `wanted` more. */
  tightest(wanted: number): Window | undefined {
    return this.#windows.find(({ budget, count }) => budget.limit - count < wanted);
  }

  /** When the oldest that counts in the window leaves it, ms since 1970 UTC. */
  freesAt({ expired, budget }: Window): number | undefined {
    for (let index = this.#moments.indexAfter(expired); index < this.#moments.length; index++) {
      if (this.#moments.countAt(index) > 0) return this.#moments.timeAt(index) + budget.windowMs;
    }
    return undefined;
  }

  /** Spends without asking for room; negative undoes. */
  add(count: number, now: number): void {
    this.#moments.add(now, count);
    for (const window of this.#windows) window.count += count;
  }

  /**
   * Spends one after another, a customer who counts already for nothing, until a window has no room (`isHeld`), and
   * returns how many. `base` is where in the charges in hand these begin, for `undo`.
   */
  charge(ids: SpentIds, count: number, now: number, base: number, isHeld: boolean): number {
    const halves = halvesOf(ids.numbers);
    this.#makeRoom(base + count);
    for (let run = -1; run < ids.runs.length; run++) {
      const times = run < 0 ? undefined : this.#timesOf(ids.runs[run]!.prefix);
      const to = Math.min(count, ids.runs[run + 1]?.from ?? count);
      for (let index = run < 0 ? 0 : ids.runs[run]!.from; index < to; index++) {
        const low = halves[2 * index]!;
        const high = halves[2 * index + 1]!;
        const isKnown = times !== undefined && high >>> 22 === 0;
        const former = isKnown ? times.swap(low, high, now, this.#noneWithin) : 0;
        if (!this.#admit(former, now, isHeld)) {
          if (isKnown) times.swap(low, high, former || never, this.#noneWithin);
          return index;
        }
        this.#former[base + index] = former;
      }
    }
    return count;
  }

  /** One customer, last seen at `former`, counts from now on; false when a window has no room. */
  #admit(former: number, now: number, isHeld: boolean): boolean {
    if (former === now) return true;
    if (former <= this.#allWithin) {
      for (const window of this.#windows) {
        if (isHeld && former <= window.expired && window.count >= window.budget.limit) return false;
      }
      for (const window of this.#windows) if (former <= window.expired) window.count++;
    }
    if (former > this.#noneWithin) this.#moments.changeAt(former, -1);
    this.#moments.add(now, 1);
    return true;
  }

  /** Takes back what `charge` spent from index `from` on; charges in hand are undone last first. */
  undo(ids: SpentIds, from: number, count: number, now: number, base: number): void {
    const halves = halvesOf(ids.numbers);
    let run = ids.runs.length - 1;
    for (let index = count - 1; index >= from; index--) {
      while (run >= 0 && ids.runs[run]!.from > index) run--;
      const former = this.#former[base + index]!;
      if (former === now) continue;
      const low = halves[2 * index]!;
      const high = halves[2 * index + 1]!;
      if (run >= 0 && high >>> 22 === 0) {
        this.#timesOf(ids.runs[run]!.prefix).swap(low, high, former || never, this.#noneWithin);
      }
      for (const window of this.#windows) if (former <= window.expired) window.count--;
      if (former > this.#noneWithin) this.#moments.changeAt(former, 1);
      this.#moments.add(now, -1);
    }
  }

  #timesOf(prefix: string): IdTimes {
    const known = this.#ids.get(prefix);
    if (known !== undefined) return known;
    const times = new IdTimes();
    this.#ids.set(prefix, times);
    return times;
  }

  #makeRoom(count: number): void {
    if (count <= this.#former.length) return;
    const larger = new Float64Array(2 ** Math.ceil(Math.log2(count)));
    larger.set(this.#former);
    this.#former = larger;
  }
}

/** Low and high 32 bits of each id, without copying. */
const halvesOf = (numbers: BigUint64Array): Int32Array =>
  new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
