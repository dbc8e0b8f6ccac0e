import type { Event } from '#model/event.ts';
import type { JsonObject, Source } from '#model/source.ts';
import { ObjectFormat } from './object-format.ts';
import { type EventFormat, ReadEvent } from './read-event.ts';
import { csvFormat, lineFormat } from './record-format.ts';
import { isObject } from './record-values.ts';
import { vendorField } from './vendor-field.ts';

/** An event as it is stored: with its text, without the way its vendor's fields are read. */
export type StoredEvent = Omit<Event, 'native'>;

/**
 * Gives stored events back the vendor's fields, found in their own text again: rules that speak of these see after a
 * restart what they saw before it. An event whose source is no longer there, or no longer reads it, has none.
 */
export function createRestorer(sources: readonly Source[]): (event: StoredEvent) => Event {
  const restorers = new Map(sources.map((source) => [source.name, new SourceRestorer(source)]));
  return (event) => restorers.get(event.source)?.restore(event) ?? { ...event, native: () => undefined };
}

class SourceRestorer {
  readonly #source: Source;
  readonly #objects: EventFormat;
  readonly #underHeadings = new Map<string, EventFormat | undefined>();

  constructor(source: Source) {
    this.#source = source;
    const recordOf = (event: Event): JsonObject => findRecord(source, event) ?? {};
    this.#objects = {
      source,
      native(this: Event, name) {
        return vendorField(
          ReadEvent.fieldsOf(this, () => recordOf(this)),
          name,
        );
      },
    };
  }

  restore({ key, time, slots, heading, source, arrivedAt, origin, raw }: StoredEvent): Event | undefined {
    const isObject = this.#source.acceptsObject !== undefined && /^\s*\{/.test(raw);
    const held = isObject ? this.#objects : this.#formatUnder(heading ?? []);
    const reading = { key: key.slice(source.length + 1), time, slots };
    return held && new ReadEvent(reading, held, arrivedAt, origin, raw, undefined);
  }

  #formatUnder(heading: readonly string[]): EventFormat | undefined {
    const id = JSON.stringify(heading);
    if (!this.#underHeadings.has(id)) this.#underHeadings.set(id, this.#findFormat(heading));
    return this.#underHeadings.get(id);
  }

  #findFormat(heading: readonly string[]): EventFormat | undefined {
    const cells = heading.length === 0 ? undefined : this.#source.readCsv?.(heading);
    if (cells !== undefined) return csvFormat(this.#source, heading, cells);
    const lines = this.#source.readLines?.(heading);
    return lines && lineFormat(this.#source, lines, heading);
  }
}

/** The record of this event in its object, which may stand in a connector's and hold several acts. */
function findRecord(source: Source, { key, raw }: Event): JsonObject | undefined {
  const value = parseObject(raw);
  const format = value && [false, true].map((is) => new ObjectFormat(source, is)).find((each) => each.accepts(value));
  const acts = format?.read(value!);
  if (acts === undefined || 'invalid' in acts) return undefined;
  return (acts.find(({ reading }) => `${source.name}:${reading.key}` === key) ?? acts[0])?.record;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
