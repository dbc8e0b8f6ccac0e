import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { loadPubSub, type SchemaInfo, type TopicInfo } from '#lib/salesforce-pub-sub.ts';
import { type Answering, answerSubscribe, type Call } from './answer-subscribe.ts';
import { EventBus } from './event-bus.ts';
import { type PubSubFault, StandingFaults } from './faults.ts';
import { type ErrorCode, refuse } from './refuse.ts';

export interface PubSubOptions {
  /** Chosen by the system when absent. */
  readonly port?: number;
  readonly host?: string;
  /** Without traffic for so long, ms, a stream is told that it lives; 270 s when absent, as documented. */
  readonly keepAliveMs?: number;
}

/** Whose event bus this is, and who may read it. */
export interface PubSubOwner {
  readonly organizationId: string;
  readonly instanceUrl: () => string;
  readonly isSession: (accessToken: string) => boolean;
  readonly clock: () => number;
  /** The user in whose name the platform publishes. */
  readonly createdById: string;
}

export interface PubSub {
  /** `127.0.0.1:50123`; plain HTTP/2. */
  readonly endpoint: string;
  readonly topics: readonly string[];
  /** `record` holds the fields of the event, or of its stored twin. The event's id; a RangeError for an unknown topic. */
  readonly publish: (topic: string, record: Readonly<Record<string, unknown>>) => string;
  /** Begins or ends what goes wrong until it is ended. */
  readonly setFault: (fault: PubSubFault, stands: boolean) => void;
  readonly clearFaults: () => void;
  /** Replay ids given out so far are refused; the events stay. */
  readonly expireReplayIds: () => void;
  /** What is kept of a topic, or of all, is lost, and replay ids from before are refused. The ids of what was never sent. */
  readonly forget: (topic?: string) => readonly string[];
  /** Later events of the topic come under a new schema. */
  readonly changeSchema: (topic: string) => void;
  /** As in the Event Manager: the topic may not be subscribed to. */
  readonly switchOff: (topic: string, isOff: boolean) => void;
  /** Kills the server and starts it again at the same address: connections are cut, events are kept. */
  readonly restart: () => Promise<void>;
  readonly close: () => void;
}

/** Serves the event bus of the emulated org over gRPC. Rejects when it cannot listen. */
export async function servePubSub(owner: PubSubOwner, options: PubSubOptions = {}): Promise<PubSub> {
  const bus = new EventBus(owner.clock, owner.createdById);
  const faults = new StandingFaults();
  const refuseCaller = ({ metadata }: Call): ErrorCode | undefined => {
    const [token, instance, tenant] = ['accesstoken', 'instanceurl', 'tenantid'].map((name) =>
      String(metadata.get(name)[0] ?? ''),
    );
    if (!token || !instance || !tenant) return 'service.auth.headers.invalid';
    const isRight = owner.isSession(token) && instance === owner.instanceUrl() && tenant === owner.organizationId;
    return isRight ? undefined : 'service.auth.error';
  };
  const answering = { bus, faults, refuseCaller, keepAliveMs: options.keepAliveMs ?? 270_000 };
  const host = options.host ?? '127.0.0.1';
  let server = createServer(answering, owner.organizationId);
  const port = await listen(server, host, options.port ?? 0);
  const topicOf = (name: string) => {
    const topic = bus.topic(name);
    if (topic === undefined) throw new RangeError(`the event bus has no topic ${name}`);
    return topic;
  };
  return {
    endpoint: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    topics: bus.topics().map(({ name }) => name),
    publish: (topic, record) => bus.publish(topic, record),
    setFault: (fault, stands) => faults.set(fault, stands),
    clearFaults: () => faults.clear(),
    expireReplayIds: () => bus.renumber(),
    forget: (topic) => bus.forget(topic),
    changeSchema: (topic) => bus.changeSchema(topic),
    switchOff: (topic, isOff) => {
      topicOf(topic).isSwitchedOff = isOff;
    },
    restart: async () => {
      server.forceShutdown();
      server = createServer(answering, owner.organizationId);
      await listen(server, host, port);
    },
    close: () => server.forceShutdown(),
  };
}

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });

type Unary<Request, Answer> = (call: ServerUnaryCall<Request, Answer>, reply: sendUnaryData<Answer>) => void;

function createServer(answering: Answering, tenantGuid: string): Server {
  const { bus, faults, refuseCaller } = answering;
  const getTopic: Unary<{ readonly topicName: string }, TopicInfo> = (call, reply) => {
    if (faults.has('half-open')) return;
    const { topicName } = call.request;
    const topic = bus.topic(topicName);
    const refusal =
      refuseCaller(call) ??
      (topicName === '' ? 'topic.validation.empty' : topic === undefined ? 'topic.not.found' : undefined);
    if (refusal !== undefined || topic === undefined) return reply(refuse(refusal ?? 'topic.not.found', 'GetTopic'));
    reply(null, {
      topicName,
      tenantGuid,
      canPublish: false,
      canSubscribe: !topic.isSwitchedOff,
      schemaId: topic.schema.id,
      rpcId: randomUUID(),
    });
  };
  const getSchema: Unary<{ readonly schemaId: string }, SchemaInfo> = (call, reply) => {
    if (faults.has('half-open')) return;
    const { schemaId } = call.request;
    const schema = bus.schema(schemaId);
    const refusal = refuseCaller(call) ?? (schemaId === '' ? 'schema.validation.failed' : undefined);
    if (refusal !== undefined || schema === undefined)
      return reply(refuse(refusal ?? 'schema.meta.permission', 'GetSchema'));
    reply(null, { schemaJson: schema.json, schemaId, rpcId: randomUUID() });
  };
  const server = new Server();
  server.addService(loadPubSub(), {
    Subscribe: (call: Parameters<typeof answerSubscribe>[1]) => answerSubscribe(answering, call),
    GetTopic: getTopic,
    GetSchema: getSchema,
  });
  return server;
}
