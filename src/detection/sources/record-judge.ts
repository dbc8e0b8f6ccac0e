import type { Invalid, JsonObject, Reading } from '#model/source.ts';
import { ReadEvent } from './read-event.ts';
import type { RecordFormat } from './record-format.ts';
import type { SeenKeys } from './seen-keys.ts';
import type { SpanList } from './span-list.ts';

/** Where a record stands, in bytes of the input: `[start, end)` the record, `[start, next)` with its line end. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Decides the fate of each record that a source has looked at. */
export class RecordJudge {
  readonly spans: SpanList;
  readonly #file: string;
  readonly #seen: SeenKeys | undefined;
  readonly #arrivalOf: (time: number) => number;

  /** Without `seen` nothing counts as a duplicate. */
  constructor(file: string, spans: SpanList, seen: SeenKeys | undefined, arrivalOf: (time: number) => number) {
    this.spans = spans;
    this.#file = file;
    this.#seen = seen;
    this.#arrivalOf = arrivalOf;
  }

  /** `from`: where its span begins; at `place.next` for further acts of a record that has its span. */
  judge(
    reading: Reading | Invalid,
    format: RecordFormat,
    place: Place,
    raw: string,
    fields: JsonObject | undefined,
    from = place.start,
  ): void {
    const { start, end, next } = place;
    const source = format.source.name;
    if ('invalid' in reading) {
      this.spans.quarantine(start, next - start, reading.invalid, source);
      return;
    }
    const origin = { file: this.#file, offset: start, bytes: end - start };
    const event = new ReadEvent(reading, format, this.#arrivalOf(reading.time), origin, raw, fields);
    if (this.#seen?.add(ReadEvent.identityOf(event)) === false)
      this.spans.add({ fate: 'duplicate', offset: from, bytes: next - from, source });
    else this.spans.add({ fate: 'accepted', offset: from, bytes: next - from, event, format });
  }
}
