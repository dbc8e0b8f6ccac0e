import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createHouse } from '#emulators/house/house.ts';
import { KeptLog, type LogEntry } from '../vendor-server/kept-log.ts';
import {
  type LoggedCall,
  type ServerFault,
  startVendorServer,
  type VendorAnswer,
  type VendorCall,
} from '../vendor-server/vendor-server.ts';
import { EventHooks } from './event-hooks.ts';
import { drawEvent } from './log-events.ts';
import { answerLogs } from './logs.ts';
import { type Org, oktaError } from './org.ts';
import { answerToken, isLetIn } from './tokens.ts';

export interface OktaOptions {
  /** Seed of the house whose people sign in; 1 when absent. */
  readonly seed?: number;
  /** Chosen by the system when absent. */
  readonly port?: number;
  /** ms UTC. */
  readonly clock?: () => number;
  /** How long the System Log keeps events, ms; 90 days when absent. */
  readonly retentionMs?: number;
  /** Requests to the System Log within a minute; 120 when absent. */
  readonly requestsPerMinute?: number;
  /** Whether the service app must prove possession of its key (RFC 9449), as new ones must. */
  readonly requiresDpop?: boolean;
}

/** What a test does to the org from within. */
export interface OktaControl {
  /** One event of the house's people for each time, written down in this order; `lateMs` later by the API. */
  readonly put: (times: readonly number[], lateMs?: number) => Promise<readonly LogEntry[]>;
  /** As if the retention of all events had run out; returns those that are gone and were never answered. */
  readonly forget: () => readonly LogEntry[];
  /** Every `after` given out so far is refused. */
  readonly expireCursors: () => void;
  readonly expireTokens: () => void;
  readonly fault: (fault: ServerFault | 'duplicates' | 'reordering') => void;
  readonly mend: () => void;
  readonly calls: () => readonly LoggedCall[];
  readonly restart: () => Promise<void>;
}

export interface Okta {
  readonly url: string;
  /** An API token (SSWS). */
  readonly apiToken: string;
  /** A service app with `okta.logs.read`: its id and private key (PEM). */
  readonly clientId: string;
  readonly privateKey: string;
  readonly control: OktaControl;
  readonly close: () => Promise<void>;
}

const dayMs = 86_400_000;

/**
 * Starts a server that speaks Okta's documented API as far as logs go: System Log, event hooks, tokens of a service app.
 * Rejects when it cannot listen. https://developer.okta.com/docs/reference/system-log-query/
 */
export async function startOkta(options: OktaOptions = {}): Promise<Okta> {
  const clock = options.clock ?? Date.now;
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const org = createOrg(options, clock, keys.publicKey);
  const hooks = new EventHooks(org);
  const server = await startVendorServer({
    port: options.port,
    answer: (call) => answer(org, hooks, call),
    throttle: () => oktaError('E0000047', 429, { 'x-rate-limit-reset': String(Math.ceil(clock() / 1000) + 1) }),
    fail: (status) => oktaError('E0000009', status),
  });
  org.url = server.url;
  return {
    url: server.url,
    apiToken: org.apiToken,
    clientId: org.clientId,
    privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    control: {
      put: async (times, lateMs = 0) => {
        const added = times.map((time) =>
          org.log.add(time, 'log', Math.max(clock(), time + lateMs), drawEvent(org.house, time, org.log.next)),
        );
        await hooks.deliver(added.map(({ value }) => value));
        return added;
      },
      forget: () => org.log.forget(),
      expireCursors: () => void org.generation++,
      expireTokens: () => org.tokens.clear(),
      fault: (fault) => {
        if (fault === 'duplicates' || fault === 'reordering') org.delivery = fault;
        else server.fault(fault);
      },
      mend: () => {
        org.delivery = 'faithful';
        server.mend();
      },
      calls: server.calls,
      restart: server.restart,
    },
    close: server.close,
  };
}

function createOrg(options: OktaOptions, clock: () => number, publicKey: KeyObject): Org {
  return {
    house: createHouse({ seed: options.seed ?? 1 }),
    clock,
    log: new KeptLog(options.retentionMs ?? 90 * dayMs, clock),
    url: '',
    apiToken: `00${randomUUID().replaceAll('-', '')}`,
    clientId: '0oa1orfevrecordon5d7',
    publicKey,
    requiresDpop: options.requiresDpop ?? false,
    tokens: new Map(),
    usedJwtIds: new Set(),
    requestsPerMinute: options.requestsPerMinute ?? 120,
    minute: { number: 0, requests: 0 },
    generation: 0,
    delivery: 'faithful',
  };
}

async function answer(org: Org, hooks: EventHooks, call: VendorCall): Promise<VendorAnswer> {
  if (call.path === '/oauth2/v1/token' && call.method === 'POST') return answerToken(org, call);
  if (!call.path.startsWith('/api/v1/')) return oktaError('E0000007', 404);
  if (!isLetIn(org, call)) return oktaError('E0000011', 401);
  if (call.path === '/api/v1/logs' && call.method === 'GET') return answerLogs(org, call);
  if (call.path.startsWith('/api/v1/eventHooks')) return hooks.answer(call);
  return oktaError('E0000022', 405);
}
