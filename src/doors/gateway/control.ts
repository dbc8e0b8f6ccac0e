import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { GatewayDesk } from '#gateway/desk/gateway-desk.ts';
import { describeFailure, type Failure, failure, type Result, success } from '#model/result.ts';

/** Whoever may open the socket is the operator of the gateway's machine, or the main house on the same machine. */
export interface Control {
  readonly socket: string;
  close(): Promise<void>;
}

const words = z.string().min(1).max(2000);
const time = z.coerce.number().int().nonnegative();
const window = { from: time.optional(), to: time.optional() };

const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token'), token: words, ...window }),
  z.strictObject({ kind: z.literal('integration'), integration: words, ...window }),
  z.strictObject({ kind: z.literal('customer'), customer: z.string().regex(/^\w{15}(\w{3})?$/), ...window }),
  z.strictObject({ kind: z.literal('window'), integrations: z.array(words).min(1), from: time, to: time }),
]);

const rows = z.strictObject({ atLeast: z.number().nonnegative(), atMost: z.number().nonnegative().optional() });
const knownIntegration = z.strictObject({ name: words, users: z.array(words), uid: words.optional(), rows });

const registration = z.strictObject({ registration: z.looseObject({}), policy: z.string().min(1) });

const act = z.strictObject({ by: words, why: words });

/** A route's path with `:name` for one segment, and what it does. */
interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly run: (asked: Asked, desk: GatewayDesk) => Promise<Answer>;
}

interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Answer = Result<unknown> | { readonly lines: AsyncIterable<string> };

const routes: readonly Route[] = [
  { method: 'GET', path: '/gateway', run: async (_, desk) => success(await desk.view()) },
  {
    method: 'POST',
    path: '/gateway/known',
    run: ({ body }, desk) =>
      reading(z.array(knownIntegration).max(5000), body, async (known) => {
        desk.tellKnown(present(known));
        return success({});
      }),
  },
  {
    method: 'GET',
    path: '/gateway/river',
    run: (asked, desk) =>
      reading(
        z.strictObject({ from: time, to: time, step: time.min(1000) }),
        asked.query,
        async ({ from, to, step }) =>
          (to - from) / step > 5000
            ? failure({ kind: 'invalid', where: 'step', found: `${step} ms`, expected: 'at most 5,000 steps' })
            : success(await desk.river(from, to, step)),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/exposure',
    run: (asked, desk) => reading(question, asked.body, (about) => desk.exposure(present(about))),
  },
  {
    method: 'POST',
    path: '/gateway/exposure/customers',
    run: (asked, desk) =>
      reading(question, asked.body, async (about) => {
        const ids = await desk.customers(present(about));
        return ids.ok ? { lines: ids.value } : ids;
      }),
  },
  { method: 'GET', path: '/gateway/reach/:integration', run: ({ params }, desk) => desk.reach(params['integration']!) },
  {
    method: 'GET',
    path: '/gateway/policies/:integration',
    run: async ({ params }, desk) => desk.policy(params['integration']!),
  },
  {
    method: 'POST',
    path: '/gateway/policies/:integration',
    run: ({ params, body }, desk) =>
      reading(act.extend({ yaml: z.string().min(1) }), body, async ({ yaml, by, why }) =>
        desk.propose(params['integration']!, yaml, by, why),
      ),
  },
  {
    method: 'POST',
    path: '/gateway/proposals/:id/approve',
    run: ({ params, body }, desk) =>
      reading(z.strictObject({ by: words }), body, async ({ by }) => desk.approve(params['id']!, by)),
  },
  {
    method: 'POST',
    path: '/gateway/proposals/:id/reject',
    run: ({ params, body }, desk) => reading(act, body, async ({ by, why }) => desk.reject(params['id']!, by, why)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations',
    run: ({ body }, desk) =>
      reading(z.strictObject({ by: words, form: registration }), body, ({ form, by }) => desk.register(form, by)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations/:name/suspend',
    run: ({ params, body }, desk) => reading(act, body, ({ by, why }) => desk.suspend(params['name']!, by, why)),
  },
  {
    method: 'POST',
    path: '/gateway/integrations/:name/resume',
    run: ({ params, body }, desk) => reading(act, body, ({ by, why }) => desk.resume(params['name']!, by, why)),
  },
  {
    method: 'GET',
    path: '/gateway/learn/:integration',
    run: ({ params, query }, desk) =>
      reading(z.strictObject({ from: time, to: time }), query, ({ from, to }) =>
        desk.learn(params['integration']!, from, to),
      ),
  },
];

/** Values that zod leaves as `undefined` are absent. */
function present<Value>(value: Value): WithoutUndefined<Value> {
  return JSON.parse(JSON.stringify(value)) as WithoutUndefined<Value>;
}
type WithoutUndefined<Value> = Value extends readonly (infer Each)[]
  ? WithoutUndefined<Each>[]
  : Value extends object
    ? { [Key in keyof Value]: WithoutUndefined<Exclude<Value[Key], undefined>> }
    : Value;

async function reading<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  run: (value: z.infer<Schema>) => Promise<Answer>,
): Promise<Answer> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return run(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue!.path.join('.') || 'the request';
  return failure({ kind: 'invalid', where, found: 'something else', expected: issue!.message });
}

const mostBodyBytes = 1 << 20;

/** Serves the desk on a unix socket that only this user can open. */
export async function serveControl(
  desk: GatewayDesk,
  socket: string,
  reportBug: (error: unknown) => void,
): Promise<Control> {
  const server = createServer((request, response) => {
    answer(desk, request, response).catch((error: unknown) => {
      reportBug(error);
      if (!response.headersSent) send(response, 500, { error: 'a fault of the gateway; it is written down' });
      else response.destroy();
    });
  });
  if (existsSync(socket)) unlinkSync(socket);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve());
  });
  chmodSync(socket, 0o600);
  return {
    socket,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(desk: GatewayDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const found = findRoute(request.method ?? '', path);
  if (found === undefined) return send(response, 404, { error: `${request.method} ${path} is not there` });
  const body = await readBody(request);
  if (body === undefined) return send(response, 400, { error: 'the body is no JSON of at most 1 MB' });
  const query = Object.fromEntries(new URLSearchParams(search));
  const answered = await found.route.run({ params: found.params, query, body: body.value }, desk);
  if ('lines' in answered) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    Readable.from(inPieces(answered.lines)).pipe(response);
    return;
  }
  if (answered.ok) send(response, 200, answered.value ?? {});
  else
    send(response, statusOf[answered.failure.kind], {
      error: describeFailure(answered.failure),
      failure: answered.failure,
    });
}

const statusOf = { later: 503, refused: 403, gone: 404, invalid: 400 } as const satisfies Record<
  Failure['kind'],
  number
>;

/** Lines, a few thousand at a time. */
async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < 1 << 16) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function findRoute(
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  const given = path.split('/');
  for (const route of routes) {
    const steps = route.path.split('/');
    if (route.method !== method || steps.length !== given.length) continue;
    if (!steps.every((step, index) => step.startsWith(':') || step === given[index])) continue;
    const named = steps.flatMap((step, index) =>
      step.startsWith(':') ? [[step.slice(1), decodeURIComponent(given[index]!)] as const] : [],
    );
    return { route, params: Object.fromEntries(named) };
  }
  return undefined;
}

async function readBody(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) return undefined;
    chunks.push(chunk);
  }
  if (bytes === 0) return { value: undefined };
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString()) };
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
