import { randomBytes } from 'node:crypto';
import { createHouse, type House } from '#emulators/house/house.ts';
import { KeptLog, type LogEntry } from '../vendor-server/kept-log.ts';
import {
  type LoggedCall,
  type ServerFault,
  startVendorServer,
  type VendorAnswer,
  type VendorCall,
} from '../vendor-server/vendor-server.ts';
import { answerAuditLog } from './audit-logs.ts';
import { drawRecord } from './records.ts';
import { graphError, type Kind, kinds, type Tenant } from './tenant.ts';
import { answerToken, isLetIn } from './tokens.ts';

export interface EntraOptions {
  /** Seed of the house whose people sign in; 1 when absent. */
  readonly seed?: number;
  /** Chosen by the system when absent. */
  readonly port?: number;
  /** ms UTC. */
  readonly clock?: () => number;
  /** P1 when absent. Without one, sign-ins are not shown and audits are kept for 7 days, not 30. */
  readonly licence?: 'P1' | 'none';
  /** PEM of the certificate or public key with which the app may sign in besides its secret. */
  readonly publicKey?: string;
  /** Whether the app was given AuditLog.Read.All; true when absent. */
  readonly hasPermission?: boolean;
}

export interface EntraControl {
  /** One record of each kind for each time; each is shown `lateMs` after it happened, or at once where that has passed. */
  readonly put: (times: readonly number[], kind: Kind, lateMs?: number) => readonly LogEntry[];
  /** As if the retention of everything had run out; returns those that are gone and were never answered. */
  readonly forget: () => readonly LogEntry[];
  /** Every `$skiptoken` given out so far is refused. */
  readonly expireCursors: () => void;
  readonly expireTokens: () => void;
  readonly fault: (fault: ServerFault | 'duplicates' | 'reordering') => void;
  readonly mend: () => void;
  readonly calls: () => readonly LoggedCall[];
  readonly restart: () => Promise<void>;
}

/** Microsoft Entra ID with Microsoft Graph: in the real world two hosts, here one. */
export interface Entra {
  readonly url: string;
  readonly tenantId: string;
  /** An app with AuditLog.Read.All. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly control: EntraControl;
  readonly close: () => Promise<void>;
}

const dayMs = 86_400_000;

/**
 * Starts a server that speaks the documented API of Entra ID's logs: tokens by client credentials, sign-ins of every kind,
 * directory audits. Rejects when it cannot listen. https://learn.microsoft.com/graph/api/resources/azure-ad-auditlog-overview
 */
export async function startEntra(options: EntraOptions = {}): Promise<Entra> {
  const clock = options.clock ?? Date.now;
  const tenant = createTenant(options, clock, createHouse({ seed: options.seed ?? 1 }));
  const server = await startVendorServer({
    port: options.port,
    answer: (call) => answer(tenant, call),
    throttle: () => graphError(tenant, 429, 'TooManyRequests', 'Too many requests.', { 'retry-after': '1' }),
    fail: (status) =>
      graphError(tenant, status, status === 500 ? 'InternalServerError' : 'ServiceUnavailable', 'Try again.'),
  });
  tenant.url = server.url;
  const { log } = tenant;
  return {
    url: server.url,
    tenantId: tenant.id,
    clientId: tenant.clientId,
    clientSecret: tenant.clientSecret,
    control: {
      put: (times, kind, lateMs = 0) =>
        times.map((time) => log.add(time, kind, time + lateMs, drawRecord(tenant.house, kind, time, log.next))),
      forget: () => log.forget(),
      expireCursors: () => void tenant.generation++,
      expireTokens: () => tenant.tokens.clear(),
      fault: (fault) => {
        if (fault === 'duplicates' || fault === 'reordering') tenant.delivery = fault;
        else server.fault(fault);
      },
      mend: () => {
        tenant.delivery = 'faithful';
        server.mend();
      },
      calls: server.calls,
      restart: server.restart,
    },
    close: server.close,
  };
}

function createTenant(options: EntraOptions, clock: () => number, house: House): Tenant {
  const hasLicence = options.licence !== 'none';
  return {
    house,
    clock,
    log: new KeptLog((hasLicence ? 30 : 7) * dayMs, clock),
    url: '',
    id: '6f3a1c52-9d0e-4b7a-8c11-0f4e2d9ab501',
    clientId: 'c0a8d0f3-52b1-4e55-9d35-7a1f6b2e4c90',
    clientSecret: randomBytes(30).toString('base64url'),
    publicKey: options.publicKey,
    hasLicence,
    hasPermission: options.hasPermission ?? true,
    tokens: new Map(),
    usedJwtIds: new Set(),
    generation: 0,
    delivery: 'faithful',
  };
}

function answer(tenant: Tenant, call: VendorCall): VendorAnswer {
  if (call.path === `/${tenant.id}/oauth2/v2.0/token` && call.method === 'POST') return answerToken(tenant, call);
  const [, version, collection] = /^\/(v1\.0|beta)\/auditLogs\/(signIns|directoryAudits)$/.exec(call.path) ?? [];
  if (collection === undefined || call.method !== 'GET')
    return graphError(tenant, 404, 'ResourceNotFound', 'Resource not found for the segment.');
  if (!isLetIn(tenant, call))
    return graphError(tenant, 401, 'InvalidAuthenticationToken', 'Access token validation failure.');
  if (!tenant.hasPermission)
    return graphError(
      tenant,
      403,
      'Authentication_MSGraphPermissionMissing',
      'Calling principal does not have required MSGraph permissions AuditLog.Read.All',
    );
  if (collection === 'signIns' && !tenant.hasLicence)
    return graphError(
      tenant,
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      "Tenant is not a B2C tenant and doesn't have premium license",
    );
  return answerAuditLog(tenant, call, version === 'beta', collection === 'signIns' ? kinds.signIns : kinds.audits);
}
