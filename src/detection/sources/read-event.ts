import type { Fingerprint } from '#lib/fingerprint.ts';
import type { Event, Origin, Slots } from '#model/event.ts';
import type { JsonObject, Reading, Source } from '#model/source.ts';
import { vendorField } from './vendor-field.ts';

export type Native = Event['native'];

/** What all events of one format share. */
export interface EventFormat {
  readonly source: Source;
  /** `Event.native` of these events. */
  readonly native: Native;
  /** `Event.heading` of these events. */
  readonly heading?: readonly string[] | undefined;
}

/**
 * An event as it comes from a file. Its vendor fields are held only while it is this very object: a copy of it (spread,
 * `detachEvent`) loses the private field and finds its vendor fields again in its own `raw`, so that a kept event keeps
 * neither the parsed record nor the piece of file alive. `native` must therefore be called as a method.
 */
export class ReadEvent implements Event {
  readonly time: number;
  readonly arrivedAt: number;
  readonly source: string;
  readonly origin: Origin;
  readonly raw: string;
  readonly heading: readonly string[] | undefined;
  readonly slots: Slots;
  readonly native: Native;
  readonly #key: string | Fingerprint;
  #fields: JsonObject | undefined;

  constructor(
    reading: Reading,
    format: EventFormat,
    arrivedAt: number,
    origin: Origin,
    raw: string,
    fields: JsonObject | undefined,
  ) {
    this.#key = reading.key;
    this.time = reading.time;
    this.arrivedAt = arrivedAt;
    this.source = format.source.name;
    this.origin = origin;
    this.raw = raw;
    this.heading = format.heading;
    this.slots = reading.slots;
    this.native = format.native;
    this.#fields = fields;
  }

  get key(): string {
    return `${this.source}:${this.#key}`;
  }

  /** What tells an event apart from all others, in the form that is cheapest to compare. */
  static identityOf(event: Event): string | Fingerprint {
    return #key in event && typeof event.#key !== 'string' ? event.#key : event.key;
  }

  static fieldsOf(event: Event, read: (raw: string) => JsonObject): JsonObject {
    if (!(#fields in event)) return read(event.raw);
    event.#fields ??= read(event.raw);
    return event.#fields;
  }
}

/** `Event.native` for all records of one format, whose fields `read` finds in the raw text. */
export function nativeBy(read: (raw: string) => JsonObject): Native {
  return function native(this: Event, name: string): unknown {
    return vendorField(ReadEvent.fieldsOf(this, read), name);
  };
}
