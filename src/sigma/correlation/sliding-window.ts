import type { SigmaEvent } from '../event.ts';
import type { CorrelationType } from './compile-correlation.ts';

/** One occurrence of a referred rule within a group. */
export interface Entry {
  readonly time: number;
  /** Place of the rule among those referred to. */
  readonly rule: number;
  /** The counted field's values, for value_count. */
  readonly values: readonly string[];
  readonly events: readonly SigmaEvent[];
}

export interface WindowRules {
  readonly type: CorrelationType;
  readonly timespanMs: number;
  readonly isMet: (count: number) => boolean;
}

/** An entry and what is known of the window that ends at it. */
interface Place extends Entry {
  isMet: boolean;
  hasFired: boolean;
  /** The time of the latest firing in the unbroken run of met windows that this one belongs to. */
  runFiredAt: number;
}

/**
 * The occurrences of one group by event time, at one time by the order of the rules. Each occurrence ends a window: all
 * occurrences before it, itself included, not older than the timespan. A window that meets the condition fires unless
 * the unbroken run of met windows it belongs to has fired within one timespan of it.
 */
export class SlidingWindow {
  readonly #rules: WindowRules;
  readonly #places: Place[] = [];
  readonly #tally = new Map<string | number, number>();
  /** First place of the window that the tally counts; it ends at the last place. */
  #start = 0;

  constructor(rules: WindowRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#places.length;
  }

  get newest(): number {
    return this.#places.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes an occurrence in, however late, and tells the windows that now fire: each as its occurrences. */
  add(entry: Entry): readonly (readonly Entry[])[] {
    const places = this.#places;
    let at = places.length;
    while (at > 0 && comesAfter(places[at - 1]!, entry)) at -= 1;
    const place: Place = { ...entry, isMet: false, hasFired: false, runFiredAt: Number.NEGATIVE_INFINITY };
    if (at === places.length) places.push(place);
    else {
      places.splice(at, 0, place);
      this.#restart(at);
    }
    for (let index = at; index < places.length; index += 1)
      places[index]!.isMet = this.#rules.isMet(this.#advance(index));
    return this.#fire(at);
  }

  /** Drops what stands before `time` once it is half of all, and returns how many that were. */
  forgetBefore(time: number): number {
    const middle = this.#places[this.#places.length >> 1];
    if (middle === undefined || middle.time >= time) return 0;
    let count = this.#places.length >> 1;
    while (count < this.#places.length && this.#places[count]!.time < time) count += 1;
    this.forgetOldest(count);
    return count;
  }

  forgetOldest(count: number): void {
    if (count === 0) return;
    for (let index = this.#start; index < count; index += 1) this.#subtract(this.#places[index]!);
    this.#places.splice(0, count);
    this.#start = Math.max(0, this.#start - count);
  }

  /** Sets the tally back to the window that ends before place `at`. */
  #restart(at: number): void {
    this.#tally.clear();
    this.#start = 0;
    for (let index = 0; index < at; index += 1) this.#advance(index);
  }

  /** Lets the window end at place `index`, one after where it ended, and counts it. */
  #advance(index: number): number {
    const places = this.#places;
    const since = places[index]!.time - this.#rules.timespanMs;
    for (const key of this.#keysOf(places[index]!)) this.#tally.set(key, (this.#tally.get(key) ?? 0) + 1);
    while (places[this.#start]!.time < since) {
      this.#subtract(places[this.#start]!);
      this.#start += 1;
    }
    if (this.#rules.type === 'event_count') return index - this.#start + 1;
    return this.#rules.type === 'temporal_ordered' ? this.#countOrdered(index) : this.#tally.size;
  }

  #subtract(place: Place): void {
    for (const key of this.#keysOf(place)) {
      const count = this.#tally.get(key)!;
      if (count === 1) this.#tally.delete(key);
      else this.#tally.set(key, count - 1);
    }
  }

  #keysOf(place: Place): readonly (string | number)[] {
    if (this.#rules.type === 'event_count') return [];
    return this.#rules.type === 'value_count' ? place.values : [place.rule];
  }

  /** The most rules that occur one after the other in their stated order. */
  #countOrdered(end: number): number {
    if (this.#tally.size === 1) return 1;
    const longest: number[] = [];
    for (let index = this.#start; index <= end; index += 1) {
      const { rule } = this.#places[index]!;
      let before = 0;
      for (let earlier = 0; earlier < rule; earlier += 1) before = Math.max(before, longest[earlier] ?? 0);
      longest[rule] = Math.max(longest[rule] ?? 0, before + 1);
    }
    return longest.reduce((most, count) => Math.max(most, count ?? 0), 0);
  }

  #fire(from: number): readonly (readonly Entry[])[] {
    const places = this.#places;
    const fired: (readonly Entry[])[] = [];
    for (let index = from; index < places.length; index += 1) {
      const place = places[index]!;
      const before = places[index - 1];
      place.runFiredAt = place.isMet && before?.isMet ? before.runFiredAt : Number.NEGATIVE_INFINITY;
      if (!place.isMet) continue;
      const isReported =
        place.hasFired || place.time - place.runFiredAt <= this.#rules.timespanMs || this.#firesSoonAfter(index);
      if (!isReported) {
        place.hasFired = true;
        fired.push(this.#windowAt(index));
      }
      if (place.hasFired) place.runFiredAt = place.time;
    }
    return fired;
  }

  /** Only a late occurrence finds firings after it. */
  #firesSoonAfter(index: number): boolean {
    const until = this.#places[index]!.time + this.#rules.timespanMs;
    for (let later = index + 1; later < this.#places.length; later += 1) {
      const place = this.#places[later]!;
      if (!place.isMet || place.time > until) return false;
      if (place.hasFired) return true;
    }
    return false;
  }

  #windowAt(index: number): readonly Entry[] {
    const since = this.#places[index]!.time - this.#rules.timespanMs;
    let start = index;
    while (start > 0 && this.#places[start - 1]!.time >= since) start -= 1;
    return this.#places.slice(start, index + 1);
  }
}

const comesAfter = (place: Entry, entry: Entry): boolean =>
  place.time > entry.time || (place.time === entry.time && place.rule > entry.rule);
