import { counted, inWords, listInWords } from '#lib/words.ts';
import type { Bounds } from '#model/finding.ts';
import type { CoverageView, Share } from '#model/gateway-wire.ts';
import type { InventoryApp } from '#model/wire.ts';

/** What detection's inventory knows of an integration, from logs. */
export type KnownApp = Pick<InventoryApp, 'name' | 'uid' | 'rows'>;

/** An integration at the gateway. */
export interface BehindGateway {
  readonly name: string;
  /** Names or ids under which the CRM's logs know it; its own name is one anyway. */
  readonly apps: readonly string[];
  /** Paths opened as uncounted. */
  readonly uncounted: readonly string[];
}

export interface CoverageOptions {
  readonly known: readonly KnownApp[];
  readonly behind: readonly BehindGateway[];
  /** Distinct customers whose records left through the gateway, and all that the house has, where known. */
  readonly customers?: { readonly read: number; readonly all: number | undefined };
}

export interface Coverage extends CoverageView {
  /** Customers who are accounted for exactly; outside, at most so many may have been read. */
  readonly customers: { readonly exact: number; readonly outsideAtMost: number | undefined } | undefined;
}

/**
 * The gateway is exact only about what goes through it: which share of the integrations, of the records they read (both
 * from logs, over the time these span) and of the customers that is, with one sentence for every page that says exact.
 */
export function coverageOf({ known, behind, customers }: CoverageOptions): Coverage {
  const names = new Set(behind.flatMap(({ name, apps }) => [name, ...apps]).map((each) => each.toLowerCase()));
  const isBehind = ({ name, uid }: KnownApp): boolean =>
    names.has(name.toLowerCase()) || (uid !== undefined && names.has(uid.toLowerCase()));
  const inside = known.filter(isBehind);
  const outside = known.filter((app) => !isBehind(app)).sort((a, b) => b.rows.atLeast - a.rows.atLeast);
  // One that no log has seen yet stands behind the gateway all the same.
  const integrations = { behind: behind.length, all: behind.length + outside.length };
  const reads = shareOfReads(inside, outside);
  const outsideRows = outside.reduce<number | undefined>(addAtMost, 0);
  return {
    integrations,
    reads,
    outside: outside.map(({ name }) => name),
    customers: customers && {
      exact: customers.read,
      outsideAtMost: smallest(outsideRows, outside.length === 0 ? 0 : customers.all),
    },
    words: [
      sentence(integrations, reads, known.length > 0),
      ...behind.filter(({ uncounted }) => uncounted.length > 0).map(warnOfUncounted),
    ].join(' '),
  };
}

function shareOfReads(inside: readonly KnownApp[], outside: readonly KnownApp[]): Share | undefined {
  const sum = (apps: readonly KnownApp[]): number => apps.reduce((total, { rows }) => total + rows.atLeast, 0);
  const all = sum(inside) + sum(outside);
  return all === 0 ? undefined : { behind: sum(inside), all };
}

const addAtMost = (total: number | undefined, { rows }: { readonly rows: Bounds }): number | undefined =>
  total === undefined || rows.atMost === undefined ? undefined : total + rows.atMost;

const smallest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

function sentence({ behind, all }: Share, reads: Share | undefined, hasLogs: boolean): string {
  if (behind === 0) return 'Nothing is exact yet: no integration stands behind the gateway.';
  if (!hasLogs) {
    return `Exact for ${counted(behind, 'integration')} behind the gateway. No log tells whether others read customer data.`;
  }
  if (behind === all) {
    return `Exact for ${behind === 1 ? 'the one known integration' : `all ${inWords(all)} known integrations`}.`;
  }
  const others = all - behind;
  const ofReads =
    reads === undefined ? '' : `, with ${shareInWords(reads)} of the records that logs saw third parties read`;
  const go = others === 1 ? 'The other one goes' : `The other ${inWords(others)} go`;
  return `Exact for ${inWords(behind)} of ${inWords(all)} integrations${ofReads}. ${go} straight to the CRM: known from logs only, within bounds.`;
}

/** Rounded down: what is not all never reads as 100%. */
function shareInWords({ behind, all }: Share): string {
  const percent = Math.floor((100 * behind) / all);
  return percent === 0 && behind > 0 ? 'under 1%' : `${percent}%`;
}

const warnOfUncounted = ({ name, uncounted }: BehindGateway): string =>
  `${name} reads ${listInWords(uncounted)} uncounted: nothing bounds what left there.`;
