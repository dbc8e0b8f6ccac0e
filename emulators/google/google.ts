import { generateKeyPairSync } from 'node:crypto';
import { createHouse } from '#emulators/house/house.ts';
import { KeptLog, type LogEntry } from '../vendor-server/kept-log.ts';
import {
  type LoggedCall,
  type ServerFault,
  startVendorServer,
  type VendorAnswer,
  type VendorCall,
} from '../vendor-server/vendor-server.ts';
import { answerActivities } from './activities.ts';
import { type Application, applications, type Customer, googleError } from './customer.ts';
import { drawActivity } from './draw-activity.ts';
import { answerToken, isLetIn } from './tokens.ts';

export interface GoogleOptions {
  /** Seed of the house whose people sign in; 1 when absent. */
  readonly seed?: number;
  /** Chosen by the system when absent. */
  readonly port?: number;
  /** ms UTC. */
  readonly clock?: () => number;
  /** How the API says that too much was asked; by turns with its other ways when absent. */
  readonly refusesBy?: 'rateLimitExceeded' | 'userRateLimitExceeded' | 'quotaExceeded';
}

export interface GoogleControl {
  /** One activity of the application for each time, shown `lateMs` after it happened, or at once where that has passed. */
  readonly put: (times: readonly number[], application: Application, lateMs?: number) => readonly LogEntry[];
  /** As if the retention of everything had run out; returns those that are gone and were never answered. */
  readonly forget: () => readonly LogEntry[];
  /** Every `pageToken` given out so far is refused. */
  readonly expireCursors: () => void;
  readonly expireTokens: () => void;
  readonly fault: (fault: ServerFault | 'duplicates' | 'reordering') => void;
  readonly mend: () => void;
  readonly calls: () => readonly LoggedCall[];
  readonly restart: () => Promise<void>;
}

/** Google's token endpoint with the Reports API: in the real world two hosts, here one. */
export interface Google {
  readonly url: string;
  /** The key file of a service account with delegation over the domain: JSON as Google gives it out. */
  readonly serviceAccountKey: string;
  /** The administrator as whom it may act. */
  readonly administrator: string;
  readonly control: GoogleControl;
  readonly close: () => Promise<void>;
}

const retentionMs = 180 * 86_400_000;

/**
 * Starts a server that speaks the documented Reports API of Google Workspace as far as activities go, and its token
 * endpoint. Rejects when it cannot listen.
 * https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list
 */
export async function startGoogle(options: GoogleOptions = {}): Promise<Google> {
  const clock = options.clock ?? Date.now;
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const house = createHouse({ seed: options.seed ?? 1 });
  const customer: Customer = {
    house,
    clock,
    log: new KeptLog(retentionMs, clock),
    url: '',
    serviceAccount: 'cordon@orfevre-security.iam.gserviceaccount.com',
    administrator: house.people.find(({ role }) => role === 'crm-admin')?.email ?? '',
    publicKey: keys.publicKey,
    tokens: new Map(),
    generation: 0,
    delivery: 'faithful',
  };
  let refusals = 0;
  const server = await startVendorServer({
    port: options.port,
    answer: (call) => answer(customer, call),
    throttle: () => {
      const reasons = ['rateLimitExceeded', 'userRateLimitExceeded'];
      const reason = options.refusesBy ?? reasons[refusals++ % reasons.length]!;
      return googleError(403, reason, 'Quota exceeded for quota metric.', 'usageLimits');
    },
    fail: (status) => googleError(status, 'backendError', 'Backend Error', 'global'),
  });
  customer.url = server.url;
  return {
    url: server.url,
    serviceAccountKey: JSON.stringify({
      type: 'service_account',
      project_id: 'orfevre-security',
      private_key_id: '5d7e1c0ffee05d7e1c0ffee05d7e1c0ffee05d7e',
      private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: customer.serviceAccount,
      client_id: '104000000000000000005',
      token_uri: `${server.url}/token`,
    }),
    administrator: customer.administrator,
    control: createControl(customer, server),
    close: server.close,
  };
}

function createControl(customer: Customer, server: Awaited<ReturnType<typeof startVendorServer>>): GoogleControl {
  const { log, house } = customer;
  return {
    put: (times, application, lateMs = 0) =>
      times.map((time) => log.add(time, application, time + lateMs, drawActivity(house, application, time, log.next))),
    forget: () => log.forget(),
    expireCursors: () => void customer.generation++,
    expireTokens: () => customer.tokens.clear(),
    fault: (fault) => {
      if (fault === 'duplicates' || fault === 'reordering') customer.delivery = fault;
      else server.fault(fault);
    },
    mend: () => {
      customer.delivery = 'faithful';
      server.mend();
    },
    calls: server.calls,
    restart: server.restart,
  };
}

function answer(customer: Customer, call: VendorCall): VendorAnswer {
  if (call.path === '/token' && call.method === 'POST') return answerToken(customer, call);
  const [, user, name] = /^\/admin\/reports\/v1\/activity\/users\/([^/]+)\/applications\/(\w+)$/.exec(call.path) ?? [];
  const application = applications.find((known) => known === name);
  if (application === undefined || call.method !== 'GET') return googleError(404, 'notFound', 'Not Found', 'global');
  if (!isLetIn(customer, call)) return googleError(401, 'authError', 'Invalid Credentials', 'global');
  return answerActivities(customer, call, application, decodeURIComponent(user ?? ''));
}
