import type { EventKind, Read, SigmaEvent } from '../event.ts';
import type { Match, Rule } from '../rule.ts';
import type { Correlation } from './compile-correlation.ts';
import type { Entry } from './entry.ts';
import { Groups } from './groups.ts';
import { createMeasure, type Measure } from './measure.ts';
import { combine, numbersIn, textsIn, type Values } from './occurrence-values.ts';
import { SlidingWindow } from './sliding-window.ts';

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
  /** Beyond it a group is forgotten: of the size that most groups have, the one longest untouched. */
  readonly maximumGroups: number;
  /** Beyond it the group's oldest eighth is forgotten. */
  readonly maximumEventsPerGroup: number;
  /** Of all groups together; beyond it a group of the size that takes most room loses its older half. */
  readonly maximumEvents: number;
}

export interface CorrelationStatistics {
  readonly rule: string;
  readonly groups: number;
  /** Events kept, once for each occurrence they stand in. */
  readonly retained: number;
  /** Occurrences that came later than the bound and were judged alone. */
  readonly late: number;
  /**
   * Occurrences that lack a field of group-by, or whose counted or measured field has no such value, and so took no part;
   * and those with more than 1,000 values or groups, which took part with as many.
   */
  readonly incomplete: number;
  /** Groups and occurrences forgotten for want of room. */
  readonly forgottenGroups: number;
  readonly forgottenEvents: number;
  /** Occurrences whose own window had lost some to want of room: it counted too little. */
  readonly undercounted: number;
}

/** An eighth of what an occurrence can stay is waited until groups that are over are looked for again. */
const sweepsPerStay = 8;

/** The groups of one correlation rule. */
export class Correlator {
  readonly rule: Rule;
  readonly #correlation: Correlation;
  readonly #limits: CorrelationLimits;
  readonly #createMeasure: () => Measure;
  readonly #groups: Groups;
  /** By referred rule, then by place in group-by. */
  readonly #groupFields: readonly (readonly { readonly name: string; readonly read: Read }[])[];
  /** By referred rule. */
  readonly #fields: readonly (readonly { readonly name: string; readonly read: Read }[])[];
  /** How long an occurrence stays, ms. */
  readonly #stayMs: number;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #late = 0;
  #incomplete = 0;
  #forgottenGroups = 0;
  #forgottenEvents = 0;
  #undercounted = 0;

  constructor(rule: Rule, correlation: Correlation, limits: CorrelationLimits, { readField }: EventKind) {
    this.rule = rule;
    this.#correlation = correlation;
    this.#limits = limits;
    this.#createMeasure = () => createMeasure(correlation);
    this.#groups = new Groups(correlation.timespanMs, this.#createMeasure);
    this.#stayMs = limits.latenessMs + correlation.timespanMs;
    const { references, groupBy, fields, aliases } = correlation;
    const named = (names: readonly string[]) =>
      references.map((reference) =>
        names.map((each) => {
          const name = aliases.get(each)?.get(reference) ?? each;
          return { name, read: readField(name) };
        }),
      );
    this.#groupFields = named(groupBy);
    this.#fields = named(fields);
  }

  /** The occurrences of one event. `watermark` is the newest event time so far, ms. */
  observe(occurrences: readonly Occurrence[], watermark: number): readonly Match[] {
    const matches: Match[] = [];
    const counted = new Set<string>();
    for (const occurrence of occurrences) {
      const entry = this.#entryOf(occurrence);
      const groups = this.#groupsOf(occurrence);
      const takesPart = entry !== undefined && groups.values.length > 0;
      if (!takesPart || !entry.isWhole || !groups.isWhole) this.#incomplete += 1;
      if (!takesPart) continue;
      for (const values of groups.values) {
        const key = values.length === 1 ? values[0]! : JSON.stringify(values);
        if (this.#countsOnce(occurrence)) {
          if (counted.has(key)) continue;
          counted.add(key);
        }
        const window = this.#add(key, entry, watermark);
        if (window !== undefined) matches.push(this.#matchOf(values, window));
      }
    }
    if (watermark - this.#sweptAt >= this.#stayMs / sweepsPerStay) this.#sweep(watermark);
    return matches;
  }

  statistics(): CorrelationStatistics {
    return {
      rule: this.rule.name,
      groups: this.#groups.size,
      retained: this.#groups.weight,
      late: this.#late,
      incomplete: this.#incomplete,
      forgottenGroups: this.#forgottenGroups,
      forgottenEvents: this.#forgottenEvents,
      undercounted: this.#undercounted,
    };
  }

  /** An event that several referred rules find is one event to those who count events or values. */
  #countsOnce({ group }: Occurrence): boolean {
    return group === undefined && !this.#correlation.type.startsWith('temporal');
  }

  /** What is counted of an occurrence; undefined where it has nothing of the kind. */
  #entryOf(occurrence: Occurrence): (Entry & { readonly isWhole: boolean }) | undefined {
    const { rule, time, events } = occurrence;
    const { type } = this.#correlation;
    if (!Number.isFinite(time)) return undefined;
    if (this.#fields[rule]!.length === 0) return { time, rule, values: none, numbers: none, events, isWhole: true };
    if (type === 'value_count' || this.#sharesValues) {
      const tuples = combine(this.#fields[rule]!.map((field) => this.#textsOf(occurrence, field)));
      const values = tuples.values.map((tuple) => (tuple.length === 1 ? tuple[0]! : JSON.stringify(tuple)));
      return values.length === 0 ? undefined : { time, rule, values, numbers: none, events, isWhole: tuples.isWhole };
    }
    const { values, isWhole } = this.#numbersOf(occurrence, this.#fields[rule]![0]!);
    return values.length === 0 ? undefined : { time, rule, values: none, numbers: values, events, isWhole };
  }

  /** `value_percentile` without a percentile asks which share a value has. */
  get #sharesValues(): boolean {
    const { type, condition } = this.#correlation;
    return type === 'value_percentile' && condition.kind === 'comparison' && condition.percentile === undefined;
  }

  #groupsOf(occurrence: Occurrence): Values<readonly string[]> {
    const fields = this.#groupFields[occurrence.rule]!;
    return combine(fields.map((field) => this.#textsOf(occurrence, field)));
  }

  /** A correlation that fired has the values of its group, and else those of all its events. */
  #textsOf({ events, group }: Occurrence, { name, read }: { readonly name: string; readonly read: Read }) {
    const known = group !== undefined && Object.hasOwn(group, name) ? group[name] : undefined;
    return known === undefined ? textsIn(events, read) : { values: [known], isWhole: true };
  }

  #numbersOf({ events, group }: Occurrence, { name, read }: { readonly name: string; readonly read: Read }) {
    const known = group !== undefined && Object.hasOwn(group, name) ? group[name] : undefined;
    return known === undefined ? numbersIn(events, read) : numbersIn(events.slice(0, 1), () => known);
  }

  #add(key: string, entry: Entry, watermark: number): readonly Entry[] | undefined {
    const { latenessMs, maximumEventsPerGroup } = this.#limits;
    if (entry.time < watermark - latenessMs) {
      this.#late += 1;
      return new SlidingWindow(this.#correlation.timespanMs, this.#createMeasure).add(entry);
    }
    const fired = this.#groups.touch(key, (window) => {
      window.forgetBefore(watermark - this.#stayMs);
      if (window.lacks(entry.time)) this.#undercounted += 1;
      const fired = window.add(entry);
      if (window.size > maximumEventsPerGroup) {
        const eighth = Math.ceil(maximumEventsPerGroup / 8);
        window.forgetOldest(eighth);
        this.#forgottenEvents += eighth;
      }
      return fired;
    });
    this.#makeRoom(key, watermark);
    return fired;
  }

  #makeRoom(key: string, watermark: number): void {
    const { maximumGroups, maximumEvents } = this.#limits;
    const groups = this.#groups;
    if (groups.size <= maximumGroups && groups.weight <= maximumEvents) return;
    if (watermark - this.#sweptAt >= this.#stayMs / (8 * sweepsPerStay)) this.#sweep(watermark);
    while (groups.size > maximumGroups)
      if (groups.forgetGroup(key, watermark - this.#stayMs)) this.#forgottenGroups += 1;
    while (groups.weight > maximumEvents) {
      const count = groups.forgetHalf(key);
      if (count === 0) return;
      this.#forgottenEvents += count;
    }
  }

  #sweep(watermark: number): void {
    this.#sweptAt = watermark;
    this.#groups.forgetBefore(watermark - this.#stayMs);
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

const none: readonly never[] = [];
