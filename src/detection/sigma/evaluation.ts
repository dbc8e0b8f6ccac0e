import { detachEvent, type Event } from '#model/event.ts';
import type { CorrelationStatistics, Correlator, Occurrence } from './correlator.ts';
import { appliesTo, type LogSource } from './log-source.ts';
import { type Predicate, routingSlots } from './predicate.ts';
import type { Match, Rule } from './rule.ts';

/** A correlation that a rule feeds, and the rule's place among those it refers to. */
export interface Listener {
  /** Place in the list of correlations. */
  readonly correlator: number;
  readonly rule: number;
}

export interface EventRule {
  readonly rule: Rule;
  readonly source: LogSource;
  readonly matches: Predicate;
  readonly listeners: readonly Listener[];
}

export interface CorrelationRule {
  readonly correlator: Correlator;
  readonly listeners: readonly Listener[];
}

/** Rules by product, source and the values of the routing slots, one step each: all are few. */
interface Route {
  rules: readonly EventRule[] | undefined;
  readonly next: Map<string | undefined, Route>;
}

export interface RuleSetStatistics {
  readonly events: number;
  readonly matches: number;
  readonly correlations: readonly CorrelationStatistics[];
}

/** Rules that work together: correlations stand after everything they refer to. */
export class Evaluation {
  readonly #eventRules: readonly EventRule[];
  readonly #correlations: readonly CorrelationRule[];
  /** Fields of the vendor's record that correlations read: what a retained event must still know. */
  readonly #nativeFields: readonly string[];
  readonly #routes: Route = { rules: undefined, next: new Map() };
  #watermark = Number.NEGATIVE_INFINITY;
  #events = 0;
  #matches = 0;

  constructor(
    eventRules: readonly EventRule[],
    correlations: readonly CorrelationRule[],
    nativeFields: readonly string[],
  ) {
    this.#eventRules = eventRules;
    this.#correlations = correlations;
    this.#nativeFields = nativeFields;
  }

  evaluate(event: Event): readonly Match[] {
    this.#events += 1;
    // A clock that runs ahead must not make all later events late.
    this.#watermark = Math.max(this.#watermark, Math.min(event.time, event.arrivedAt));
    const found: Match[] = [];
    const pending: Occurrence[][] = [];
    let retained: readonly Event[] | undefined;
    for (const { rule, matches, listeners } of this.#route(event)) {
      if (!matches(event)) continue;
      if (rule.alerts)
        found.push({ rule, kind: 'event', events: [event], group: {}, firstAt: event.time, lastAt: event.time });
      if (listeners.length === 0) continue;
      retained ??= [this.#retain(event)];
      tell(pending, listeners, { time: event.time, events: retained, group: undefined });
    }
    if (retained !== undefined) this.#correlate(pending, found);
    this.#matches += found.length;
    return found;
  }

  statistics(): RuleSetStatistics {
    const correlations = this.#correlations.map(({ correlator }) => correlator.statistics());
    return { events: this.#events, matches: this.#matches, correlations };
  }

  #correlate(pending: Occurrence[][], found: Match[]): void {
    for (const [index, { correlator, listeners }] of this.#correlations.entries()) {
      const occurrences = pending[index];
      if (occurrences === undefined) continue;
      for (const match of correlator.observe(occurrences, this.#watermark)) {
        if (correlator.rule.alerts) found.push(match);
        tell(pending, listeners, { time: match.lastAt, events: match.events, group: match.group });
      }
    }
  }

  /** The event rules that may match. */
  #route({ slots, source }: Event): readonly EventRule[] {
    let route = step(step(this.#routes, slots['metadata.product.name']), source);
    for (const slot of routingSlots) route = step(route, slots[slot]);
    route.rules ??= this.#eventRules.filter(
      (rule) =>
        appliesTo(rule.source, slots['metadata.product.name'], source) &&
        routingSlots.every((slot) => {
          const needed = rule.matches.needs?.get(slot);
          return needed === undefined || needed.has(slots[slot]?.toLowerCase() ?? '');
        }),
    );
    return route.rules;
  }

  #retain(event: Event): Event {
    const fields = new Map(this.#nativeFields.map((name) => [name, structuredClone(event.native(name))]));
    return { ...detachEvent(event), native: (name) => fields.get(name) };
  }
}

function step({ next }: Route, value: string | undefined): Route {
  const known = next.get(value);
  if (known !== undefined) return known;
  const route: Route = { rules: undefined, next: new Map() };
  next.set(value, route);
  return route;
}

function tell(pending: Occurrence[][], listeners: readonly Listener[], occurrence: Omit<Occurrence, 'rule'>): void {
  for (const { correlator, rule } of listeners) {
    pending[correlator] ??= [];
    pending[correlator].push({ ...occurrence, rule });
  }
}
