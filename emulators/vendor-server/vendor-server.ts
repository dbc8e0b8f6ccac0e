import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, read to its end. */
export interface VendorCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** What goes wrong until it is mended. */
export type ServerFault =
  /** Every second request is told to wait a second, in the vendor's words. */
  | 'throttled'
  /** Every second request: 500, 503 and a connection cut in the middle of the answer, by turns. */
  | 'broken'
  /** Every connection stays open: nothing comes by it, or half of an answer, by turns. */
  | 'half-open';

export interface LoggedCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Undefined where nothing was answered. */
  readonly status: number | undefined;
}

export interface VendorServerOptions {
  /** Chosen by the system when absent. */
  readonly port?: number | undefined;
  readonly answer: (call: VendorCall) => VendorAnswer | Promise<VendorAnswer>;
  /** The vendor's 429, asking for one second. */
  readonly throttle: () => VendorAnswer;
  /** The vendor's answer of this status, 500 or 503. */
  readonly fail: (status: 500 | 503) => VendorAnswer;
}

export interface VendorServer {
  /** On 127.0.0.1; without a slash at the end. */
  readonly url: string;
  readonly fault: (fault: ServerFault) => void;
  readonly mend: () => void;
  /** The last 1,000 requests, oldest first. */
  readonly calls: () => readonly LoggedCall[];
  /** Ends every connection and listens again at the same address. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const mostBodyBytes = 1_000_000;
const mostCalls = 1_000;

export const jsonAnswer = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): VendorAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

/** Starts a server on 127.0.0.1 that answers as `options.answer` says, less its faults. Rejects when it cannot listen. */
export async function startVendorServer(options: VendorServerOptions): Promise<VendorServer> {
  const trouble = new Trouble(options);
  const log: LoggedCall[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(options, trouble, log, request, response).catch((error: unknown) => {
      // A bug of the emulator's own: the caller sees a broken connection, the console what it was.
      console.error(error);
      response.destroy();
    });
  let server = await listen(listener, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    fault: (fault) => trouble.begin(fault),
    mend: () => trouble.begin(undefined),
    calls: () => log.slice(-mostCalls),
    restart: async () => {
      await stop(server);
      server = await listen(listener, port);
    },
    close: () => stop(server),
  };
}

async function listen(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Whole answers go out; of others half, and then the connection is cut, or nothing more comes. */
type Sending = 'whole' | 'cut' | 'stall' | 'nothing';

class Trouble {
  readonly #options: VendorServerOptions;
  #fault: ServerFault | undefined;
  #count = 0;

  constructor(options: VendorServerOptions) {
    this.#options = options;
  }

  begin(fault: ServerFault | undefined): void {
    this.#fault = fault;
    this.#count = 0;
  }

  /** What becomes of the next call: an answer in its place, and how what is answered is sent. */
  next(): { readonly instead?: VendorAnswer; readonly sending: Sending } {
    const count = this.#count++;
    const turn = Math.floor(count / 2) % 3;
    if (this.#fault === 'half-open') return { sending: count % 2 === 0 ? 'nothing' : 'stall' };
    if (this.#fault === undefined || count % 2 === 0) return { sending: 'whole' };
    if (this.#fault === 'throttled') return { instead: this.#options.throttle(), sending: 'whole' };
    if (turn === 2) return { sending: 'cut' };
    return { instead: this.#options.fail(turn === 0 ? 500 : 503), sending: 'whole' };
  }
}

async function serve(
  options: VendorServerOptions,
  trouble: Trouble,
  log: LoggedCall[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await readCall(request);
  if (call === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const { instead, sending } = trouble.next();
  const answer = sending === 'nothing' ? undefined : (instead ?? (await options.answer(call)));
  const { method, path, query } = call;
  log.push({ method, path, query: query.toString(), status: answer?.status });
  if (log.length > mostCalls * 2) log.splice(0, mostCalls);
  if (answer !== undefined) send(response, answer, sending);
}

function send(response: ServerResponse, { status, headers = {}, body }: VendorAnswer, sending: Sending): void {
  const bytes = Buffer.from(body);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204) response.setHeader('content-length', bytes.length);
  response.writeHead(status);
  if (sending === 'whole') {
    response.end(bytes);
    return;
  }
  // What was written goes out before the connection is cut.
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    if (sending === 'cut') response.destroy();
  });
}

async function readCall(request: IncomingMessage): Promise<VendorCall | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > mostBodyBytes) return undefined;
    pieces.push(piece);
  }
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: request.headers,
    body: Buffer.concat(pieces).toString(),
  };
}
