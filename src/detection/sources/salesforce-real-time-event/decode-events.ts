import avro from 'avsc';
import type { ConsumerEvent } from '#lib/salesforce-pub-sub.ts';

/** One event as a line of NDJSON that `source.ts` reads. */
export interface Line {
  readonly text: string;
  /** Event time, ms since 1970 UTC; undefined where the payload does not say. */
  readonly time: number | undefined;
  readonly isReadable: boolean;
}

/** Longs as numbers while those are exact, as text beyond: JSON knows no others. */
const longs = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer): number | string => {
    const value = bytes.readBigInt64LE();
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  },
  toBuffer: (value: number | string): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number | string) => value,
  toJSON: (value: number | string) => value,
  isValid: (value: unknown) => typeof value === 'number' || typeof value === 'string',
  compare: (one: number | string, other: number | string) => Number(BigInt(one) - BigInt(other)),
});

type Decode = (payload: Buffer) => Readonly<Record<string, unknown>>;

/** The schemas of one topic by their ids, each asked for once; a new release brings another in mid-stream. */
export class EventDecoder {
  readonly #topic: string;
  readonly #schemas = new Map<string, Decode>();

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** Asks for schemas it does not know yet; rejects as the asking does. */
  async lines(
    events: readonly ConsumerEvent[],
    schemaOf: (schemaId: string) => Promise<{ readonly schemaJson: string }>,
  ): Promise<readonly Line[]> {
    for (const { event } of events) {
      if (event === null || this.#schemas.has(event.schemaId)) continue;
      this.#schemas.set(event.schemaId, decodeBy((await schemaOf(event.schemaId)).schemaJson));
    }
    return events.flatMap(({ event, replayId }) => (event === null ? [] : this.#line(event, replayId)));
  }

  /** What cannot be decoded is handed on as it came: no source reads it, and it is put into quarantine. */
  #line({ id, schemaId, payload }: NonNullable<ConsumerEvent['event']>, replayId: Buffer): Line {
    const delivery = { topicName: this.#topic, replayId: replayId.toString('base64') };
    try {
      const record = this.#schemas.get(schemaId)!(payload);
      const text = JSON.stringify({ ...delivery, payload: { EventUuid: id, ...record } });
      return { text, time: timeOf(record['EventDate']), isReadable: true };
    } catch (error) {
      const fault = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
      const text = JSON.stringify({ ...delivery, schemaId, fault, undecoded: payload.toString('base64') });
      return { text, time: undefined, isReadable: false };
    }
  }
}

function decodeBy(schemaJson: string): Decode {
  try {
    const type = avro.Type.forSchema(JSON.parse(schemaJson), { registry: { long: longs } });
    return (payload) => type.fromBuffer(payload);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}
