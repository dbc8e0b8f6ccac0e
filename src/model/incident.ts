import type { Bounds, Finding, Grant, Level } from './finding.ts';

/** What may happen to an incident next. An illegal step has no row here. */
export const incidentSteps = {
  open: ['contained', 'closed'],
  contained: ['scoped', 'open', 'closed'],
  scoped: ['notified', 'open', 'closed'],
  notified: ['closed', 'open'],
  closed: ['open'],
} as const satisfies Record<string, readonly string[]>;

export type IncidentState = keyof typeof incidentSteps;

export const incidentStates = Object.keys(incidentSteps) as readonly IncidentState[];

export const mayStep = (from: IncidentState, to: IncidentState): boolean =>
  (incidentSteps[from] as readonly string[]).includes(to);

export interface StateChange {
  readonly at: number;
  readonly from: IncidentState;
  readonly to: IncidentState;
  /** Who: a user id, or `cordon` for the machine. */
  readonly by: string;
  readonly reason: string;
}

/** Findings about one grant and campaign. */
export interface Incident {
  /** Stable and short, e.g. `inc-3f9a1c2b`: the same campaign read again gives the same id. */
  readonly id: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly level: Level;
  /** First and last event time of its evidence, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** When it could first be known: arrival of the event that opened it, ms. */
  readonly openedAt: number;
  /** Event time of the event that opened it, ms. */
  readonly openedByEventAt: number;
  readonly grants: readonly Grant[];
  readonly techniques: readonly string[];
  /** Rows read by these grants within the incident, from logs. */
  readonly rows: Bounds;
  readonly findings: readonly Finding[];
  /** Plain words for a tired analyst: what happened. */
  readonly summary: string;
  /** What to do now, first things first. */
  readonly advice: readonly string[];
}
