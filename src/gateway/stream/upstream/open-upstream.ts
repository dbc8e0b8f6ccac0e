import type { Forward } from '../../call.ts';
import type { Upstream } from '../../parts.ts';
import { openTurnEnd } from '../turn-end.ts';
import {
  type ReceiveHead,
  type UpstreamAddress,
  UpstreamConnection,
  type UpstreamFault,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './connection.ts';
import { Reachability } from './reachability.ts';

export interface UpstreamOptions {
  readonly address: UpstreamAddress;
  readonly timeouts: UpstreamTimeouts;
  /** Connections at once, idle ones included. */
  readonly mostConnections: number;
  /** How long an idle connection is kept for a request that may be sent twice; for others 2 s. */
  readonly idleMs: number;
  /** While the CRM is not reachable, one probe every so often, each given so long. */
  readonly probeEveryMs: number;
  readonly probeMs: number;
  /** Called when the CRM is no longer reachable, and when it is again. */
  readonly told: (isReachable: boolean) => void;
}

/** The CRM's side: a pool of connections, each used by one exchange at a time. */
export interface UpstreamClient extends Upstream {
  /**
   * Sends what the planner made of a call, with the CRM's token; resolves when the answer's body has ended. A GET whose
   * kept-alive connection turned out to be closed is sent once more on a new one.
   */
  send(forward: Forward, token: string, receive: ReceiveHead): Promise<UpstreamFault | undefined>;
  readonly connections: number;
  /** Something speaks against the CRM's being there: it is probed. */
  doubt(): void;
}

const unrepeatableIdleMs = 2000;
const mostWaiting = 1000;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

export function openUpstream(options: UpstreamOptions): UpstreamClient {
  return new Pool(options);
}

class Pool implements UpstreamClient {
  readonly #reachability: Reachability;
  readonly #probes = new Set<UpstreamConnection>();
  readonly #options: UpstreamOptions;
  readonly #host: string;
  readonly #all = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting: {
    readonly since: number;
    readonly serve: (connection: UpstreamConnection | undefined) => void;
  }[] = [];
  readonly #atTurnEnd = openTurnEnd();
  readonly #written = new WeakMap<Forward, { readonly token: string; readonly request: UpstreamRequest }>();
  readonly #clock: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { host, port, tls } = options.address;
    const name = host.includes(':') ? `[${host}]` : host;
    this.#host = port === (tls ? 443 : 80) ? name : `${name}:${port}`;
    this.#reachability = new Reachability(() => this.#probe(), options.probeEveryMs, options.told);
    this.#clock = setInterval(() => this.#watch(Date.now()), 1000).unref();
  }

  get isReachable(): boolean {
    return this.#reachability.isReachable;
  }

  doubt(): void {
    this.#reachability.doubt();
  }

  get connections(): number {
    return this.#all.size;
  }

  async send(forward: Forward, token: string, receive: ReceiveHead): Promise<UpstreamFault | undefined> {
    const request = this.#requestOf(forward, token);
    const isRepeatable = request.method === 'GET';
    const connection = this.#connection(isRepeatable);
    const fault = await this.#sendOn(connection instanceof Promise ? await connection : connection, request, receive);
    this.#learn(fault);
    if (!isRepeatable || fault?.isUntouched !== true) return fault;
    const again = await this.#sendOn(await this.#connection(false), request, receive);
    this.#learn(again);
    return again;
  }

  /** The same forward, as the planner hands it out for calls that are alike, is written once for each token. */
  #requestOf(forward: Forward, token: string): UpstreamRequest {
    const known = this.#written.get(forward);
    if (known?.token === token) return known.request;
    const request = writeRequest(forward, token, this.#host);
    this.#written.set(forward, { token, request });
    return request;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#clock);
    for (const { serve } of this.#waiting.splice(0)) serve(undefined);
    this.#reachability.close();
    for (const connection of [...this.#all, ...this.#probes]) connection.close();
  }

  #sendOn(
    connection: UpstreamConnection | undefined,
    request: UpstreamRequest,
    receive: ReceiveHead,
  ): UpstreamFault | Promise<UpstreamFault | undefined> {
    return (
      connection?.send(request, receive) ?? {
        kind: 'crowded',
        why: 'every connection to the CRM is in use',
        isUntouched: false,
      }
    );
  }

  #learn(fault: UpstreamFault | undefined): void {
    if (fault === undefined || fault.kind === 'dropped') this.#reachability.answered();
    else if (fault.kind === 'unreachable') this.#reachability.failed();
    else if (fault.kind === 'timeout' || (fault.kind === 'broken' && !fault.isUntouched)) this.#reachability.doubt();
  }

  /** On a connection of its own, the list of versions, which needs no token: whatever is answered shows that it is there. */
  async #probe(): Promise<boolean> {
    const { address, timeouts, probeMs } = this.#options;
    const connection = new UpstreamConnection(address, timeouts, this.#atTurnEnd, {
      onIdle: () => undefined,
      onGone: (gone) => void this.#probes.delete(gone),
    });
    this.#probes.add(connection);
    const timer = setTimeout(() => connection.close(), probeMs);
    const head = `GET /services/data HTTP/1.1\r\nhost: ${this.#host}\r\nconnection: close\r\n\r\n`;
    const fault = await connection.send({ method: 'GET', head, body: undefined }, () => undefined);
    clearTimeout(timer);
    connection.close();
    return fault === undefined || fault.kind === 'dropped';
  }

  #connection(isRepeatable: boolean): UpstreamConnection | Promise<UpstreamConnection | undefined> | undefined {
    if (this.#isClosed) return undefined;
    const youngest = this.#idle.at(-1);
    if (youngest !== undefined && (isRepeatable || Date.now() - youngest.idleSince < unrepeatableIdleMs)) {
      return this.#idle.pop();
    }
    if (this.#all.size >= this.#options.mostConnections && youngest !== undefined) this.#idle.shift()?.close();
    if (this.#all.size < this.#options.mostConnections) return this.#connect();
    if (this.#waiting.length >= mostWaiting) return undefined;
    return new Promise((serve) => this.#waiting.push({ since: Date.now(), serve }));
  }

  #connect(): UpstreamConnection {
    const { address, timeouts } = this.#options;
    const connection = new UpstreamConnection(address, timeouts, this.#atTurnEnd, {
      onIdle: (idle) => this.#returned(idle),
      onGone: (gone) => this.#lost(gone),
    });
    this.#all.add(connection);
    return connection;
  }

  #returned(connection: UpstreamConnection) {
    const next = this.#waiting.shift();
    if (next !== undefined) return next.serve(connection);
    connection.idleSince = Date.now();
    this.#idle.push(connection);
  }

  #lost(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    if (!this.#isClosed && this.#waiting.length > 0) this.#waiting.shift()!.serve(this.#connect());
  }

  #watch(now: number): void {
    for (const connection of [...this.#all]) connection.watch(now);
    while (this.#idle.length > 0 && now - this.#idle[0]!.idleSince > this.#options.idleMs) this.#idle.shift()?.close();
    while (this.#waiting.length > 0 && now - this.#waiting[0]!.since > this.#options.timeouts.connectMs) {
      this.#waiting.shift()!.serve(undefined);
    }
  }
}

/** A value that would break the request's framing is a bug of the planner or the broker, and is thrown. */
function writeRequest(forward: Forward, token: string, host: string): UpstreamRequest {
  if (!/^\/[\x21-\x7e]*$/.test(forward.target)) throw new Error('the target to be forwarded is malformed');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('the token of the CRM is malformed');
  let head = `${forward.method} ${forward.target} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n`;
  for (const [name, value] of forward.headers) {
    if (!fieldValue.test(value)) throw new Error(`the header ${name} to be forwarded is malformed`);
    head += `${name}: ${value}\r\n`;
  }
  if (forward.body !== undefined) head += `content-length: ${forward.body.length}\r\n`;
  return { method: forward.method, head: `${head}\r\n`, body: forward.body };
}
