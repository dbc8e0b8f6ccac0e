import { gatewayTokensOf } from '#model/gateway-tokens.ts';
import type { ExposureQuestion } from '#model/gateway-wire.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { IncidentView } from '#model/wire.ts';

/**
 * What to ask the ledger about an incident: all that left by the tokens its findings name; where logs alone tell of it,
 * what its integrations read while it lasted. Refused where it names neither. `from` and `to`, ms since 1970 UTC, narrow it.
 */
export function exposureOf(
  { id, findings, grants, firstAt, lastAt }: Pick<IncidentView, 'id' | 'findings' | 'grants' | 'firstAt' | 'lastAt'>,
  window: { readonly from?: number; readonly to?: number },
): Result<Exclude<ExposureQuestion, { kind: 'customer' }>> {
  const tokens = gatewayTokensOf(findings).flatMap((each) => each.tokens);
  if (tokens.length > 0) return success({ kind: 'incident', incident: id, tokens, ...window });
  const integrations = [...new Set(grants.flatMap(({ appName }) => appName ?? []))];
  if (integrations.length > 0) return success({ kind: 'window', integrations, from: firstAt, to: lastAt, ...window });
  const why = `incident ${id} names no integration, so that the gateway knows nothing of it`;
  return failure({ kind: 'refused', by: 'the ledger', why });
}
