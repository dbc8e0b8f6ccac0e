import { detach } from '#lib/detach.ts';
import type { EventKind, Read, SigmaEvent } from '../event.ts';
import { textsOf } from '../field-values.ts';
import type { Match, Rule } from '../rule.ts';
import type { Correlation } from './compile-correlation.ts';
import { type Entry, SlidingWindow } from './sliding-window.ts';

/** A referred rule has fired: on an event, or, for a chain, on a correlation's window. */
export interface Occurrence {
  /** Place of the rule among those the correlation refers to. */
  readonly rule: number;
  readonly time: number;
  /** Retained ones; of an event rule exactly one. */
  readonly events: readonly SigmaEvent[];
  /** The group of the correlation that fired, if it was one. */
  readonly group: Readonly<Record<string, string>> | undefined;
}

/** Bounds of one correlation's memory and patience. */
export interface CorrelationLimits {
  /** How far behind the newest event one may come and still be counted in its place, ms. */
  readonly latenessMs: number;
  /** Beyond it the group longest untouched is forgotten. */
  readonly maximumGroups: number;
  /** Beyond it the group's oldest eighth is forgotten. */
  readonly maximumEventsPerGroup: number;
  /** Of all groups together; beyond it the group longest untouched is forgotten. */
  readonly maximumEvents: number;
}

export interface CorrelationStatistics {
  readonly rule: string;
  readonly groups: number;
  readonly retained: number;
  /** Occurrences that came later than the bound and were judged alone. */
  readonly late: number;
  /** Occurrences that lack a field of group-by or the counted field and so took no part. */
  readonly incomplete: number;
  /** Groups and occurrences forgotten for want of room: their windows may have counted too little. */
  readonly forgottenGroups: number;
  readonly forgottenEvents: number;
}

/** The groups of one correlation rule. */
export class Correlator {
  readonly rule: Rule;
  readonly #correlation: Correlation;
  readonly #limits: CorrelationLimits;
  /** Longest untouched first. */
  readonly #groups = new Map<string, SlidingWindow>();
  readonly #groupFields: readonly (readonly Read[])[];
  readonly #countedFields: readonly Read[];
  #retained = 0;
  #late = 0;
  #incomplete = 0;
  #forgottenGroups = 0;
  #forgottenEvents = 0;

  constructor(rule: Rule, correlation: Correlation, limits: CorrelationLimits, { readField }: EventKind) {
    this.rule = rule;
    this.#correlation = correlation;
    this.#limits = limits;
    const { references, groupBy, aliases } = correlation;
    this.#groupFields = references.map((reference) =>
      groupBy.map((name) => readField(aliases.get(name)?.get(reference) ?? name)),
    );
    this.#countedFields = correlation.fields.map(readField);
  }

  /** The occurrences of one event. `watermark` is the newest event time so far, ms. */
  observe(occurrences: readonly Occurrence[], watermark: number): readonly Match[] {
    const matches: Match[] = [];
    const counted = new Set<string>();
    for (const occurrence of occurrences) {
      const entry = this.#entryOf(occurrence);
      const groups = this.#groupsOf(occurrence);
      if (entry === undefined || groups.length === 0) {
        this.#incomplete += 1;
        continue;
      }
      for (const values of groups) {
        const key = JSON.stringify(values);
        if (this.#countsOnce(occurrence) && counted.has(key)) continue;
        counted.add(key);
        for (const window of this.#add(key, entry, watermark)) matches.push(this.#matchOf(values, window));
      }
    }
    this.#forget(watermark);
    return matches;
  }

  statistics(): CorrelationStatistics {
    return {
      rule: this.rule.name,
      groups: this.#groups.size,
      retained: this.#retained,
      late: this.#late,
      incomplete: this.#incomplete,
      forgottenGroups: this.#forgottenGroups,
      forgottenEvents: this.#forgottenEvents,
    };
  }

  /** An event that several referred rules find is one event to those who count events or values. */
  #countsOnce({ group }: Occurrence): boolean {
    return (
      group === undefined && (this.#correlation.type === 'event_count' || this.#correlation.type === 'value_count')
    );
  }

  #entryOf({ rule, time, events }: Occurrence): Entry | undefined {
    if (this.#correlation.type === 'event_count') return { time, rule: 0, values: [], events };
    if (this.#correlation.type !== 'value_count') return { time, rule, values: [], events };
    const tuples = combine(this.#countedFields.map((read) => textsIn(events, read)));
    if (tuples.length === 0) return undefined;
    const values = tuples.map((tuple) => (tuple.length === 1 ? tuple[0]! : JSON.stringify(tuple)));
    return { time, rule: 0, values: [...new Set(values)], events };
  }

  #groupsOf({ rule, events, group }: Occurrence): readonly (readonly string[])[] {
    const fields = this.#groupFields[rule]!;
    return combine(
      this.#correlation.groupBy.map((name, index) => {
        const known = group !== undefined && Object.hasOwn(group, name) ? group[name] : undefined;
        return known === undefined ? textsIn(events, fields[index]!) : [known];
      }),
    );
  }

  #add(key: string, entry: Entry, watermark: number): readonly (readonly Entry[])[] {
    const { latenessMs, maximumEventsPerGroup } = this.#limits;
    if (entry.time < watermark - latenessMs) {
      this.#late += 1;
      return new SlidingWindow(this.#correlation).add(entry);
    }
    const known = this.#groups.get(key);
    const window = known ?? new SlidingWindow(this.#correlation);
    if (known !== undefined) this.#groups.delete(key);
    this.#groups.set(known === undefined ? detach(key) : key, window);
    this.#retained -= window.forgetBefore(watermark - latenessMs - this.#correlation.timespanMs);
    const fired = window.add(entry);
    this.#retained += 1;
    if (window.size > maximumEventsPerGroup) {
      const eighth = Math.ceil(maximumEventsPerGroup / 8);
      window.forgetOldest(eighth);
      this.#retained -= eighth;
      this.#forgottenEvents += eighth;
    }
    return fired;
  }

  /** Groups that are over first, then those longest untouched while there are too many. */
  #forget(watermark: number): void {
    const { latenessMs, maximumGroups, maximumEvents } = this.#limits;
    const horizon = watermark - latenessMs - this.#correlation.timespanMs;
    for (const [key, window] of this.#groups) {
      const isOver = window.newest < horizon;
      const isTooMuch = this.#groups.size > maximumGroups || (this.#retained > maximumEvents && this.#groups.size > 1);
      if (!isOver && !isTooMuch) return;
      if (!isOver) this.#forgottenGroups += 1;
      this.#retained -= window.size;
      this.#groups.delete(key);
    }
  }

  #matchOf(values: readonly string[], window: readonly Entry[]): Match {
    const events = [...new Set(window.flatMap((entry) => entry.events))].sort((a, b) => a.time - b.time);
    return {
      rule: this.rule,
      kind: 'correlation',
      events,
      group: Object.fromEntries(this.#correlation.groupBy.map((name, index) => [name, values[index]!])),
      firstAt: events[0]!.time,
      lastAt: events.at(-1)!.time,
    };
  }
}

const textsIn = (events: readonly SigmaEvent[], read: Read): readonly string[] =>
  events.length === 1 ? textsOf(read(events[0]!)) : [...new Set(events.flatMap((event) => textsOf(read(event))))];

/** Every way to take one of each: `[['a','b'],['c']]` gives a,c and b,c; nothing when one is empty. */
const combine = (choices: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  choices.reduce<readonly (readonly string[])[]>(
    (tuples, texts) => tuples.flatMap((tuple) => texts.map((text) => [...tuple, text])),
    [[]],
  );
