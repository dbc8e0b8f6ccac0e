import { type KeyObject, randomUUID } from 'node:crypto';
import type { House } from '#emulators/house/house.ts';
import type { KeptLog } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer } from '../vendor-server/vendor-server.ts';

/** One emulated org. */
export interface Org {
  readonly house: House;
  readonly clock: () => number;
  readonly log: KeptLog;
  /** Known once the server listens. */
  url: string;
  readonly apiToken: string;
  readonly clientId: string;
  readonly publicKey: KeyObject;
  readonly requiresDpop: boolean;
  /** Access tokens: when each ends (ms), and the thumbprint of the key that it is bound to. */
  readonly tokens: Map<string, { readonly endsAt: number; readonly thumbprint: string | undefined }>;
  readonly usedJwtIds: Set<string>;
  readonly requestsPerMinute: number;
  minute: { number: number; requests: number };
  /** Cursors carry it; those of another are refused. */
  generation: number;
  delivery: 'faithful' | 'duplicates' | 'reordering';
}

/** https://developer.okta.com/docs/reference/error-codes/ */
const summaries = {
  E0000001: 'Api validation failed',
  E0000007: 'Not found: Resource not found',
  E0000009: 'Internal Server Error',
  E0000011: 'Invalid token provided',
  E0000022: 'The endpoint does not support the provided HTTP method',
  E0000047: 'API call exceeded rate limit due to too many requests.',
} as const;

/** An error in Okta's shape; `cause` names the field and what is wrong with it. */
export function oktaError(
  code: keyof typeof summaries,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  cause?: string,
): VendorAnswer {
  const errorSummary = cause === undefined ? summaries[code] : `${summaries[code]}: ${cause}`;
  const errorCauses = cause === undefined ? [] : [{ errorSummary: cause }];
  const errorId = `oae${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  return jsonAnswer({ errorCode: code, errorSummary, errorLink: code, errorId, errorCauses }, status, headers);
}
