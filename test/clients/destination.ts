import type { Client, Errand } from './visit.ts';

/**
 * How much an errand brings home: all it asks for; fewer customers than it asks for, for then it is refused; or what
 * left before its bulk answer was cut.
 */
export type Allowance = 'everything' | 'fewer' | 'until-cut';

/** A server that clients are sent to: the CRM itself, or the gateway in front of it. */
export interface Destination {
  /** PEM file of the authority behind its certificate, where it speaks TLS. */
  readonly authority?: string;
  /** A new grant, never used before. One errand is run at a time. */
  readonly errand: (client: Client, allowance: Allowance) => Errand | Promise<Errand>;
  /** What the refused are told: `CODE: message`. */
  readonly refusal: RegExp;
  /** Ids of the customers whose data left on this errand, ascending; only where that is written down. */
  readonly customersOf?: (errand: Errand) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}
