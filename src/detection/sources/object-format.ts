import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { nativeBy } from './read-event.ts';
import type { RecordFormat } from './record-format.ts';
import { isObject } from './record-values.ts';

/** More acts than this in one record are not read: each is read again from the whole record when events are sorted. */
const maxActs = 256;

/** One act in an object, as read. */
export interface Act {
  readonly reading: Reading;
  readonly record: JsonObject;
  readonly format: RecordFormat;
}

/** How the JSON objects of one source, bare or as text inside a connector's, are read: each holds one act or several. */
export class ObjectFormat {
  readonly source: Source;
  readonly #isWrapped: boolean;
  /** The format of the first act, the second, and so on. */
  readonly #formats: RecordFormat[] = [];

  constructor(source: Source, isWrapped: boolean) {
    this.source = source;
    this.#isWrapped = isWrapped;
  }

  accepts(value: JsonObject): boolean {
    const record = this.#isWrapped ? unwrapRecord(value) : value;
    return record !== undefined && this.source.acceptsObject!(record);
  }

  /** All acts of an accepted object. One that cannot be read makes the object invalid as a whole. */
  read(value: JsonObject): readonly Act[] | Invalid {
    const records = this.#recordsIn(value);
    if (records.length === 0 || records.length > maxActs)
      return { invalid: `the record tells of ${records.length} acts, expected 1 to ${maxActs}` };
    const acts: Act[] = [];
    for (const [position, record] of records.entries()) {
      const reading = this.#readAct(record, position);
      if ('invalid' in reading) return reading;
      acts.push({ reading, record, format: this.formatAt(position) });
    }
    return acts;
  }

  /** The format of the act at a position of its object. */
  formatAt(position: number): RecordFormat {
    const parse = (raw: string): JsonObject => this.#recordsIn(JSON.parse(raw) as JsonObject)[position]!;
    this.#formats[position] ??= {
      source: this.source,
      reread: (raw) => this.#readAct(parse(raw), position),
      native: nativeBy(parse),
    };
    return this.#formats[position];
  }

  #recordsIn(value: JsonObject): readonly JsonObject[] {
    const record = this.#isWrapped ? unwrapRecord(value)! : value;
    return this.source.recordsIn?.(record) ?? [record];
  }

  /** The source gives the key of the object; its further acts are told apart by their position. */
  #readAct(record: JsonObject, position: number): Reading | Invalid {
    const reading = this.source.readObject!(record);
    if (position === 0 || 'invalid' in reading) return reading;
    return { ...reading, key: `${reading.key}#${position}` };
  }
}

/** Finds which source reads an object, as it stands or, failing that, as a connector keeps it. */
export class ObjectFormats {
  readonly #formats: readonly ObjectFormat[];
  /** The format of the latest record: most likely that of the next. */
  #latest: ObjectFormat | undefined;

  constructor(sources: readonly Source[]) {
    const reading = sources.filter((source) => source.acceptsObject !== undefined && source.readObject !== undefined);
    this.#formats = [false, true].flatMap((isWrapped) => reading.map((source) => new ObjectFormat(source, isWrapped)));
  }

  get latest(): ObjectFormat | undefined {
    return this.#latest;
  }

  find(value: JsonObject): ObjectFormat | undefined {
    if (this.#latest?.accepts(value)) return this.#latest;
    const found = this.#formats.find((format) => format.accepts(value));
    this.#latest = found ?? this.#latest;
    return found;
  }
}

/** The vendor's record that a connector keeps as text: Cribl and Splunk in `_raw`, Filebeat in `message` or `event.original`. */
export function unwrapRecord(value: JsonObject): JsonObject | undefined {
  const event = value['event'];
  const candidates = [value['_raw'], value['message'], isObject(event) ? event['original'] : undefined];
  const text = candidates.find((each) => typeof each === 'string' && /^\s*\{/.test(each));
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text as string);
    return isObject(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
