import type { LogSource } from './log-source.ts';

/** What a rule is asked about. Its fields are known to its `EventKind`. */
export interface SigmaEvent {
  /** Event time, ms since 1970 UTC. */
  readonly time: number;
  /** When it could first be known of, ms since 1970 UTC. */
  readonly arrivedAt: number;
}

/** The value of a field; undefined where the event has none. */
export type Read<Event extends SigmaEvent = SigmaEvent> = (event: Event) => unknown;

/** What an event says of the log it comes from; undefined where it says nothing. */
export interface StatedLogSource {
  readonly product: string | undefined;
  readonly category: string | undefined;
  readonly source: string | undefined;
}

/** How events of one kind are read. */
export interface EventKind<Event extends SigmaEvent = SigmaEvent> {
  /** A field by the name that rules use. `time` is the event's own time whatever the kind. */
  readonly readField: (name: string) => Read<Event>;
  /** Where keywords are looked for: the original record as text, or several texts. */
  readonly readText: Read<Event>;
  /** The vendor's product, as in `logsource.product`. */
  readonly product: Read<Event>;
  /** As in `logsource.category`; absent where no event states one. */
  readonly category?: Read<Event>;
  /** What wrote the event, as in `logsource.service`. */
  readonly source: Read<Event>;
  /** Whether a rule of this log source is asked about events that state this of theirs. */
  readonly appliesTo: (rule: LogSource, stated: StatedLogSource) => boolean;
  /** Fields of few values, text or absent, by which rules are told apart beforehand. */
  readonly routingFields: readonly string[];
  /** What it costs to ask for a field, where comparing costs so much; the cheap ones are asked first. */
  readonly costOf: (field: string, comparing: number) => number;
  /** Makes a copy that can be kept: it holds nothing alive but what is in it and still knows these fields. */
  readonly keeper: (fields: readonly string[]) => (event: Event) => Event;
}
