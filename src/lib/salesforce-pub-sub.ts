import { fileURLToPath } from 'node:url';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Messages of the CRM's event bus; see the .proto file beside this one. What was not sent is empty or 0. */
export interface TopicInfo {
  readonly topicName: string;
  readonly tenantGuid: string;
  readonly canPublish: boolean;
  readonly canSubscribe: boolean;
  readonly schemaId: string;
  readonly rpcId: string;
}

export interface SchemaInfo {
  readonly schemaJson: string;
  readonly schemaId: string;
  readonly rpcId: string;
}

export const replayPresets = { latest: 0, earliest: 1, custom: 2 } as const;

export interface FetchRequest {
  readonly topicName?: string;
  readonly replayPreset?: number;
  readonly replayId?: Uint8Array;
  readonly numRequested: number;
}

export interface ConsumerEvent {
  readonly event: { readonly id: string; readonly schemaId: string; readonly payload: Buffer } | null;
  readonly replayId: Buffer;
}

export interface FetchResponse {
  readonly events: readonly ConsumerEvent[];
  readonly latestReplayId: Buffer;
  readonly rpcId: string;
  readonly pendingNumRequested: number;
}

/** The methods by their names on the wire; a type, since gRPC asks for one with an index. */
export type PubSubMethods = {
  readonly Subscribe: MethodDefinition<FetchRequest, FetchResponse>;
  readonly GetSchema: MethodDefinition<{ readonly schemaId: string }, SchemaInfo>;
  readonly GetTopic: MethodDefinition<{ readonly topicName: string }, TopicInfo>;
};

/** Reads the contract and makes its encoders and decoders; some 20 ms. Throws when the file is not there. */
export function loadPubSub(): PubSubMethods {
  const file = fileURLToPath(new URL('salesforce-pub-sub.proto', import.meta.url));
  // The loader knows the messages only at run time; that they are as declared above is what its tests hold.
  return loadSync(file, { defaults: true })['eventbus.v1.PubSub'] as unknown as PubSubMethods;
}
