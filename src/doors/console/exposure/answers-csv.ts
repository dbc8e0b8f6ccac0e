import { toCsv } from '#lib/csv.ts';
import type { ReleaseView } from '#model/gateway-wire.ts';

const columns = [
  'time',
  'integration',
  'token',
  'bound by',
  'address',
  'operation',
  'object',
  'fields',
  'records',
  'end',
  'query',
] as const;

/** The answers as a spreadsheet reads them (RFC 4180); times ISO 8601 UTC. */
export const answersCsv = (releases: readonly ReleaseView[]): string =>
  toCsv(
    columns,
    releases.map((each) => [
      new Date(each.at).toISOString(),
      each.integration,
      each.token,
      each.tier,
      each.address,
      each.operation,
      each.object,
      each.fields.join(' '),
      each.records,
      each.end,
      each.query,
    ]),
  );
