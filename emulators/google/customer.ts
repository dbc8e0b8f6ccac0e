import type { KeyObject } from 'node:crypto';
import type { House } from '#emulators/house/house.ts';
import type { KeptLog } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer } from '../vendor-server/vendor-server.ts';

export const applications = ['login', 'token', 'saml', 'admin'] as const;
export type Application = (typeof applications)[number];

/** One emulated customer of Google Workspace. */
export interface Customer {
  readonly house: House;
  readonly clock: () => number;
  readonly log: KeptLog;
  /** Known once the server listens. */
  url: string;
  readonly serviceAccount: string;
  readonly administrator: string;
  readonly publicKey: KeyObject;
  /** Access tokens and when each ends, ms. */
  readonly tokens: Map<string, number>;
  /** Page tokens carry it; those of another are refused. */
  generation: number;
  delivery: 'faithful' | 'duplicates' | 'reordering';
}

/** An error in the shape of Google's APIs. https://developers.google.com/workspace/admin/reports/v1/troubleshoot/errors */
export const googleError = (code: number, reason: string, message: string, domain: string): VendorAnswer =>
  jsonAnswer({ error: { code, message, errors: [{ message, domain, reason }] } }, code);
