import assert from 'node:assert/strict';
import { type IncomingMessage, request as startRequest } from 'node:http';
import { type RequestOptions, request as startSecureRequest } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { LedgerWriter, ReleaseEnd, Reservation, SmallAnswer } from '#ledger/ledger.ts';
import { joinId } from '#lib/salesforce-id-number.ts';
import type { IdBatch, Release } from '#model/release.ts';
import { success } from '#model/result.ts';
import { createCsvScanner } from '#scan/csv-scanner.ts';
import { scanJson } from '#scan/json-scanner.ts';
import { createScannerPool } from '#scan/scanner-pool.ts';
import type { Identity, Notice, Refusal } from '../call.ts';
import type { Broker, Budget, Wanted } from '../parts.ts';
import { openPlanner } from '../requests/open-planner.ts';
import { policy as usualPolicy } from '../requests/planner.fixture.ts';
import type { PolicyView } from '../requests/policy-view.ts';
import type { Scanners, ToldCall } from './data-path.ts';
import { listen } from './ingress/listen.ts';
import { type ServedGateway, type ServeGatewayOptions, serveGateway } from './serve-gateway.ts';

/** A CRM of which each test says how it answers, byte by byte. */
export interface ScriptedCrm {
  readonly port: number;
  readonly requests: string[];
  /** Open connections. */
  readonly sockets: Set<Socket>;
}

/** `answer` is called with each request's head and body; what it writes is what the gateway gets. */
export async function startCrm(
  t: TestContext,
  answer: (socket: Socket, request: string, count: number) => void,
): Promise<ScriptedCrm> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    let text = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let whole = takeRequest(text); whole !== undefined; whole = takeRequest(text)) {
        text = text.slice(whole.length);
        requests.push(whole);
        answer(socket, whole, requests.length);
      }
    });
  });
  const { port, close } = await listen(server, { host: '127.0.0.1', port: 0 });
  t.after(async () => {
    const closed = close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port, requests, sockets };
}

function takeRequest(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/^content-length: (\d+)$/im.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? text.slice(0, end + 4 + length) : undefined;
}

/** An answer with a known length. */
export function answerWith(
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  status = '200 OK',
): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'Content-Type': 'application/json;charset=UTF-8', 'Content-Length': String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** The same in chunks of these lengths, over and over. */
export function chunkedAnswer(
  body: Uint8Array | string,
  lengths: readonly number[],
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'Content-Type': 'application/json;charset=UTF-8', 'Transfer-Encoding': 'chunked', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const parts = [Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const part = bytes.subarray(at, at + lengths[index % lengths.length]!);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
    at += part.length;
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

export const contactId = (number: number): string => joinId('003000', BigInt(number));

export function contact(
  number: number,
  members: Readonly<Record<string, unknown>> = { LastName: `N${number}` },
): object {
  const id = contactId(number);
  return { attributes: { type: 'Contact', url: `/services/data/v64.0/sobjects/Contact/${id}` }, Id: id, ...members };
}

export const page = (records: readonly object[], more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ totalSize: records.length, done: true, ...more, records });

export interface Noted {
  readonly release: Omit<Release, 'id'>;
  readonly ids: string[];
  end: ReleaseEnd | 'noted' | undefined;
}

/** A ledger in memory: what is durable is here, after `delayMs` where that is set. */
class FakeLedger implements LedgerWriter {
  readonly noted: Noted[] = [];
  delayMs = 0;
  isBroken = false;
  readonly #reserved = new Map<string, number>();

  open(release: Omit<Release, 'id'>) {
    const entry: Noted = { release, ids: [], end: undefined };
    this.noted.push(entry);
    return {
      id: this.noted.length,
      append: async (records: IdBatch) => {
        const ids = idsOf(records);
        await this.#sync();
        entry.ids.push(...ids);
      },
      end: async (how: ReleaseEnd) => {
        entry.end = how;
      },
    };
  }

  reservation(token: string, object: string): Reservation {
    const key = `${token} ${object}`;
    return {
      take: (records) => {
        const left = (this.#reserved.get(key) ?? 0) - records;
        if (left >= 0) this.#reserved.set(key, left);
        return left >= 0;
      },
      renew: async (records) => {
        await this.#sync();
        this.#reserved.set(key, records);
      },
    };
  }

  async note(answers: readonly SmallAnswer[]): Promise<void> {
    for (const { release, records } of answers) this.noted.push({ release, ids: records.flatMap(idsOf), end: 'noted' });
    await this.#sync();
  }

  get ids(): string[] {
    return this.noted.flatMap(({ ids }) => ids);
  }

  async #sync(): Promise<void> {
    if (this.isBroken) throw new Error('the disk is gone');
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
  }
}

const idsOf = ({ prefix, numbers }: IdBatch): string[] => [...numbers].map((number) => joinId(prefix, number));

/** So many records of every object, and no further. */
class FakeBudget implements Budget {
  left = Number.POSITIVE_INFINITY;
  /** What the planner is told, so that it does not clamp beforehand. */
  shown = Number.POSITIVE_INFINITY;
  taken = 0;

  remaining(): number {
    return this.shown;
  }

  take(_integration: string, wanted: Wanted): number {
    const count = Math.min(wanted.numbers.length, this.left);
    this.left -= count;
    this.taken += count;
    return count;
  }

  takeAll(_integration: string, wanted: readonly Wanted[]): boolean {
    const count = wanted.reduce((sum, { numbers }) => sum + numbers.length, 0);
    if (count > this.left) return false;
    this.left -= count;
    this.taken += count;
    return true;
  }

  takeAggregates(_integration: string, _object: string, rows: number): boolean {
    if (rows > this.left) return false;
    this.left -= rows;
    return true;
  }
}

/** Knows the tokens `t1`, `t2`…; each is of the family of its own name. */
class FakeBroker implements Broker {
  readonly ended = new Set<string>();
  readonly suspended: string[] = [];
  upstream: string = 'crm-1';
  staleCalls = 0;

  identify(head: Parameters<Broker['identify']>[0], caller: Parameters<Broker['identify']>[1]): Identity | Refusal {
    const token = /^Bearer (t\d+)$/.exec(head.headers.get('authorization') ?? '')?.[1];
    if (token === undefined || this.ended.has(token)) {
      return {
        status: 401,
        errorCode: 'INVALID_SESSION_ID',
        message: 'Session expired or invalid',
        reason: 'no-token',
      };
    }
    return { integration: 'crm-sync', token, family: `family-${token}`, tier: 'unbound', address: caller.address };
  }

  isAlive(token: string): boolean {
    return !this.ended.has(token);
  }

  async upstreamToken(_integration: string, isStale: boolean) {
    if (isStale) {
      this.staleCalls += 1;
      this.upstream = 'crm-2';
    }
    return success(this.upstream);
  }

  async suspend(identity: Identity): Promise<void> {
    this.suspended.push(identity.token);
    this.ended.add(identity.token);
  }

  async answerForm(path: 'token' | 'revoke' | 'introspect', form: URLSearchParams) {
    return { status: 200, body: { path, grant: form.get('grant_type') } };
  }
}

export interface TestedGateway {
  readonly gateway: ServedGateway;
  readonly ledger: FakeLedger;
  readonly budget: FakeBudget;
  readonly broker: FakeBroker;
  readonly notices: Notice[];
  readonly calls: ToldCall[];
  readonly logs: string[];
  readonly disk: { share: number };
}

export function openScanners(options: { readonly bufferBytes?: number } = {}): Scanners {
  const pool = createScannerPool(options);
  return {
    openCsv: (scan) => createCsvScanner(scan, pool),
    scanJson: (bytes, customerFields) => scanJson(bytes, { customerFields, pool }),
  };
}

export async function openGateway(
  t: TestContext,
  crmPort: number,
  change: Partial<ServeGatewayOptions> & { readonly policy?: Partial<PolicyView> } = {},
): Promise<TestedGateway> {
  const [ledger, budget, broker, disk] = [new FakeLedger(), new FakeBudget(), new FakeBroker(), { share: 0.1 }];
  const [notices, calls, logs]: [Notice[], ToldCall[], string[]] = [[], [], []];
  const { policy, ...options } = change;
  const view = { ...usualPolicy, ...policy };
  const planner = openPlanner({
    database: new DatabaseSync(':memory:'),
    clock: Date.now,
    policies: { policyOf: () => view },
    budget,
  });
  const served = await serveGateway({
    broker,
    planner,
    budget,
    ledger,
    scanners: openScanners(),
    upstream: { host: '127.0.0.1', port: crmPort, tls: undefined },
    listen: { host: '127.0.0.1', port: 0 },
    tls: undefined,
    origin: undefined,
    admin: { host: '127.0.0.1', port: 0 },
    notify: (notice) => notices.push(notice),
    tellCall: (call) => calls.push(call),
    clock: Date.now,
    log: (entry) => logs.push(JSON.stringify(entry)),
    diskShare: async () => disk.share,
    sync: 'all',
    ...options,
  });
  assert.ok(served.ok, JSON.stringify(served));
  t.after(() => served.value.close());
  return { gateway: served.value, ledger, budget, broker, notices, calls, logs, disk };
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Undefined: the answer came to its end. */
  readonly error: string | undefined;
}

/** A call as a client makes it; resolves with whatever came, also when the answer broke off. */
export function call(
  port: number,
  target: string,
  more: RequestOptions & { readonly body?: string; readonly isSecure?: boolean; readonly slowlyMs?: number } = {},
): Promise<Got> {
  const { body, isSecure, slowlyMs, headers, ...options } = more;
  const start = isSecure ? startSecureRequest : startRequest;
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let begun: IncomingMessage | undefined;
    const got = (error?: string) =>
      resolve({ status: begun?.statusCode ?? 0, headers: begun?.headers ?? {}, body: Buffer.concat(parts), error });
    const all = { authorization: 'Bearer t1', ...(body && { 'content-type': 'application/json' }), ...headers };
    const request = start(
      { host: '127.0.0.1', port, path: target, agent: false, ...options, headers: all },
      (response) => {
        begun = response;
        response.on('data', (part: Buffer) => {
          parts.push(part);
          if (slowlyMs === undefined) return;
          response.pause();
          setTimeout(() => response.resume(), slowlyMs);
        });
        response.on('end', () => got(response.complete ? undefined : 'incomplete'));
        response.on('error', (error: NodeJS.ErrnoException) => got(error.code ?? 'error'));
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => got(error.code ?? error.message));
    request.end(body);
  });
}

export const queryTarget = (soql: string): string => `/services/data/v64.0/query?q=${encodeURIComponent(soql)}`;

export const errorOf = (got: Got): string => (JSON.parse(got.body.toString()) as { errorCode: string }[])[0]!.errorCode;

export async function until(isSo: () => boolean, mostMs = 3000): Promise<void> {
  const end = Date.now() + mostMs;
  while (!isSo()) {
    assert.ok(Date.now() < end, 'it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
