import type { Level } from '#model/finding.ts';
import type { SigmaEvent } from './event.ts';

/** One Sigma rule or correlation as its author describes it. https://sigmahq.io/sigma-specification/ (2.1.0) */
export interface Rule {
  readonly kind: 'event' | 'correlation';
  /** The rule's `name`, else its id, else file and place: unique in its set. */
  readonly name: string;
  /** The rule's `id`, else its name: unique in its set. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly level: Level;
  readonly status: string | undefined;
  /** ATT&CK techniques among the tags, e.g. `T1566.002`. */
  readonly techniques: readonly string[];
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
  readonly references: readonly string[];
  /** Fields that help to judge a match. */
  readonly fields: readonly string[];
  /** Top-level keys that Sigma does not define. */
  readonly custom: Readonly<Record<string, unknown>>;
  /** False for a rule that only feeds correlations, none of which says `generate: true`. */
  readonly alerts: boolean;
  readonly file: string;
  /** The whole file it stands in. */
  readonly text: string;
}

/** A rule has fired. */
export interface Match<Event extends SigmaEvent = SigmaEvent> {
  readonly rule: Rule;
  readonly kind: 'event' | 'correlation';
  /** Contributing events by time. Those of correlations are kept copies (`EventKind.keeper`). */
  readonly events: readonly Event[];
  /** Values of `group-by`. */
  readonly group: Readonly<Record<string, string>>;
  /** Event times, ms. */
  readonly firstAt: number;
  readonly lastAt: number;
}
