import type { FastifyReply } from 'fastify';
import { describeFailure } from '#model/result.ts';
import type { ApiError } from '#model/wire.ts';
import type { ApiFailure } from './api-failure.ts';

const statusOf = {
  invalid: 400,
  'not-signed-in': 401,
  refused: 403,
  broken: 502,
  gone: 404,
  conflict: 409,
  later: 429,
} as const satisfies Record<ApiFailure['kind'], number>;

const kindOf: Readonly<Record<ApiFailure['kind'], ApiError['kind']>> = {
  invalid: 'invalid',
  'not-signed-in': 'not-signed-in',
  refused: 'forbidden',
  broken: 'failed',
  gone: 'gone',
  conflict: 'conflict',
  later: 'too-many',
};

export const sendError = (reply: FastifyReply, status: number, error: ApiError): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify({ error }));

/** The one place where a failure becomes a status and a sentence. */
export function sendFailure(reply: FastifyReply, failure: ApiFailure): FastifyReply {
  if (failure.kind === 'later') reply.header('retry-after', Math.ceil(failure.afterMs / 1000));
  const message =
    failure.kind === 'conflict' || failure.kind === 'not-signed-in' ? failure.why : `${describeFailure(failure)}.`;
  return sendError(reply, statusOf[failure.kind], {
    kind: kindOf[failure.kind],
    message,
    ...(failure.kind === 'invalid' && { where: failure.where }),
  });
}
