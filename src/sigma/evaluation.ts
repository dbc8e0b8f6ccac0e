import type { CorrelationStatistics, Correlator, Occurrence } from './correlation/correlator.ts';
import type { Predicate } from './detection/predicate.ts';
import type { EventKind, Read, SigmaEvent } from './event.ts';
import { textOf } from './field-values.ts';
import type { LogSource } from './log-source.ts';
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
  /** The one source whose events it is made fit to; undefined: it goes by its log source. */
  readonly eventSource: string | undefined;
  readonly matches: Predicate;
  readonly listeners: readonly Listener[];
}

export interface CorrelationRule {
  readonly correlator: Correlator;
  readonly listeners: readonly Listener[];
}

/** Rules by product, source, category and the values of the routing fields, one step each: all should be few. */
interface Route {
  rules: readonly EventRule[] | undefined;
  readonly next: Map<unknown, Route>;
}

export interface RuleSetStatistics {
  readonly events: number;
  readonly matches: number;
  readonly correlations: readonly CorrelationStatistics[];
}

/** Beyond it routes are found anew: log sources may be read from what attackers write. */
const maximumRoutes = 10_000;

const none: readonly Match[] = [];

/** Rules that work together: correlations stand after everything they refer to. */
export class Evaluation {
  readonly #eventRules: readonly EventRule[];
  readonly #correlations: readonly CorrelationRule[];
  readonly #kind: EventKind;
  readonly #routing: readonly Read[];
  readonly #keep: (event: SigmaEvent) => SigmaEvent;
  readonly #routes: Route = { rules: undefined, next: new Map() };
  #routesKnown = 0;
  #watermark = Number.NEGATIVE_INFINITY;
  #events = 0;
  #matches = 0;

  constructor(
    eventRules: readonly EventRule[],
    correlations: readonly CorrelationRule[],
    kind: EventKind,
    /** What a kept event must still know. */
    keptFields: readonly string[],
  ) {
    this.#eventRules = eventRules;
    this.#correlations = correlations;
    this.#kind = kind;
    this.#routing = kind.routingFields.map((field) => kind.readField(field));
    this.#keep = kind.keeper(keptFields);
  }

  evaluate(event: SigmaEvent): readonly Match[] {
    this.#events += 1;
    // A clock that runs ahead must not make all later events late.
    const seenBy = Math.min(event.time, event.arrivedAt);
    if (seenBy > this.#watermark) this.#watermark = seenBy;
    let matching: EventRule[] | undefined;
    for (const eventRule of this.#route(event)) {
      if (!eventRule.matches(event)) continue;
      matching ??= [];
      matching.push(eventRule);
    }
    return matching === undefined ? none : this.#tellMatches(event, matching);
  }

  #tellMatches(event: SigmaEvent, matching: readonly EventRule[]): readonly Match[] {
    const { time } = event;
    const found: Match[] = [];
    const pending: Occurrence[][] = [];
    let retained: readonly SigmaEvent[] | undefined;
    for (const { rule, listeners } of matching) {
      if (rule.alerts) found.push({ rule, kind: 'event', events: [event], group: {}, firstAt: time, lastAt: time });
      if (listeners.length === 0) continue;
      retained ??= [this.#keep(event)];
      tell(pending, listeners, { time, events: retained, group: undefined });
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
  #route(event: SigmaEvent): readonly EventRule[] {
    const { product, category, source, routingFields, appliesTo } = this.#kind;
    let route = step(step(this.#routes, product(event)), source(event));
    if (category !== undefined) route = step(route, category(event));
    for (const read of this.#routing) route = step(route, read(event));
    if (route.rules !== undefined) return route.rules;
    this.#routesKnown += 1;
    if (this.#routesKnown > maximumRoutes) {
      this.#routes.next.clear();
      this.#routesKnown = 0;
    }
    const stated = {
      product: textOf(product(event)),
      category: category && textOf(category(event)),
      source: textOf(source(event)),
    };
    route.rules = this.#eventRules.filter(
      (rule) =>
        (rule.eventSource === undefined ? appliesTo(rule.source, stated) : rule.eventSource === stated.source) &&
        routingFields.every((field, index) => {
          const needed = rule.matches.needs?.get(field);
          return needed === undefined || needed.has(textOf(this.#routing[index]!(event))?.toLowerCase() ?? '');
        }),
    );
    return route.rules;
  }
}

function step({ next }: Route, value: unknown): Route {
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
