import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Failure } from '#model/result.ts';

/** What a call that ended badly calls for. */
export type Trouble =
  /** The session ended or is not accepted. */
  | { readonly kind: 'session'; readonly why: string }
  /** The replay id is malformed, from before a reset, or older than what is kept. */
  | { readonly kind: 'replay-id'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export const eventBus = 'the event bus of Salesforce';

const prefix = 'sfdc.platform.eventbus.grpc.';
const mostOfAMessage = 300;

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata && 'code' in error;

/** By the code in the trailers, and where there is none by gRPC's status. "Handle Errors", Pub/Sub API guide. */
export function explainTrouble(error: ServiceError, topic: string): Trouble {
  const code = String(error.metadata.get('error-code')[0] ?? '').replace(prefix, '');
  const why = sentenceOf(error, code);
  switch (code) {
    case 'service.auth.error':
    case 'service.auth.refresh.invalid':
      return { kind: 'session', why };
    case 'subscription.fetch.replayid.corrupted':
    case 'subscription.fetch.replayid.validation.failed':
      return { kind: 'replay-id', why };
    case 'subscription.topic.cannot.subscribe':
    case 'topic.meta.permission':
      return { kind: 'failed', failure: notAllowed(topic, why) };
    case 'service.tenant.license':
      return { kind: 'failed', failure: { kind: 'refused', by: eventBus, why } };
  }
  return byStatus(error.code, topic, why);
}

function byStatus(code: status, topic: string, why: string): Trouble {
  switch (code) {
    case status.UNAUTHENTICATED:
      return { kind: 'session', why };
    case status.PERMISSION_DENIED:
      return { kind: 'failed', failure: notAllowed(topic, why) };
    case status.NOT_FOUND:
      return { kind: 'failed', failure: { kind: 'gone', what: `${topic} in this org (${why})` } };
    case status.INVALID_ARGUMENT:
    case status.UNIMPLEMENTED:
      return {
        kind: 'failed',
        failure: { kind: 'invalid', where: `${eventBus}, ${topic}`, found: why, expected: 'a subscription' },
      };
    default:
      return { kind: 'failed', failure: { kind: 'broken', by: eventBus, why } };
  }
}

export const notAllowed = (topic: string, why: string): Failure => ({
  kind: 'refused',
  by: eventBus,
  why: `${topic} may not be read (${why}): its streaming must be switched on in the Event Manager, and Cordon's user needs "View Real-Time Event Monitoring Data"`,
});

function sentenceOf(error: ServiceError, code: string): string {
  const said = error.details.replace(/\s+/g, ' ').slice(0, mostOfAMessage).trim();
  return `${status[error.code] ?? error.code}${code === '' ? '' : `, ${code.slice(0, 100)}`}: ${said}`;
}
