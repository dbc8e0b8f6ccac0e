import { randomUUID } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';

const prefix = 'sfdc.platform.eventbus.grpc.';

/** The error codes of "Handle Errors" in the Pub/Sub API guide that this emulator has use for, with their gRPC status. */
const errors = {
  'service.auth.headers.invalid': [status.UNAUTHENTICATED, 'Authentication header value is invalid or blank.'],
  'service.auth.error': [
    status.UNAUTHENTICATED,
    'An authentication exception occurred. Provide valid authentication via metadata headers.',
  ],
  'service.unavailable': [status.UNAVAILABLE, 'The service is unavailable. Try again later.'],
  'service.protection.triggered': [status.RESOURCE_EXHAUSTED, 'Too many connections or requests. Try again later.'],
  'topic.not.found': [status.NOT_FOUND, "The topic doesn't exist."],
  'topic.validation.empty': [status.INVALID_ARGUMENT, 'The topic name is blank.'],
  'schema.validation.failed': [status.INVALID_ARGUMENT, 'The schema ID is blank or missing.'],
  'schema.meta.permission': [status.PERMISSION_DENIED, 'The schema is not accessible. Verify the schema ID.'],
  'subscription.topic.cannot.subscribe': [
    status.PERMISSION_DENIED,
    'The user has insufficient permissions to subscribe to the topic.',
  ],
  'subscription.fetch.replayid.corrupted': [
    status.INVALID_ARGUMENT,
    'The Replay ID validation failed. Ensure that the Replay ID is valid and within the retention window.',
  ],
  'subscription.fetch.replayid.validation.failed': [
    status.INVALID_ARGUMENT,
    'The Replay Preset is CUSTOM and the Replay ID is missing.',
  ],
  'subscription.fetch.requested.events.invalid': [
    status.INVALID_ARGUMENT,
    'The number of requested events must be greater than zero.',
  ],
  'subscription.fetch.topic.mismatch': [
    status.INVALID_ARGUMENT,
    'The topic name must be the same in all requests of a stream.',
  ],
} as const satisfies Record<string, readonly [status, string]>;

export type ErrorCode = keyof typeof errors;

/** How a call ends with an error: status, message, and the code in the trailers. */
export function refuse(code: ErrorCode, method: string) {
  const [grpcStatus, message] = errors[code];
  const rpcId = randomUUID();
  const metadata = new Metadata();
  metadata.set('error-code', prefix + code);
  metadata.set('rpc-id', rpcId);
  metadata.set('type', method);
  return { code: grpcStatus, details: `${message} rpcId: ${rpcId}`, metadata };
}
