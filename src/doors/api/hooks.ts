import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Cordon } from '#cordon.ts';
import { sendError } from './answer-error.ts';

const bodyLimitBytes = 1 << 20;
const requestsPerMinute = 600;

/**
 * `/hooks/:name`: where vendors send events of live sources. No session stands before it: the source itself verifies
 * who sends, and what it answers goes back. 200 only once what came is durable.
 */
export async function serveHooks(app: FastifyInstance, cordon: Cordon): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.route({
      method: ['GET', 'POST'],
      url: '/hooks/:name',
      bodyLimit: bodyLimitBytes,
      config: { rateLimit: { max: requestsPerMinute, timeWindow: 60_000 } },
      schema: { hide: true },
      async handler(request, reply) {
        reply.header('cache-control', 'no-store');
        const { name } = request.params as { readonly name: string };
        const answer = await cordon.hook(name, {
          method: request.method,
          headers: headersOf(request),
          body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
        });
        if (answer === undefined)
          return sendError(reply, 404, { kind: 'gone', message: 'No live source is configured under this name.' });
        return reply.code(answer.status).type(answer.contentType).serializer(String).send(answer.body);
      },
    });
  });
}

/** Of a header that comes more than once, what HTTP makes of it: a list (RFC 9110 section 5.3). */
const headersOf = ({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
