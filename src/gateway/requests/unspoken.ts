import type { Refusal } from '../call.ts';
import { refuseAsAbsent, refuseUnspoken } from './refuse.ts';

interface Family {
  readonly reason: string;
  /** Below `/services/data/vXX.0` (`data`) or from the root. */
  readonly under: 'data' | 'root';
  readonly prefix: string;
  readonly what: string;
}

/** Ways to customer data that this version does not speak; longest prefix first where one holds another. */
const families: readonly Family[] = [
  { reason: 'soap', under: 'root', prefix: 'services/Soap', what: 'the SOAP API' },
  { reason: 'bulk-v1', under: 'root', prefix: 'services/async', what: 'Bulk API 1.0' },
  { reason: 'apexrest', under: 'root', prefix: 'services/apexrest', what: 'Apex REST' },
  { reason: 'streaming', under: 'root', prefix: 'cometd', what: 'the Streaming API' },
  { reason: 'tooling', under: 'data', prefix: 'tooling', what: 'the Tooling API' },
  { reason: 'search', under: 'data', prefix: 'search', what: 'search (SOSL)' },
  { reason: 'search', under: 'data', prefix: 'parameterizedSearch', what: 'parameterized search' },
  { reason: 'graphql', under: 'data', prefix: 'graphql', what: 'GraphQL' },
  { reason: 'ui-api', under: 'data', prefix: 'ui-api', what: 'the User Interface API' },
  { reason: 'analytics', under: 'data', prefix: 'analytics', what: 'reports and dashboards' },
  { reason: 'chatter', under: 'data', prefix: 'chatter', what: 'Chatter' },
  { reason: 'connect', under: 'data', prefix: 'connect', what: 'Connect REST' },
  { reason: 'ingest', under: 'data', prefix: 'jobs/ingest', what: 'a Bulk API 2.0 ingest job' },
  { reason: 'composite-tree', under: 'data', prefix: 'composite/tree', what: 'a composite tree' },
  { reason: 'composite-graph', under: 'data', prefix: 'composite/graph', what: 'a composite graph' },
];

/** Why a path that is none of the gateway's own is refused: by the name of its family where it is known. */
export function refuseUnknown(segments: readonly string[]): Refusal {
  const isData = segments[0] === 'services' && segments[1] === 'data';
  const within = { root: segments.join('/'), data: isData ? segments.slice(3).join('/') : '' };
  const family = families.find(({ under, prefix }) => `${within[under]}/`.startsWith(`${prefix}/`));
  if (family === undefined)
    return refuseAsAbsent('unknown-path', 'this path is not one that it speaks, so it is closed');
  return refuseUnspoken(
    family.reason,
    `this is ${family.what}, which it cannot count yet; a later version will speak it. ` +
      'Until then use query, Bulk API 2.0 query jobs or sobject rows',
  );
}

/** Writes of any kind, on paths whose reading is spoken. */
export const refuseWrite = (method: string, what: string): Refusal =>
  refuseUnspoken(
    'write',
    `${method} here is a write (${what}); it passes reads only. A later version will speak writes`,
  );
