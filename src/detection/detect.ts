import type { Event } from '#model/event.ts';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { GrantHistory } from '#model/wire.ts';
import type { AnnouncedChange } from './announced-change.ts';
import type { RuleSet } from './rules/load-rules.ts';

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
  readonly rules: RuleSet;
  readonly changes?: readonly AnnouncedChange[];
  /** Asked for every match, so that people can switch rules on and off while it runs. */
  readonly isEnabled?: (rule: string) => boolean;
}
