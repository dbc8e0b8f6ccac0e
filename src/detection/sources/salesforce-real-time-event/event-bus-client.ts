import {
  Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';
import {
  type FetchRequest,
  type FetchResponse,
  loadPubSub,
  type PubSubMethods,
  type SchemaInfo,
  type TopicInfo,
} from '#lib/salesforce-pub-sub.ts';

export interface Caller {
  readonly accessToken: string;
  readonly instanceUrl: string;
  readonly tenantId: string;
}

/** 100 events at the largest size that the vendor lets an event have are some 100 MB; they are never that large. */
const mostBytesOfAnswer = 64 * 1024 * 1024;

/** Plain text stays on this machine. */
const isHere = (endpoint: string): boolean => /^(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(endpoint);

/** One connection to the event bus under one session. Its calls reject with gRPC's ServiceError. */
export class EventBusClient {
  readonly #client: Client;
  readonly #longestCallMs: number;
  readonly #methods: PubSubMethods;
  readonly #metadata = new Metadata();
  readonly #calls = new Set<{ cancel(): void }>();

  /** A call that is answered once is given up after `longestCallMs`. */
  constructor(endpoint: string, caller: Caller, longestCallMs: number) {
    this.#longestCallMs = longestCallMs;
    const plain = isHere(endpoint);
    this.#client = new Client(endpoint, plain ? credentials.createInsecure() : credentials.createSsl(), {
      'grpc.max_receive_message_length': mostBytesOfAnswer,
      // Waits are the runner's, and a connection taken for dead must not be handed to the next reader.
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      ...(plain && { 'grpc.enable_http_proxy': 0 }),
    });
    this.#methods = loadPubSub();
    this.#metadata.set('accesstoken', caller.accessToken);
    this.#metadata.set('instanceurl', caller.instanceUrl);
    this.#metadata.set('tenantid', caller.tenantId);
  }

  topic(topicName: string): Promise<TopicInfo> {
    return this.#call(this.#methods.GetTopic, { topicName });
  }

  schema(schemaId: string): Promise<SchemaInfo> {
    return this.#call(this.#methods.GetSchema, { schemaId });
  }

  subscribe(): ClientDuplexStream<FetchRequest, FetchResponse> {
    const { path, requestSerialize, responseDeserialize } = this.#methods.Subscribe;
    const stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata);
    this.#calls.add(stream);
    return stream;
  }

  /** Ends every call, and the connection. */
  close(): void {
    for (const call of this.#calls) call.cancel();
    this.#client.close();
  }

  #call<Request, Answer>(
    { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Answer>,
    request: Request,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + this.#longestCallMs };
      const call: ClientUnaryCall = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata,
        options,
        (error, answer) => {
          this.#calls.delete(call);
          if (error !== null) reject(error);
          else resolve(answer as Answer);
        },
      );
      this.#calls.add(call);
    });
  }
}
