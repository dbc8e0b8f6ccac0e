import { randomUUID } from 'node:crypto';
import type { House } from '#emulators/house/house.ts';
import type { KeptLog } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer } from '../vendor-server/vendor-server.ts';

/** What a record of the logs is about; sign-ins by their `signInEventTypes`. */
export type Kind = 'interactiveUser' | 'nonInteractiveUser' | 'servicePrincipal' | 'managedIdentity' | 'directoryAudit';

export const kinds = {
  signIns: ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'managedIdentity'],
  audits: ['directoryAudit'],
} as const satisfies Record<string, readonly Kind[]>;

/** One emulated tenant. */
export interface Tenant {
  readonly house: House;
  readonly clock: () => number;
  readonly log: KeptLog;
  /** Known once the server listens. */
  url: string;
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: string | undefined;
  readonly hasLicence: boolean;
  readonly hasPermission: boolean;
  /** Access tokens and when each ends, ms. */
  readonly tokens: Map<string, number>;
  readonly usedJwtIds: Set<string>;
  /** Skip tokens carry it; those of another are refused. */
  generation: number;
  delivery: 'faithful' | 'duplicates' | 'reordering';
}

/** An error in Graph's shape. https://learn.microsoft.com/graph/errors */
export function graphError(
  { clock }: Tenant,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): VendorAnswer {
  const id = randomUUID();
  const innerError = { date: new Date(clock()).toISOString().slice(0, 19), 'request-id': id, 'client-request-id': id };
  return jsonAnswer({ error: { code, message, innerError } }, status, { 'request-id': id, ...headers });
}
