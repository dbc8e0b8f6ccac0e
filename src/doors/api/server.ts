import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Cordon } from '#cordon.ts';
import { success } from '#model/result.ts';
import type { Asker } from '#model/staff.ts';
import { admit, isOwnHost, localOperator } from './admission.ts';
import { sendError, sendFailure } from './answer-error.ts';
import type { Browser } from './browser.ts';
import { serveConsole } from './console-files.ts';
import { serveHooks } from './hooks.ts';
import type { Call } from './operation.ts';
import { type Route, routes } from './routes.ts';
import { apiError } from './schemas.ts';
import type { SignIn } from './sign-in/sign-in.ts';

const bodyLimitBytes = 256 * 1024;
/** Who sends slower than this holds a connection for nothing; Node looks for such only as often as it is told. */
const requestMs = 30_000;
const patience = { headersTimeout: 10_000, requestTimeout: requestMs, connectionsCheckingInterval: 5_000 };
const mostConnections = 2_000;
const requestsPerMinute = 1_200;
const signInRequestsPerMinute = 30;

export interface ServerOptions {
  readonly cordon: Cordon;
  readonly signIn: SignIn;
  /** `operator`: the caller came by the socket in the data directory and is the local operator. */
  readonly caller: 'network' | 'operator';
  /** Where the built console lies. */
  readonly consoleDirectory: string;
}

/** The HTTP server, not yet listening: every route of `routes.ts`, the OpenAPI document and the console. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { cordon, caller } = options;
  const { tls, publicUrl } = cordon.configuration;
  const app: FastifyInstance = fastify({
    bodyLimit: bodyLimitBytes,
    // Keys of events are made of what vendors write; the route's own schema bounds them.
    routerOptions: { maxParamLength: 1_000 },
    requestTimeout: requestMs,
    forceCloseConnections: true,
    trustProxy: publicUrl === undefined ? false : 'loopback',
    ...(tls && caller === 'network'
      ? { https: { ...patience, cert: readFileSync(tls.certificate), key: readFileSync(tls.key) } }
      : { http: patience }),
  } as object);
  app.server.maxConnections = mostConnections;
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => answerThrown(cordon, error, reply));
  if (caller === 'network') await guard(app, options);
  await app.register(cookie);
  await app.register(swagger, {
    openapi: { info: { title: 'Cordon', description: 'Times are ms since 1970 UTC.', version: cordon.version } },
    transform: jsonSchemaTransform,
  });
  await app.register(async (scope) => {
    for (const route of routes) register(scope, route, { ...options, closing: closing.signal });
    scope.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  await serveHooks(app, cordon);
  app.all('/api/*', { schema: { hide: true } }, async (_request, reply) =>
    sendError(reply, 404, {
      kind: 'gone',
      message: 'There is nothing at this address of the API; see /api/openapi.json.',
    }),
  );
  await serveConsole(app, options.consoleDirectory);
  return app;
}

async function guard(app: FastifyInstance, { cordon }: ServerOptions): Promise<void> {
  const { publicUrl, listen, tls } = cordon.configuration;
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnHost(request.headers.host ?? '', publicUrl, listen.host)) return;
    return sendError(reply, 421, { kind: 'forbidden', message: 'This Cordon does not answer to that name.' });
  });
  const isSecure = tls !== undefined || publicUrl?.startsWith('https:') === true;
  await app.register(helmet, {
    // Same-origin everything. Style attributes are set by the console's charts and popovers; elements are not.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    strictTransportSecurity: isSecure,
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) => ({ statusCode: 429, afterMs: ttl }),
  });
}

interface RouteOptions extends ServerOptions {
  readonly closing: AbortSignal;
}

function register(app: FastifyInstance, route: Route, options: RouteOptions): void {
  const { operation, path, method, admits } = route;
  const isDoor = method !== 'GET' && admits === 'anyone';
  app.route({
    method,
    url: path,
    config: isDoor ? { rateLimit: { max: signInRequestsPerMinute, timeWindow: 60_000 } } : {},
    schema: {
      summary: operation.summary,
      ...(operation.params && { params: operation.params }),
      ...(operation.query && { querystring: operation.query }),
      ...(operation.body && { body: operation.body }),
      ...(operation.kind === 'json' && { response: { 200: operation.answer, '4xx': apiError } }),
    },
    // Who may not ask learns nothing from how the request would have been parsed.
    preValidation: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const admitted = await admitOne(route, options, request);
      if (!admitted.ok) return sendFailure(reply, admitted.failure);
      request.setDecorator<Asker>('asker', admitted.value);
    },
    handler: (request, reply) => answer(route, options, request, reply),
  });
  if (!app.hasRequestDecorator('asker')) app.decorateRequest('asker', null);
}

const admitOne = (
  route: Route,
  { signIn, caller, cordon }: ServerOptions,
  request: FastifyRequest,
  looked?: 'looked',
) =>
  caller === 'operator'
    ? Promise.resolve(success(localOperator))
    : admit(signIn, route, request, originOf(cordon, request), request.cookies[cookieName(cordon)], looked);

async function answer(route: Route, options: RouteOptions, request: FastifyRequest, reply: FastifyReply) {
  const { cordon, signIn } = options;
  const { operation } = route;
  const asker = request.getDecorator<Asker>('asker');
  const call: Call = {
    cordon,
    signIn,
    asker,
    desk: cordon.desk(asker),
    browser: browserOf(cordon, request, reply),
    closing: options.closing,
    stillIn: async () => {
      const again = await admitOne(route, options, request, 'looked');
      return again.ok && again.value.permissions.symmetricDifference(asker.permissions).size === 0;
    },
    params: request.params,
    query: request.query,
    body: request.body,
  };
  if (operation.kind === 'own') return operation.run(call, reply);
  if (operation.kind === 'redirect') return reply.redirect(await operation.run(call), 303);
  const result = await operation.run(call);
  if (!result.ok) return sendFailure(reply, result.failure);
  if (operation.csv && (request.query as { format?: string }).format === 'csv') {
    reply.header('content-disposition', `attachment; filename="${operation.csv.name}.csv"`);
    return reply.type('text/csv; charset=utf-8').serializer(String).send(operation.csv.write(result.value));
  }
  return reply.send(result.value);
}

/** `__Host-` binds a cookie to this very host; browsers accept it only when Secure. */
const cookieName = (cordon: Cordon): string => (isSecure(cordon) ? '__Host-cordon' : 'cordon');

const isSecure = ({ configuration: { tls, publicUrl } }: Cordon): boolean =>
  tls !== undefined || publicUrl?.startsWith('https:') === true;

/** Our own origin as the asking browser sees it: the configured one, or that of this machine. */
function originOf({ configuration: { publicUrl } }: Cordon, request: FastifyRequest): string {
  const host = request.headers.host ?? 'localhost';
  const isPublic = publicUrl !== undefined && new URL(publicUrl).hostname === new URL(`http://${host}`).hostname;
  return isPublic ? new URL(publicUrl).origin : new URL(`${request.protocol}://${host}`).origin;
}

function browserOf(cordon: Cordon, request: FastifyRequest, reply: FastifyReply): Browser {
  const secure = isSecure(cordon);
  const name = cookieName(cordon);
  const journeyName = `${name}-journey`;
  const lasting = { path: '/', httpOnly: true, secure, sameSite: 'strict' as const };
  // The provider leads back from another site, which Strict cookies do not survive.
  const travelling = { ...lasting, sameSite: 'lax' as const, maxAge: 600 };
  return {
    address: request.ip,
    origin: originOf(cordon, request),
    target: request.url,
    session: request.cookies[name],
    journey: request.cookies[journeyName],
    keepSession: (secret) => void reply.setCookie(name, secret, lasting),
    forgetSession: () => void reply.clearCookie(name, lasting),
    keepJourney: (secret) =>
      void (secret === undefined
        ? reply.clearCookie(journeyName, travelling)
        : reply.setCookie(journeyName, secret, travelling)),
  };
}

/** What was thrown: a request that does not fit its schema, too much of something, or a bug, which is not explained. */
function answerThrown(cordon: Cordon, error: unknown, reply: FastifyReply): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const where = first?.instancePath.slice(1).replaceAll('/', '.') || (error.validationContext ?? 'request');
    return sendError(reply, 400, { kind: 'invalid', message: `${where}: ${first?.message ?? 'does not fit'}.`, where });
  }
  const { statusCode = 500, afterMs } = error as { statusCode?: number; afterMs?: number };
  if (statusCode === 429)
    return sendFailure(reply, { kind: 'later', afterMs: afterMs ?? 60_000, why: 'Too many requests' });
  if (statusCode >= 400 && statusCode < 500) {
    return sendError(reply, statusCode, { kind: 'invalid', message: 'This request cannot be read.' });
  }
  cordon.reportBug(error);
  const message =
    'Something broke on the server; what was stored before is untouched. The server has written down what.';
  return sendError(reply, 500, { kind: 'failed', message });
}
