import type { Correlation } from './compile-correlation.ts';
import type { Entry } from './entry.ts';
import { ExactSum } from './exact-sum.ts';
import type { Conjunction } from './rule-expression.ts';
import { RuleTimes } from './rule-times.ts';
import { SortedNumbers } from './sorted-numbers.ts';

/** What is counted of a window while occurrences enter and leave it. They enter in any order; the oldest leave first. */
export interface Measure {
  enter(entry: Entry): void;
  leave(entry: Entry): void;
  /** Whether the window meets the condition. `ending` is one of the occurrences it ends at. */
  isMet(ending: Entry): boolean;
  /** Whether `ending` matters. */
  readonly asksEnding: boolean;
}

type Comparison = (value: number) => boolean;

/** The measure of a window that holds nothing yet. */
export function createMeasure({ type, references, condition }: Correlation): Measure {
  const rules = references.length;
  if (condition.kind === 'expression')
    return type === 'temporal_ordered'
      ? new OrderedRules(rules, (times) => condition.conjunctions.some((each) => holdsInOrder(each, times)))
      : new PresentRules(rules, (present) => condition.conjunctions.some((each) => holds(each, present)));
  const { isMet, percentile } = condition;
  switch (type) {
    case 'event_count':
      return new EventCount(isMet);
    case 'value_count':
      return new ValueCount(isMet);
    case 'value_sum':
      return new Sum((sum) => isMet(sum));
    case 'value_avg':
      return new Sum((sum, count) => isMet(sum / count));
    case 'value_median':
      return new Percentile(50, isMet);
    case 'value_percentile':
      return percentile === undefined ? new Share(isMet) : new Percentile(percentile, isMet);
    case 'temporal':
      return new PresentRules(rules, (present) => isMet(present.filter((count) => count > 0).length));
    case 'temporal_ordered':
      return new OrderedRules(rules, (times) => isMet(countInOrder(rules, times)));
  }
}

class EventCount implements Measure {
  readonly asksEnding = false;
  readonly #isMet: Comparison;
  #count = 0;

  constructor(isMet: Comparison) {
    this.#isMet = isMet;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
  }

  isMet(): boolean {
    return this.#isMet(this.#count);
  }
}

/** How often each value is in the window. */
class Tally {
  readonly counts = new Map<string, number>();
  total = 0;

  enter({ values }: Entry): void {
    this.total += values.length;
    for (const value of values) this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
  }

  leave({ values }: Entry): void {
    this.total -= values.length;
    for (const value of values) {
      const count = this.counts.get(value)!;
      if (count === 1) this.counts.delete(value);
      else this.counts.set(value, count - 1);
    }
  }
}

class ValueCount extends Tally implements Measure {
  readonly asksEnding = false;
  readonly #isMet: Comparison;

  constructor(isMet: Comparison) {
    super();
    this.#isMet = isMet;
  }

  isMet(): boolean {
    return this.#isMet(this.counts.size);
  }
}

/** The share, in percent of all values in the window, that a value of the ending occurrence has. */
class Share extends Tally implements Measure {
  readonly asksEnding = true;
  readonly #isMet: Comparison;

  constructor(isMet: Comparison) {
    super();
    this.#isMet = isMet;
  }

  isMet({ values }: Entry): boolean {
    return values.some((value) => this.#isMet((100 * this.counts.get(value)!) / this.total));
  }
}

class Sum implements Measure {
  readonly asksEnding = false;
  readonly #sum = new ExactSum();
  readonly #isMet: (sum: number, count: number) => boolean;
  #count = 0;

  constructor(isMet: (sum: number, count: number) => boolean) {
    this.#isMet = isMet;
  }

  enter({ numbers }: Entry): void {
    this.#count += numbers.length;
    for (const number of numbers) this.#sum.add(number);
  }

  leave({ numbers }: Entry): void {
    this.#count -= numbers.length;
    for (const number of numbers) this.#sum.add(-number);
  }

  isMet(): boolean {
    return this.#isMet(this.#sum.value, this.#count);
  }
}

/** Between two ranks the value lies between theirs, in proportion, as with PERCENTILE_CONT of SQL. */
class Percentile implements Measure {
  readonly asksEnding = false;
  readonly #numbers = new SortedNumbers();
  readonly #percentile: number;
  readonly #isMet: Comparison;

  constructor(percentile: number, isMet: Comparison) {
    this.#percentile = percentile;
    this.#isMet = isMet;
  }

  enter({ numbers }: Entry): void {
    for (const number of numbers) this.#numbers.add(number);
  }

  leave({ numbers }: Entry): void {
    for (const number of numbers) this.#numbers.remove(number);
  }

  isMet(): boolean {
    const rank = (this.#percentile * (this.#numbers.size - 1)) / 100;
    const low = this.#numbers.at(Math.floor(rank));
    if (Number.isInteger(rank)) return this.#isMet(low);
    const high = this.#numbers.at(Math.ceil(rank));
    return this.#isMet(low + (high - low) * (rank - Math.floor(rank)));
  }
}

/** How often each rule is in the window. */
class PresentRules implements Measure {
  readonly asksEnding = false;
  readonly #counts: number[];
  readonly #isMet: (counts: readonly number[]) => boolean;

  constructor(rules: number, isMet: (counts: readonly number[]) => boolean) {
    this.#counts = new Array<number>(rules).fill(0);
    this.#isMet = isMet;
  }

  enter({ rule }: Entry): void {
    this.#counts[rule]! += 1;
  }

  leave({ rule }: Entry): void {
    this.#counts[rule]! -= 1;
  }

  isMet(): boolean {
    return this.#isMet(this.#counts);
  }
}

class OrderedRules implements Measure {
  readonly asksEnding = false;
  readonly #times: RuleTimes;
  readonly #isMet: (times: RuleTimes) => boolean;

  constructor(rules: number, isMet: (times: RuleTimes) => boolean) {
    this.#times = new RuleTimes(rules);
    this.#isMet = isMet;
  }

  enter({ rule, time }: Entry): void {
    this.#times.add(rule, time);
  }

  leave({ rule }: Entry): void {
    this.#times.removeOldest(rule);
  }

  isMet(): boolean {
    return this.#isMet(this.#times);
  }
}

const holds = ({ present, absent }: Conjunction, counts: readonly number[]): boolean =>
  present.every((rule) => counts[rule]! > 0) && absent.every((rule) => counts[rule] === 0);

function holdsInOrder({ present, absent }: Conjunction, times: RuleTimes): boolean {
  if (absent.some((rule) => times.has(rule)) || !present.every((rule) => times.has(rule))) return false;
  let at: number | undefined = Number.NEGATIVE_INFINITY;
  for (const rule of present) {
    at = times.first(rule, at);
    if (at === undefined) return false;
  }
  return true;
}

/** The most rules that occur one after the other in their stated order. */
function countInOrder(rules: number, times: RuleTimes): number {
  /** By how many rules a chain has, the earliest time at which one ends. */
  const ends: number[] = [Number.NEGATIVE_INFINITY];
  for (let rule = 0; rule < rules; rule += 1)
    for (let count = ends.length; count > 0; count -= 1) {
      const end = times.first(rule, ends[count - 1]!);
      if (end !== undefined && end < (ends[count] ?? Number.POSITIVE_INFINITY)) ends[count] = end;
    }
  return ends.length - 1;
}
