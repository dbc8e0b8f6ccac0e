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
    // Most objects are one act: a list that grows would hold room for many.
    const [record] = records;
    if (records.length === 1 && record !== undefined) {
      const reading = this.#readAct(record, 0);
      return 'invalid' in reading ? reading : [{ reading, record, format: this.#formatAt(0) }];
    }
    const acts: Act[] = [];
    for (let position = 0; position < records.length; position++) {
      const record = records[position]!;
      const reading = this.#readAct(record, position);
      if ('invalid' in reading) return reading;
      acts.push({ reading, record, format: this.#formatAt(position) });
    }
    return acts;
  }

  /** How the act at a position of its object is read again. */
  #formatAt(position: number): RecordFormat {
    const known = this.#formats[position];
    if (known !== undefined) return known;
    const parse = (raw: string): JsonObject => this.#recordsIn(JSON.parse(raw) as JsonObject)[position]!;
    const reread = (raw: string): Reading | Invalid => this.#readAct(parse(raw), position);
    const format = { source: this.source, reread, native: nativeBy(parse) };
    this.#formats[position] = format;
    return format;
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
  readonly #bare: readonly ObjectFormat[];
  readonly #wrapped: readonly ObjectFormat[];
  /** The format of the latest record: most likely that of the next. */
  #latest: ObjectFormat | undefined;

  constructor(sources: readonly Source[]) {
    const reading = sources.filter((source) => source.acceptsObject !== undefined && source.readObject !== undefined);
    this.#bare = reading.map((source) => new ObjectFormat(source, false));
    this.#wrapped = reading.map((source) => new ObjectFormat(source, true));
  }

  get latest(): ObjectFormat | undefined {
    return this.#latest;
  }

  find(value: JsonObject): ObjectFormat | undefined {
    if (this.#latest?.accepts(value)) return this.#latest;
    const found = this.#bare.find((format) => format.accepts(value)) ?? this.#findWrapped(value);
    this.#latest = found ?? this.#latest;
    return found;
  }

  #findWrapped(value: JsonObject): ObjectFormat | undefined {
    const record = unwrapRecord(value);
    return record && this.#wrapped.find(({ source }) => source.acceptsObject!(record));
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
