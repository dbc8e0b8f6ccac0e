import { type Event, NetworkSlots } from '#model/event.ts';
import { type Finding, type Grant, isAtLeast } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { NetworkPlaces } from '#model/network-places.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { CorrelationStatistics } from '#sigma/correlation/correlator.ts';
import type { Match, Rule } from '#sigma/rule.ts';
import type { RuleSet } from '#sigma/sigma.ts';
import { type AnnouncedChange, findAnnouncedChange } from './announced-change.ts';
import type { Enrichment } from './enrichment/open-enrichment.ts';
import { History } from './history/history.ts';
import { unnamedGrant } from './history/unnamed-grant.ts';
import { FindingBook } from './incidents/finding-book.ts';
import { IncidentBook } from './incidents/incident-book.ts';
import { NetworkHistory, networkGrant } from './network/network-history.ts';
import { type FindingRule, isBuildingBlock, lacksHistory, readFindingRule } from './rules/finding-rule.ts';

export interface Observation {
  /** Found for the first time by these events, in the order of the events. */
  readonly findings: readonly Finding[];
  /** Incidents that are new or have changed, each once, as they now stand. */
  readonly incidents: readonly Incident[];
}

export interface DetectionStatistics {
  readonly events: number;
  readonly findings: number;
  readonly incidents: number;
  readonly grants: number;
  /** Grants whose history was given up to stay within memory; their next event starts a new one. */
  readonly forgottenGrants: number;
  /** Mentions of apps and users that were told apart but not remembered, for the same reason. */
  readonly forgottenNames: number;
  readonly correlations: readonly CorrelationStatistics[];
}

export interface Detection {
  /**
   * Takes the next events in order of event time. Fills `history.*`, `unmapped.grant_uid` and the app of each event
   * where the line does not say it, in place; then learns from it.
   */
  observe(events: readonly Event[]): Observation;
  /** The grant's life so far, under any key it has had. */
  grantHistory(key: string): GrantHistory | undefined;
  /** Every grant remembered, in no particular order. */
  grants(): Iterable<GrantHistory>;
  /** All incidents of this detection's life, in the order they opened. */
  incidents(): readonly Incident[];
  statistics(): DetectionStatistics;
}

export interface DetectionOptions {
  /** Each rule's `cordon` block must be valid (rules/finding-rule.ts): loadRules has seen to it. */
  readonly rules: Pick<RuleSet<Event>, 'evaluate' | 'statistics'>;
  readonly changes?: readonly AnnouncedChange[];
  /** What counts as the CRM and as inside. Default: Salesforce's hosts and private addresses. */
  readonly network?: NetworkPlaces;
  /** What is known beyond the line; without it those slots stay empty. */
  readonly enrichment?: Pick<Enrichment, 'describe' | 'personOf'>;
  /** Asked for every match, so that people can switch rules on and off while it runs. */
  readonly isEnabled?: (rule: string) => boolean;
}

/** Events in, findings and incidents out. Holds all that has been learned; everything else is a function of it. */
export function createDetection(options: DetectionOptions): Detection {
  return new RunningDetection(options);
}

class RunningDetection implements Detection {
  readonly #rules: DetectionOptions['rules'];
  readonly #changes: readonly AnnouncedChange[];
  readonly #isEnabled: (rule: string) => boolean;
  readonly #enrichment: DetectionOptions['enrichment'];
  readonly #history: History;
  readonly #network: NetworkHistory;
  readonly #findings = new FindingBook();
  readonly #incidents: IncidentBook;
  readonly #findingRules = new Map<Rule, FindingRule>();
  #events = 0;

  constructor({ rules, changes = [], enrichment, isEnabled = () => true, network }: DetectionOptions) {
    this.#network = new NetworkHistory(network);
    this.#rules = rules;
    this.#changes = changes;
    this.#isEnabled = isEnabled;
    this.#enrichment = enrichment;
    this.#history = new History(enrichment && { personOf: enrichment.personOf });
    this.#incidents = new IncidentBook(this.#history);
  }

  observe(events: readonly Event[]): Observation {
    const findings: Finding[] = [];
    for (const event of events) this.#observeOne(event, findings);
    return { findings, incidents: this.#incidents.takeChanged() };
  }

  #observeOne(event: Event, findings: Finding[]): void {
    this.#events += 1;
    if (event.slots instanceof NetworkSlots) {
      this.#observeNetwork(event, event.slots, findings);
      return;
    }
    const observed = this.#history.observe(event);
    this.#network.people.note(event.slots, event.time);
    // After history, which often finds out whose app it is.
    this.#enrichment?.describe(event);
    const isFlagged = this.#judge(event, findings);
    if (observed === undefined) return;
    this.#history.learn(event, observed, isFlagged);
    if (observed.record.isWatched) this.#incidents.noteAct(observed.record, event, observed.reads !== undefined);
  }

  /** The network knows no grants: what it tells is of machines, and of people where a sign-in says who sits there. */
  #observeNetwork(event: Event, slots: NetworkSlots, findings: Finding[]): void {
    const observed = this.#network.observe(event, slots);
    this.#enrichment?.describe(event);
    const isFlagged = this.#judge(event, findings);
    if (observed !== undefined) this.#network.learn(event, observed, isFlagged);
  }

  /** Adds what the rules find; whether the event was flagged as unusual. */
  #judge(event: Event, findings: Finding[]): boolean {
    let isFlagged = false;
    for (const match of this.#rules.evaluate(event)) {
      const found = this.#find(match);
      if (found === undefined) continue;
      if (found.isNew) findings.push(found.finding);
      isFlagged ||= teachesNothing(event, found.finding);
    }
    return isFlagged;
  }

  #find(match: Match<Event>): { readonly finding: Finding; readonly isNew: boolean } | undefined {
    if (!match.rule.alerts || isBuildingBlock(match.rule) || !this.#isEnabled(match.rule.name)) return undefined;
    const grants = this.#grantsOf(match.events);
    const grant = grants.at(-1) ?? nameUnnamed(match.events);
    const rule = temper(this.#findingRule(match.rule), match.events.at(-1)!);
    const others = rule.joinsGrants ? grants.slice(0, -1) : [];
    const change = findAnnouncedChange(this.#changes, grant, match.lastAt);
    const found = this.#findings.add({ rule, events: match.events }, grant, others, change);
    this.#incidents.add(found.finding, rule.topic);
    return found;
  }

  /** The grants of the events, each once, that of the latest event last. */
  #grantsOf(events: readonly Event[]): readonly Grant[] {
    const grants = new Map<string, Grant>();
    for (const { slots } of events) {
      const key = slots['unmapped.grant_uid'];
      const known = key === undefined ? undefined : this.#history.grant(key)?.grant;
      const grant = known ?? (slots instanceof NetworkSlots ? networkGrant(slots) : undefined);
      if (grant === undefined) continue;
      grants.delete(grant.key);
      grants.set(grant.key, grant);
    }
    return [...grants.values()];
  }

  #findingRule(rule: Rule): FindingRule {
    const known = this.#findingRules.get(rule);
    if (known !== undefined) return known;
    const read = readFindingRule(rule);
    if (!read.ok) throw new Error(`a rule with an invalid cordon block was let in: ${JSON.stringify(read.failure)}`);
    this.#findingRules.set(rule, read.value);
    return read.value;
  }

  grantHistory(key: string): GrantHistory | undefined {
    return this.#history.grant(key)?.toHistory();
  }

  grants(): Iterable<GrantHistory> {
    return this.#history.grants();
  }

  incidents(): readonly Incident[] {
    return this.#incidents.all();
  }

  statistics(): DetectionStatistics {
    return {
      events: this.#events,
      findings: this.#findings.count,
      incidents: this.#incidents.count,
      grants: this.#history.size,
      forgottenGrants: this.#history.forgotten,
      forgottenNames: this.#history.forgottenNames,
      correlations: this.#rules.statistics().correlations,
    };
  }
}

/** Whose events these are where none names a user; they are then found under it. */
function nameUnnamed(events: readonly Event[]): Grant {
  const grant = unnamedGrant(events.at(-1)!.slots);
  for (const { slots } of events) slots['unmapped.grant_uid'] ??= grant.key;
  return grant;
}

/** Without the history it leans on a verdict is a suspicion: tools that always did it look like thieves on their first day. */
function temper(rule: FindingRule, last: Event): FindingRule {
  return isAtLeast(rule.level, 'high') && lacksHistory(rule, last.slots) ? { ...rule, level: 'medium' } : rule;
}

/**
 * What was just flagged must not become usual. Only where there is a history to protect: in a grant's first week
 * everything teaches, or a nightly job that looks like reconnaissance would never come to look like itself.
 */
function teachesNothing(event: Event, finding: Finding): boolean {
  const { 'history.activity': own, 'history.destination': ofNetwork } = event.slots;
  return isAtLeast(finding.level, 'medium') && own !== 'no history' && ofNetwork !== 'no history';
}
