import { randomInt, randomUUID } from 'node:crypto';
import { createSchema, type EventSchema, type StreamedEvent, streamedEvents } from './event-schemas.ts';

/** An event as the bus keeps it. */
export interface KeptEvent {
  readonly position: number;
  readonly id: string;
  readonly schemaId: string;
  readonly payload: Buffer;
  readonly publishedAt: number;
}

export interface Topic {
  readonly name: string;
  readonly event: StreamedEvent;
  schema: EventSchema;
  /** Oldest first. */
  kept: KeptEvent[];
  /** How far the bus has come. */
  tip: number;
  /** The newest position that was sent to anybody. */
  sentUpTo: number;
  /** Replay ids from before this position are known no more. */
  knownFrom: number;
  isSwitchedOff: boolean;
}

/** "Event Message Durability", Pub/Sub API guide. */
const retentionMs = 72 * 3_600_000;

const path = '/event/';

/** The org's event bus: topics that keep their events for 72 hours. Outlives the servers that answer for it. */
export class EventBus {
  readonly #clock: () => number;
  readonly #createdById: string;
  readonly #topics = new Map<string, Topic>();
  readonly #schemas = new Map<string, EventSchema>();
  readonly #waiting = new Set<() => void>();

  constructor(clock: () => number, createdById: string) {
    this.#clock = clock;
    this.#createdById = createdById;
    for (const event of streamedEvents) {
      const schema = createSchema(event);
      this.#schemas.set(schema.id, schema);
      const tip = randomInt(1_000_000, 2_000_000);
      const name = path + event;
      this.#topics.set(name, { name, event, schema, kept: [], tip, sentUpTo: 0, knownFrom: tip, isSwitchedOff: false });
    }
  }

  topic(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  topics(): readonly Topic[] {
    return [...this.#topics.values()];
  }

  schema(id: string): EventSchema | undefined {
    return this.#schemas.get(id);
  }

  /** `record` holds the fields of the event; its stored twin's line will do. The event's id. Throws a RangeError for an unknown topic. */
  publish(topicName: string, record: Readonly<Record<string, unknown>>): string {
    const topic = this.#known(topicName);
    const publishedAt = this.#clock();
    // Ids are not contiguous; how far they lie apart means nothing.
    topic.tip += randomInt(1, 40);
    const { schema } = topic;
    const id = randomUUID();
    topic.kept.push({
      position: topic.tip,
      id,
      schemaId: schema.id,
      payload: schema.encode({ CreatedDate: publishedAt, CreatedById: this.#createdById, ...record }),
      publishedAt,
    });
    for (const tell of [...this.#waiting]) tell();
    return id;
  }

  /** Calls `tell` after each event; the answer ends it. */
  watch(tell: () => void): () => void {
    this.#waiting.add(tell);
    return () => void this.#waiting.delete(tell);
  }

  /** The events behind a position, oldest first. */
  eventsBehind(topic: Topic, position: number, most: number): readonly KeptEvent[] {
    this.#purge(topic);
    const at = topic.kept.findIndex((event) => event.position > position);
    return at < 0 ? [] : topic.kept.slice(at, at + most);
  }

  /** A replay id that stands for now; the bus moves on, also where a topic is silent. */
  latest(topic: Topic): number {
    topic.tip += 1;
    return topic.tip;
  }

  /** Where EARLIEST begins. */
  earliest(topic: Topic): number {
    this.#purge(topic);
    return (topic.kept[0]?.position ?? topic.tip + 1) - 1;
  }

  /** The position that a replay id names, or undefined when it is malformed, was never given out, or is kept no more. */
  positionOf(topic: Topic, replayId: Uint8Array): number | undefined {
    this.#purge(topic);
    if (replayId.length !== replayIdBytes) return undefined;
    const bytes = Buffer.from(replayId);
    const position = Number(bytes.readBigUInt64BE(0));
    const isOurs = bytes.readUInt16BE(8) === 0 && position <= topic.tip && position >= topic.knownFrom;
    return isOurs ? position : undefined;
  }

  /** All replay ids that were given out are refused from now on; the events stay, under new ids. */
  renumber(): void {
    for (const topic of this.#topics.values()) {
      topic.knownFrom = topic.tip + 1;
      const { sentUpTo } = topic;
      for (const [at, event] of topic.kept.entries()) {
        topic.tip += randomInt(1, 40);
        if (event.position <= sentUpTo) topic.sentUpTo = topic.tip;
        topic.kept[at] = { ...event, position: topic.tip };
      }
      if (topic.kept.length === 0) topic.tip += 1;
    }
  }

  /**
   * All that is kept is forgotten, and its replay ids are refused, as if the 72 hours were over. The ids of those events
   * that were never sent to anybody.
   */
  forget(topicName?: string): readonly string[] {
    const unsent: string[] = [];
    for (const topic of topicName === undefined ? this.#topics.values() : [this.#known(topicName)]) {
      unsent.push(...topic.kept.filter(({ position }) => position > topic.sentUpTo).map(({ id }) => id));
      topic.kept = [];
      topic.tip += 1;
      topic.knownFrom = topic.tip;
    }
    return unsent;
  }

  /** A new release adds a field: later events come under another schema. */
  changeSchema(topicName: string): void {
    const topic = this.#known(topicName);
    topic.schema = createSchema(topic.event, [`FieldOfTheNextRelease${this.#schemas.size}:long`]);
    this.#schemas.set(topic.schema.id, topic.schema);
  }

  #known(topicName: string): Topic {
    const topic = this.#topics.get(topicName);
    if (topic === undefined) throw new RangeError(`the event bus has no topic ${topicName}`);
    return topic;
  }

  #purge(topic: Topic): void {
    const before = this.#clock() - retentionMs;
    const gone = topic.kept.findIndex((event) => event.publishedAt >= before);
    const count = gone < 0 ? topic.kept.length : gone;
    if (count === 0) return;
    topic.knownFrom = Math.max(topic.knownFrom, topic.kept[count - 1]!.position + 1);
    topic.kept = topic.kept.slice(count);
  }
}

const replayIdBytes = 10;

/** Ten bytes: a position and two that are 0, as seen of the real one. */
export function replayIdOf(position: number): Buffer {
  const bytes = Buffer.alloc(replayIdBytes);
  bytes.writeBigUInt64BE(BigInt(position), 0);
  return bytes;
}
