import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type FetchRequest, type FetchResponse, replayPresets } from '#lib/salesforce-pub-sub.ts';
import { type EventBus, type KeptEvent, replayIdOf, type Topic } from './event-bus.ts';
import type { StandingFaults } from './faults.ts';
import { type ErrorCode, refuse } from './refuse.ts';

export interface Answering {
  readonly bus: EventBus;
  readonly faults: StandingFaults;
  /** Without traffic for so long, ms, a stream is told that it lives. */
  readonly keepAliveMs: number;
  /** Why a call with this metadata may not be answered, or undefined. */
  readonly refuseCaller: (call: Call) => ErrorCode | undefined;
}

export type Call = Pick<ServerDuplexStream<FetchRequest, FetchResponse>, 'metadata'>;
type Stream = ServerDuplexStream<FetchRequest, FetchResponse>;

/** A subscriber is owed at most so many events; whoever asks for more is owed these. "Pull Subscription and Flow Control". */
const mostOwed = 100;
/** So many events at most stand in one answer. */
const mostInAnswer = 40;

/** The Subscribe method: one topic's events for as long as the stream lives, never more than were asked for. */
export function answerSubscribe(answering: Answering, stream: Stream): void {
  const subscription = new Subscription(answering, stream);
  stream.on('data', (request: FetchRequest) => subscription.take(request));
  stream.on('end', () => subscription.end());
  stream.on('cancelled', () => subscription.stop());
  stream.on('error', () => subscription.stop());
}

class Subscription {
  readonly #answering: Answering;
  readonly #stream: Stream;
  readonly #fate: ReturnType<StandingFaults['ofStream']>;
  #topic: Topic | undefined;
  /** Up to here everything was sent. */
  #position = 0;
  #owed = 0;
  #answers = 0;
  #over = false;
  #unwatch: () => void = () => {};
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(answering: Answering, stream: Stream) {
    this.#answering = answering;
    this.#stream = stream;
    this.#fate = answering.faults.ofStream();
  }

  take(request: FetchRequest): void {
    if (this.#over) return;
    const fault = this.#topic === undefined ? this.#begin(request) : this.#misses(request, this.#topic);
    if (fault !== undefined) this.#refuse(fault);
    else if (request.numRequested <= 0) this.#refuse('subscription.fetch.requested.events.invalid');
    else {
      this.#owed = Math.min(mostOwed, this.#owed + request.numRequested);
      this.#send();
    }
  }

  /** The subscriber will ask for no more. */
  end(): void {
    if (!this.#over) this.#stream.end();
    this.stop();
  }

  stop(): void {
    this.#over = true;
    this.#unwatch();
    clearTimeout(this.#keepAlive);
  }

  #begin({ topicName = '', replayPreset, replayId }: FetchRequest): ErrorCode | undefined {
    const { bus, refuseCaller } = this.#answering;
    const refusal = refuseCaller(this.#stream);
    if (refusal !== undefined) return refusal;
    if (this.#fate.refusal !== undefined)
      return this.#fate.refusal === 'exhausted' ? 'service.protection.triggered' : 'service.unavailable';
    if (topicName === '') return 'topic.validation.empty';
    const topic = bus.topic(topicName);
    if (topic === undefined) return 'topic.not.found';
    if (topic.isSwitchedOff) return 'subscription.topic.cannot.subscribe';
    if (replayPreset === replayPresets.custom) {
      if (replayId === undefined || replayId.length === 0) return 'subscription.fetch.replayid.validation.failed';
      const position = bus.positionOf(topic, replayId);
      if (position === undefined) return 'subscription.fetch.replayid.corrupted';
      this.#position = position;
    } else this.#position = replayPreset === replayPresets.earliest ? bus.earliest(topic) : bus.latest(topic);
    if (this.#answering.faults.has('duplicates')) this.#position = this.#someBefore(topic);
    this.#topic = topic;
    this.#unwatch = bus.watch(() => this.#send());
    this.#rest();
    return undefined;
  }

  #misses({ topicName = '' }: FetchRequest, topic: Topic): ErrorCode | undefined {
    return topicName === '' || topicName === topic.name ? undefined : 'subscription.fetch.topic.mismatch';
  }

  #someBefore(topic: Topic): number {
    const before = topic.kept.filter(({ position }) => position <= this.#position);
    return (before.at(-3)?.position ?? this.#position + 1) - 1;
  }

  #send(): void {
    const { bus, faults } = this.#answering;
    while (!this.#over && this.#topic !== undefined && !faults.has('half-open')) {
      const isTwice = faults.has('duplicates') && this.#owed > 1;
      const most = Math.min(mostInAnswer, this.#owed);
      const events = bus.eventsBehind(this.#topic, this.#position, isTwice ? Math.floor(most / 2) : most);
      const last = events.at(-1);
      if (last === undefined) return;
      this.#position = last.position;
      const sent = isTwice ? events.flatMap((event) => [event, event]) : events;
      this.#owed -= sent.length;
      this.#answer(sent, last.position);
    }
  }

  #answer(events: readonly KeptEvent[], position: number): void {
    const refusal = this.#answering.refuseCaller(this.#stream);
    if (refusal === undefined) this.#write(events, position);
    if (refusal !== undefined) this.#refuse(refusal);
    else if (++this.#answers >= this.#fate.breaksAfter) this.#refuse('service.unavailable');
    else this.#rest();
  }

  #write(events: readonly KeptEvent[], position: number): void {
    const topic = this.#topic;
    if (topic !== undefined && events.length > 0) topic.sentUpTo = Math.max(topic.sentUpTo, position);
    this.#stream.write({
      events: events.map(({ id, schemaId, payload, position }) => ({
        event: { id, schemaId, payload },
        replayId: replayIdOf(position),
      })),
      latestReplayId: replayIdOf(position),
      rpcId: randomUUID(),
      pendingNumRequested: this.#owed,
    });
  }

  /** Until the next keep-alive, or an event that comes before. */
  #rest(): void {
    clearTimeout(this.#keepAlive);
    this.#keepAlive = setTimeout(() => {
      if (this.#over || this.#topic === undefined) return;
      if (this.#answering.faults.has('half-open')) return this.#rest();
      // An event that was not asked for yet must not be skipped.
      const { bus } = this.#answering;
      const isAtTip = bus.eventsBehind(this.#topic, this.#position, 1).length === 0;
      if (isAtTip) this.#position = bus.latest(this.#topic);
      this.#answer([], this.#position);
    }, this.#answering.keepAliveMs);
  }

  #refuse(code: ErrorCode): void {
    this.stop();
    this.#stream.emit('error', refuse(code, 'Subscribe'));
  }
}
