import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type FetchRequest, type FetchResponse, replayPresets } from '#lib/salesforce-pub-sub.ts';
import type { Cursor, Step, Surroundings } from '#model/live-source.ts';
import type { Failure } from '#model/result.ts';
import type { SalesforceSession, SalesforceSignIn } from '../salesforce-sign-in.ts';
import { EventDecoder, type Line } from './decode-events.ts';
import { EventBusClient } from './event-bus-client.ts';
import { eventBus, explainTrouble, isServiceError, notAllowed, type Trouble } from './explain-trouble.ts';
import { cursorOf, gapBefore, type Place, placeOf } from './place.ts';
import type { PubSubSettings } from './pub-sub-settings.ts';

export interface Following {
  readonly topic: string;
  readonly settings: PubSubSettings;
  readonly signIn: SalesforceSignIn;
  readonly surroundings: Surroundings;
}

/**
 * Follows one topic of the event bus until it breaks. A session that ends is replaced and a replay id that is refused is
 * given up for the earliest event that is kept, both at once; every other failure ends it.
 */
export const followTopic = (following: Following, cursor: Cursor | undefined, since: number): AsyncIterable<Step> =>
  new TopicReader(following, placeOf(cursor), since).steps();

/** The vendor owes a subscriber at most so many events, whatever was asked for. */
const mostOwed = 100;
/** A session that is refused sooner after another was is not the matter. */
const shortestSessionMs = 60_000;
const longestCallMs = 30_000;

class TopicReader {
  readonly #following: Following;
  readonly #since: number;
  readonly #decoder: EventDecoder;
  #place: Place;
  /** Why the replay id was refused, until it is known what may be missing. */
  #refusal: string | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(following: Following, place: Place, since: number) {
    this.#following = following;
    this.#place = place;
    this.#since = since;
    this.#decoder = new EventDecoder(following.topic);
  }

  async *steps(): AsyncGenerator<Step, void, undefined> {
    for (;;) {
      const opened = await this.#following.signIn.session();
      const failure = opened.ok ? this.#recover(yield* this.#connect(opened.value), opened.value) : opened.failure;
      if (failure === undefined) continue;
      yield { kind: 'failed', failure };
      return;
    }
  }

  /** Undefined where reading may go on at once. */
  #recover(trouble: Trouble, session: SalesforceSession): Failure | undefined {
    const { signIn, surroundings, topic } = this.#following;
    switch (trouble.kind) {
      case 'failed':
        return trouble.failure;
      case 'session': {
        signIn.discard(session);
        const now = surroundings.clock();
        const isNew = now - this.#renewedAt < shortestSessionMs;
        this.#renewedAt = now;
        return isNew ? { kind: 'refused', by: eventBus, why: trouble.why } : undefined;
      }
      case 'replay-id': {
        const { replayId, ...place } = this.#place;
        if (replayId === undefined)
          return { kind: 'invalid', where: `${eventBus}, ${topic}`, found: trouble.why, expected: 'events' };
        this.#place = place;
        this.#refusal = trouble.why;
        return undefined;
      }
    }
  }

  async *#connect({ accessToken, organizationId }: SalesforceSession): AsyncGenerator<Step, Trouble, undefined> {
    const { topic, settings, surroundings } = this.#following;
    const { instanceUrl, tenantId = organizationId } = settings;
    const longestMs = Math.min(longestCallMs, settings.silentAfterSeconds * 1000);
    const client = new EventBusClient(settings.endpoint, { accessToken, instanceUrl, tenantId }, longestMs);
    const close = (): void => client.close();
    surroundings.signal.addEventListener('abort', close, { once: true });
    try {
      const { canSubscribe } = await client.topic(topic);
      if (!canSubscribe) return { kind: 'failed', failure: notAllowed(topic, 'can_subscribe is false') };
      return yield* this.#subscribe(client);
    } catch (error) {
      if (!isServiceError(error)) throw error;
      return explainTrouble(error, topic);
    } finally {
      surroundings.signal.removeEventListener('abort', close);
      close();
    }
  }

  /** Asks for more only when the runner asked for the next step: what it has not taken is never more than is owed. */
  async *#subscribe(client: EventBusClient): AsyncGenerator<Step, Trouble, undefined> {
    const stream = client.subscribe();
    const answers = answersOf(stream);
    let request: Omit<FetchRequest, 'numRequested'> = this.#firstRequest();
    let owed = 0;
    for (;;) {
      if (owed <= mostOwed / 2) {
        stream.write({ ...request, numRequested: mostOwed - owed });
        [request, owed] = [{}, mostOwed];
      }
      const answer = await this.#within(answers.next());
      if (answer === undefined) return broken(this.#silence());
      if (answer.done) return broken('it ended the stream');
      const { events } = answer.value;
      owed = Math.max(0, owed - events.length);
      const lines = await this.#decoder.lines(events, (schemaId) => client.schema(schemaId));
      yield* this.#stepsOf(lines, events.at(-1)?.replayId ?? answer.value.latestReplayId);
    }
  }

  #firstRequest(): Omit<FetchRequest, 'numRequested'> {
    const { replayId } = this.#place;
    const { earliest, custom } = replayPresets;
    return {
      topicName: this.#following.topic,
      ...(replayId === undefined
        ? { replayPreset: earliest }
        : { replayPreset: custom, replayId: Buffer.from(replayId, 'base64') }),
    };
  }

  *#stepsOf(lines: readonly Line[], replayId: Buffer): Generator<Step> {
    const now = this.#following.surroundings.clock();
    const times = lines.flatMap(({ time }) => time ?? []);
    if (this.#refusal !== undefined) {
      const found = gapBefore(this.#place, this.#since, times, now);
      const why = `Salesforce takes the place up to which ${this.#following.topic} was read no more (${this.#refusal}); what it kept no longer may be missing.`;
      this.#refusal = undefined;
      if (found !== undefined) yield { kind: 'gap', gap: { ...found, why }, cursor: cursorOf(this.#place) };
    }
    this.#place = {
      ...this.#place,
      ...(replayId.length > 0 && { replayId: replayId.toString('base64') }),
      ...(lines.length === 0 && { quietAt: now }),
      ...(times.length > 0 && { newest: Math.max(this.#place.newest ?? 0, ...times) }),
    };
    const wanted = lines.filter(({ time }) => time === undefined || time >= this.#since);
    const pieces = wanted.length === 0 ? [] : [{ name: this.#pieceName(), content: ndjson(wanted), arrivedAt: now }];
    yield { kind: 'read', pieces, cursor: cursorOf(this.#place) };
  }

  #pieceName(): string {
    return `salesforce-real-time-event: ${this.#following.topic}`;
  }

  /** Undefined when nothing came for so long that the connection must be dead. */
  async #within<Value>(answer: Promise<Value>): Promise<Value | undefined> {
    const { promise: silence, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), this.#following.settings.silentAfterSeconds * 1000);
    try {
      return await Promise.race([answer, silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #silence(): string {
    const { silentAfterSeconds } = this.#following.settings;
    return `nothing came for ${silentAfterSeconds} s, not even the keep-alive that is due within 270 s`;
  }
}

/** What comes, and gRPC's error when it ends badly, also where nobody waits for it at that moment. */
function answersOf(stream: ClientDuplexStream<FetchRequest, FetchResponse>): AsyncIterator<FetchResponse> {
  stream.on('error', () => undefined);
  return stream[Symbol.asyncIterator]();
}

const broken = (why: string): Trouble => ({ kind: 'failed', failure: { kind: 'broken', by: eventBus, why } });

/** What cannot be read stands last: a piece is recognised by how it begins. */
function ndjson(lines: readonly Line[]): Buffer {
  const sorted = [...lines.filter(({ isReadable }) => isReadable), ...lines.filter(({ isReadable }) => !isReadable)];
  return Buffer.from(sorted.map(({ text }) => `${text}\n`).join(''));
}
