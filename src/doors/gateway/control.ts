import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { GatewayDesk } from '#gateway/desk/gateway-desk.ts';
import { describeFailure, type Failure } from '#model/result.ts';
import { type Route, routes } from './routes.ts';

/** Whoever may open the socket is the operator of the gateway's machine, or the main house on the same machine. */
export interface Control {
  readonly socket: string;
  close(): Promise<void>;
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

const statusOf = { later: 503, refused: 403, broken: 502, gone: 404, invalid: 400 } as const satisfies Record<
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
