import type { Entry } from './entry.ts';
import type { Measure } from './measure.ts';

/** Stands where an occurrence stood, so that its events can go. */
const forgotten: Entry = { time: Number.NEGATIVE_INFINITY, rule: 0, values: [], numbers: [], events: [] };

/** Forgotten places kept in front before the rest moves up. */
const slack = 32;

/**
 * The occurrences of one group by time, and the windows that end at each: all occurrences not later than its end and not
 * older than the timespan. A window that meets the condition fires unless it shares time with one that has fired, so
 * that no two matches of a group overlap, and none that meets the condition is without a match that overlaps it.
 */
export class SlidingWindow {
  readonly #timespanMs: number;
  readonly #createMeasure: () => Measure;
  readonly #places: Entry[] = [];
  /** First place that is not forgotten. */
  #head = 0;
  /** First place of the window that the measure holds; it ends at the newest. */
  #start = 0;
  #measure: Measure;
  /** Ends of the windows that have fired, oldest first. */
  readonly #fired: number[] = [];
  #weight = 0;
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(timespanMs: number, measure: () => Measure) {
    this.#timespanMs = timespanMs;
    this.#createMeasure = measure;
    this.#measure = measure();
  }

  /** Occurrences. */
  get size(): number {
    return this.#places.length - this.#head;
  }

  /** Events of all occurrences. */
  get weight(): number {
    return this.#weight;
  }

  /** ms */
  get newest(): number {
    return this.size === 0 ? Number.NEGATIVE_INFINITY : this.#places.at(-1)!.time;
  }

  /** Whether a window with an occurrence at this time had occurrences that are no longer known. */
  lacks(time: number): boolean {
    return time - this.#timespanMs <= this.#forgottenUntil;
  }

  /** Takes an occurrence in, however late, and tells the window that now fires. */
  add(entry: Entry): readonly Entry[] | undefined {
    this.#weight += entry.events.length;
    return entry.time >= this.newest ? this.#append(entry) : this.#insert(entry);
  }

  /** Drops what is older than `time`, when nothing can come any more whose window would hold it. */
  forgetBefore(time: number): void {
    const places = this.#places;
    while (this.#head < places.length && places[this.#head]!.time < time) this.#forgetFirst();
    if (this.#fired.length > 0 && this.#fired[0]! < time) this.#fired.splice(0, find(this.#fired, time));
    this.#moveUp();
  }

  /** Drops the oldest for want of room. */
  forgetOldest(count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.#forgottenUntil = Math.max(this.#forgottenUntil, this.#places[this.#head]!.time);
      this.#forgetFirst();
    }
    this.#moveUp();
  }

  #append(entry: Entry): readonly Entry[] | undefined {
    const places = this.#places;
    const { time } = entry;
    places.push(entry);
    this.#measure.enter(entry);
    while (places[this.#start]!.time < time - this.#timespanMs) {
      this.#measure.leave(places[this.#start]!);
      this.#start += 1;
    }
    if (time - (this.#fired.at(-1) ?? Number.NEGATIVE_INFINITY) <= this.#timespanMs) return undefined;
    let index = places.length - 1;
    if (this.#measure.asksEnding) while (index > this.#start && places[index - 1]!.time === time) index -= 1;
    for (; index < places.length; index += 1)
      if (this.#measure.isMet(places[index]!)) return this.#fire(this.#start, places.length, time);
    return undefined;
  }

  /**
   * Judges the windows that now hold the late occurrence: those that end within a timespan from it, unless they overlap
   * one that has fired.
   */
  #insert(entry: Entry): readonly Entry[] | undefined {
    const { time } = entry;
    const timespan = this.#timespanMs;
    this.#places.splice(this.#find(time, true), 0, entry);
    if (time >= this.newest - timespan) this.#measure.enter(entry);
    else this.#start += 1;
    const next = find(this.#fired, time);
    const firedBefore = (this.#fired[next - 1] ?? Number.NEGATIVE_INFINITY) + timespan;
    const firedAfter = (this.#fired[next] ?? Number.POSITIVE_INFINITY) - timespan;
    const from = Math.max(this.#find(time, false), this.#find(firedBefore, true));
    return this.#sweep(from, (end) => end <= time + timespan && end < firedAfter);
  }

  /** The first window, of those that end at place `from` and after, that meets the condition. */
  #sweep(from: number, isAsked: (end: number) => boolean): readonly Entry[] | undefined {
    const places = this.#places;
    if (from === places.length || !isAsked(places[from]!.time)) return undefined;
    const measure = this.#createMeasure();
    let start = this.#find(places[from]!.time - this.#timespanMs, false);
    let end = start;
    for (let index = from; index < places.length && isAsked(places[index]!.time); index += 1) {
      const { time } = places[index]!;
      for (; end < places.length && places[end]!.time <= time; end += 1) measure.enter(places[end]!);
      for (; places[start]!.time < time - this.#timespanMs; start += 1) measure.leave(places[start]!);
      if (measure.isMet(places[index]!)) return this.#fire(start, end, time);
    }
    return undefined;
  }

  #fire(start: number, end: number, time: number): readonly Entry[] {
    this.#fired.splice(find(this.#fired, time), 0, time);
    return this.#places.slice(start, end);
  }

  /** The first place at this time or after it, or only after it. */
  #find(time: number, isAfter: boolean): number {
    let low = this.#head;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.#places[middle]!.time;
      if (found < time || (isAfter && found === time)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forgetFirst(): void {
    const entry = this.#places[this.#head]!;
    if (this.#start === this.#head) {
      this.#measure.leave(entry);
      this.#start += 1;
    }
    this.#weight -= entry.events.length;
    this.#places[this.#head] = forgotten;
    this.#head += 1;
  }

  #moveUp(): void {
    if (this.#head < slack || this.#head * 2 < this.#places.length) return;
    this.#places.splice(0, this.#head);
    this.#start -= this.#head;
    this.#head = 0;
  }
}

/** The first that is not below `time`. */
function find(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
