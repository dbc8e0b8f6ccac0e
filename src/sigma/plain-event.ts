import { recordField } from '#lib/record-field.ts';
import { timeOf } from './detection/date-part.ts';
import { readLine } from './detection/keyword.ts';
import type { EventKind, SigmaEvent } from './event.ts';
import { textOf } from './field-values.ts';
import { type LogSource, logSourceKeys } from './log-source.ts';
import { windowsFields } from './windows-record.ts';

/** A log record as its vendor writes it: nested JSON. */
export type EventRecord = Readonly<Record<string, unknown>>;

/** Of a log source what is known: what is left out narrows nothing. */
export interface StatedSource {
  readonly product?: string | undefined;
  readonly category?: string | undefined;
  readonly service?: string | undefined;
}

/** What is known of a record besides what it says. */
export interface EventFacts {
  /** Event time, ms since 1970 UTC; unstated, the options or the record itself are asked for it. */
  readonly time?: number;
  /** When it could first be known of, ms since 1970 UTC; unstated, its event time. */
  readonly arrivedAt?: number;
  /** The original line, where keywords are looked for; unstated, they are looked for in all values at any depth. */
  readonly raw?: string;
  /** Where it comes from, in Sigma's words. Rules that name something else are not asked; unstated, all are. */
  readonly logsource?: StatedSource;
}

/** A record with what rules ask of it. */
export class PlainEvent implements SigmaEvent {
  readonly time: number;
  readonly arrivedAt: number;
  readonly record: EventRecord;
  readonly logSource: LogSource;
  readonly #raw: string | undefined;
  /** Thousands of rules ask for a few fields. */
  readonly #fields = new Map<string, unknown>();
  #windows: EventRecord | undefined;
  #texts: string | readonly string[] | undefined;

  constructor(record: EventRecord, facts: EventFacts, time: number) {
    this.record = record;
    this.time = time;
    this.arrivedAt = facts.arrivedAt ?? time;
    this.#raw = facts.raw;
    const [product, category, service] = logSourceKeys.map((key) => facts.logsource?.[key]?.toLowerCase());
    this.logSource = { product, category, service };
  }

  field(name: string): unknown {
    const known = this.#fields.get(name);
    if (known !== undefined || this.#fields.has(name)) return known;
    const own = recordField(this.record, name);
    const value = own === undefined ? this.#windowsField(name) : own;
    this.#fields.set(name, value);
    return value;
  }

  #windowsField(name: string): unknown {
    if (this.record['Event'] === undefined) return undefined;
    this.#windows ??= windowsFields(this.record) ?? {};
    return recordField(this.#windows, name);
  }

  /** What keywords are looked for in. */
  texts(): string | readonly string[] {
    this.#texts ??= this.#raw === undefined ? textsWithin(this.record) : readLine({ raw: this.#raw });
    return this.#texts;
  }
}

/** Every text, number and boolean within. */
function textsWithin(record: EventRecord): readonly string[] {
  const texts: string[] = [];
  const seen = new Set<object>([record]);
  // A stack of its own: whoever writes a log must not exhaust the program's.
  const open: unknown[] = Object.values(record);
  for (let at = 0; at < open.length; at += 1) {
    const value = open[at];
    const text = textOf(value);
    if (text !== undefined) texts.push(text);
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      for (const member of Object.values(value)) open.push(member);
    }
  }
  return texts;
}

/** A rule is left out where it names something that the event states to be something else. */
export const plainKind: EventKind<PlainEvent> = {
  readField: (name) => (name === 'time' ? (event) => event.field(name) ?? event.time : (event) => event.field(name)),
  readText: (event) => event.texts(),
  product: ({ logSource }) => logSource.product,
  category: ({ logSource }) => logSource.category,
  source: ({ logSource }) => logSource.service,
  appliesTo: (rule, { product, category, source: service }) => {
    const stated: LogSource = { product, category, service };
    return logSourceKeys.every(
      (key) => rule[key] === undefined || stated[key] === undefined || rule[key] === stated[key],
    );
  },
  routingFields: [],
  costOf: (_, comparing) => comparing,
  // What it remembers of itself is not kept.
  keeper: () => (event) => new PlainEvent(event.record, event, event.time),
};

/** Where records say when they happened; the first that holds a time counts. */
export const defaultTimeFields: readonly string[] = [
  'timestamp',
  '@timestamp',
  'time',
  '_time',
  'published',
  'eventTime',
  'event_time',
  'createdDateTime',
  'activityDateTime',
  'CreationTime',
  'TimeGenerated',
  'TimeCreated',
  'SystemTime',
  'EventTime',
  'UtcTime',
  'EventDate',
  'requestReceivedTimestamp',
  'TimeCreated.SystemTime',
  'System.TimeCreated.SystemTime',
  'ts',
  'datetime',
  'date',
  'created_at',
  'id.time',
  'Event.System.TimeCreated.SystemTime',
  'Event.System.TimeCreated.#attributes.SystemTime',
];

/** ISO 8601 or a number of seconds or ms since 1970, also as text, or a `Date`; as ms. */
export function readTime(record: EventRecord, fields: readonly string[]): number | undefined {
  for (const field of fields) {
    const value = recordField(record, field);
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
    const time = timeOf(typeof value === 'string' && /^\d{9,13}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value);
    if (time !== undefined) return time;
  }
  return undefined;
}
