import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createHouse } from '#emulators/house/house.ts';
import { LogBook } from './logs/log-book.ts';
import { type App, passwordOf } from './oauth/app.ts';
import type { User } from './objects/staff.ts';
import type { PubSub, PubSubOptions } from './pub-sub/serve-pub-sub.ts';
import { problem } from './query/problem.ts';
import { type Answer, answerProblem, type Call } from './server/answer.ts';
import { applyFault, type Fault, Faults, type Injection } from './server/faults.ts';
import { type Behaviour, createOrganization, type Organization, usualBehaviour } from './server/organization.ts';
import { type LoggedRequest, RequestLog } from './server/request-log.ts';
import { route, sessionOf } from './server/route.ts';
import { send } from './server/send.ts';

export interface SalesforceOptions {
  /** Seed of the house whose CRM this is; 1 when absent. */
  readonly seed?: number;
  /** Chosen by the system when absent. */
  readonly port?: number;
  readonly host?: string;
  /** PEM; without it plain HTTP is spoken. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What tokens and resources name as `instance_url`; the server's own address when absent. */
  readonly instanceUrl?: string;
  /** ms UTC. The house has lived up to the moment of the start. */
  readonly clock?: () => number;
  /** Before each answer. */
  readonly latencyMs?: number;
  /** The connected apps; one for each integration of the house when absent. */
  readonly apps?: readonly App[];
  readonly behaviour?: Partial<Behaviour>;
  /** Its logs, which outlive it; none yet when absent. */
  readonly logs?: LogBook;
  /** Serves the event bus beside it, at an address of its own; without it there is none. */
  readonly pubSub?: PubSubOptions;
  /** Where a call comes from; its connection's far end when absent. */
  readonly addressOf?: (request: IncomingMessage) => string;
}

/** What a test does to the CRM from within. Apps are named by `clientId`, users by their sign-in name. */
export interface Control {
  /** A new grant of the app for its user: as if consent had just been given. */
  readonly grant: (clientId: string) => { readonly accessToken: string; readonly refreshToken: string };
  readonly passwordOf: (username: string) => string;
  /** Any access or refresh token. */
  readonly revoke: (token: string) => boolean;
  /** All tokens of an app, refresh tokens too. */
  readonly revokeApp: (clientId: string) => void;
  /** Access tokens of the app end, refresh tokens stay. */
  readonly expireAccess: (clientId: string) => void;
  /** Stops sign-ins and refreshes, not sessions. */
  readonly freeze: (username: string) => void;
  readonly unfreeze: (username: string) => void;
  /** Networks (CIDR) that the app's calls may come from; undefined: any. */
  readonly allowNetworks: (clientId: string, networks: readonly string[] | undefined) => void;
  /** Query locators given out so far are refused. */
  readonly expireLocators: () => void;
  readonly inject: (injection: Injection) => void;
  readonly clearFaults: () => void;
  /** The last 10,000 requests, oldest first. */
  readonly requests: () => readonly LoggedRequest[];
  readonly clearRequests: () => void;
}

export interface Salesforce {
  /** Without a slash at the end. */
  readonly url: string;
  readonly organizationId: string;
  readonly apps: readonly App[];
  readonly users: readonly User[];
  readonly logs: LogBook;
  readonly control: Control;
  readonly pubSub: PubSub | undefined;
  readonly close: () => Promise<void>;
}

interface Running {
  readonly organization: Organization;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly latencyMs: number;
  readonly addressOf: (request: IncomingMessage) => string;
}

const unexpected = () => problem('UNKNOWN_EXCEPTION', 'An unexpected error occurred', 500);

const mostBodyBytes = 10_000_000;

/**
 * Starts a server that speaks the CRM's documented API (OAuth, REST v31.0 to v67.0, Bulk API 2.0 queries) over the
 * seeded house: 7.4 million Contacts and all that hangs on them, made as they are asked for. Rejects when it cannot
 * listen.
 */
export async function startSalesforce(options: SalesforceOptions = {}): Promise<Salesforce> {
  const house = createHouse({ seed: options.seed ?? 1 });
  const behaviour = { ...usualBehaviour, ...options.behaviour };
  const logs = options.logs ?? new LogBook();
  const organization = createOrganization(house, options.clock ?? Date.now, behaviour, options.apps, logs);
  const running: Running = {
    organization,
    faults: new Faults(),
    log: new RequestLog(),
    latencyMs: options.latencyMs ?? 0,
    addressOf: options.addressOf ?? (({ socket }) => (socket.remoteAddress ?? '').replace(/^::ffff:/, '')),
  };
  const listener: RequestListener = (request, response) => void serve(running, request, response);
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // Callers keep their connections in pools; one that closes while a call is on its way looks like a failure.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  organization.instanceUrl = options.instanceUrl ?? url;
  const pubSub = options.pubSub === undefined ? undefined : await startPubSub(organization, options.pubSub);
  return {
    url,
    organizationId: house.organizationId,
    apps: organization.apps,
    users: organization.staff.users,
    logs,
    control: createControl(running),
    pubSub,
    close: async () => {
      pubSub?.close();
      organization.jobs.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** gRPC is loaded for those who want it only. */
async function startPubSub(organization: Organization, options: PubSubOptions): Promise<PubSub> {
  const { servePubSub } = await import('./pub-sub/serve-pub-sub.ts');
  const { house, sessions, clock, staff } = organization;
  return servePubSub(
    {
      organizationId: house.organizationId,
      instanceUrl: () => organization.instanceUrl,
      isSession: (token) => sessions.find(token) !== undefined,
      clock,
      createdById: staff.users[0]?.id ?? '',
    },
    options,
  );
}

async function serve(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const call = await readCall(running, request, gone.signal);
    if (call === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const entry = note(running, request, call);
    const fault = running.faults.take(call.method, call.path);
    const waitMs = running.latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
    if (waitMs > 0) await delay(waitMs, undefined, { signal: gone.signal });
    const answer = prettyPrinted(call, await applyFault(await answerOrRefuse(running, call, fault), fault));
    entry.status = answer.status;
    entry.records = answer.records ?? 0;
    entry.isComplete = await send(request, response, answer, running.organization.behaviour.compresses, fault);
  } catch (error) {
    if (gone.signal.aborted) return;
    // A bug of the emulator's own: the caller sees what the real one's bugs look like, the console what it was.
    console.error(error);
    if (response.headersSent) response.destroy();
    else await send(request, response, answerProblem(unexpected()), false, undefined);
  }
}

async function answerOrRefuse({ organization }: Running, call: Call, fault: Fault | undefined): Promise<Answer> {
  if (fault?.kind !== 'refuse') return route(organization, call);
  const answer = answerProblem(problem(fault.errorCode, fault.message, fault.status));
  return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

async function readCall(running: Running, request: IncomingMessage, signal: AbortSignal): Promise<Call | undefined> {
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
    path: path.replace(/\/{2,}/g, '/'),
    query: new URLSearchParams(query),
    headers: request.headers,
    body: Buffer.concat(pieces).toString(),
    address: running.addressOf(request),
    signal,
  };
}

function note({ organization, log }: Running, request: IncomingMessage, call: Call): LoggedRequest {
  const entry: LoggedRequest = {
    at: organization.clock(),
    method: call.method,
    target: request.url ?? '/',
    headers: request.headers,
    body: call.body,
    address: call.address,
    app: sessionOf(organization, call)?.app.name,
    status: 0,
    records: 0,
    isComplete: false,
  };
  log.add(entry);
  return entry;
}

/** `X-PrettyPrint: 1` spreads JSON over lines. "Headers", REST API Developer Guide. */
function prettyPrinted(call: Call, answer: Answer): Answer {
  const { body, headers } = answer;
  if (!call.headers['x-prettyprint'] || typeof body === 'undefined' || !headers['content-type']?.includes('json'))
    return answer;
  async function* spread(): AsyncGenerator<string> {
    let text = '';
    if (typeof body === 'string') text = body;
    else for await (const piece of body ?? []) text += piece;
    yield JSON.stringify(JSON.parse(text), null, 2);
  }
  return { ...answer, body: spread() };
}

function createControl({ organization, faults, log }: Running): Control {
  const { sessions, frozen, networks, userByName } = organization;
  const userIdOf = (username: string): string => {
    const user = userByName(username);
    if (user === undefined) throw new RangeError(`the CRM has no user ${username}`);
    return user.id;
  };
  return {
    grant: (clientId) => {
      const app = organization.apps.find((known) => known.clientId === clientId);
      if (app === undefined) throw new RangeError(`the CRM has no app ${clientId}`);
      const { refreshToken, grant } = sessions.grant(app, userIdOf(app.username));
      return { accessToken: sessions.open(app, grant.userId, grant).token, refreshToken };
    },
    passwordOf: (username) => passwordOf(organization.house.seed, username),
    revoke: (token) => sessions.revoke(token),
    revokeApp: (clientId) => sessions.revokeAll({ clientId }),
    expireAccess: (clientId) => sessions.expireAccess(clientId),
    freeze: (username) => void frozen.add(userIdOf(username)),
    unfreeze: (username) => void frozen.delete(userIdOf(username)),
    allowNetworks: (clientId, allowed) => void networks.set(clientId, allowed),
    expireLocators: () => organization.cursors.expire(),
    inject: (injection) => faults.inject(injection),
    clearFaults: () => faults.clear(),
    requests: () => log.list(),
    clearRequests: () => log.clear(),
  };
}
