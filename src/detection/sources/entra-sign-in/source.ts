import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { diagnosticCategory, graphRecord, tableOf } from '../azure-record.ts';
import { countOf, listOf, noTime, partOf, textOf } from '../record-values.ts';

const categories: ReadonlySet<string> = new Set([
  'SignInLogs',
  'NonInteractiveUserSignInLogs',
  'ServicePrincipalSignInLogs',
  'ManagedIdentitySignInLogs',
]);
const tables: ReadonlyMap<string, string> = new Map(
  Object.entries({
    SigninLogs: 'SignInLogs',
    AADNonInteractiveUserSignInLogs: 'NonInteractiveUserSignInLogs',
    AADServicePrincipalSignInLogs: 'ServicePrincipalSignInLogs',
    AADManagedIdentitySignInLogs: 'ManagedIdentitySignInLogs',
  }),
);

function acceptsObject(value: JsonObject): boolean {
  if (categories.has(diagnosticCategory(value) ?? '') || tables.has(tableOf(value) ?? '')) return true;
  return (
    typeof value['createdDateTime'] === 'string' &&
    'appId' in value &&
    ('userPrincipalName' in value || 'servicePrincipalId' in value) &&
    ('status' in value || 'ipAddress' in value)
  );
}

function readObject(value: JsonObject): Reading | Invalid {
  const created = textOf(value['createdDateTime']) ?? textOf(value['time']) ?? textOf(value['timeGenerated']) ?? '';
  const time = parseInstant(created);
  if (time === undefined) return noTime('createdDateTime', created);
  const id = textOf(value['id']);
  if (id === undefined) return { invalid: 'no id, expected a sign-in' };
  const slots = new Slots();
  slots.activity_name = 'sign-on';
  slots['metadata.event_code'] = categoryOf(value);
  slots['metadata.product.name'] = 'Microsoft Entra ID';
  slots['metadata.tenant_uid'] = textOf(value['tenantId']) ?? textOf(value['homeTenantId']);
  slots['metadata.correlation_uid'] = textOf(value['correlationId']);
  slots['api.operation'] = textOf(value['clientAppUsed']);
  setOutcome(slots, value);
  setParties(slots, value);
  setOrigin(slots, value);
  return { time, key: isNil(id) ? nilKey(slots, created) : id, slots };
}

/** Anonymised logs have one id for all. */
const isNil = (id: string): boolean => /^[0-]+$/.test(id);
const nilKey = (slots: Slots, created: string): string =>
  [created, slots['actor.user.name'], slots['src_endpoint.ip'], slots['service.name']].join(' ');

function categoryOf(value: JsonObject): string {
  const stated = textOf(value['category']);
  if (stated !== undefined && categories.has(stated)) return stated;
  const ofTable = tables.get(textOf(value['type']) ?? '');
  if (ofTable !== undefined) return ofTable;
  const [type = ''] = listOf(value['signInEventTypes']);
  if (type === 'servicePrincipal' || type === 'managedIdentity')
    return type === 'servicePrincipal' ? 'ServicePrincipalSignInLogs' : 'ManagedIdentitySignInLogs';
  return value['isInteractive'] === false ? 'NonInteractiveUserSignInLogs' : 'SignInLogs';
}

/**
 * Codes that say that something more is asked for, not that the sign-in failed.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const interrupts: ReadonlySet<number> = new Set([
  16000, 16001, 50055, 50058, 50059, 50072, 50074, 50076, 50079, 50097, 50125, 50127, 50129, 50140, 50143, 50144, 50158,
  50199, 51006, 52004, 65001, 81010, 81012, 81014,
]);

function setOutcome(slots: Slots, value: JsonObject): void {
  const status = partOf(value, 'status');
  const code = countOf(status?.['errorCode'] ?? value['resultType']);
  slots.status_id = code === undefined || interrupts.has(code) ? undefined : code === 0 ? 1 : 2;
  const reason = textOf(status?.['failureReason']) ?? textOf(value['resultDescription']);
  slots.status_detail =
    code === undefined || code === 0 ? undefined : `${code}${reason === undefined ? '' : ` ${reason}`}`;
  slots.message = textOf(status?.['additionalDetails']);
  if (slots.status_id === 1) slots.is_mfa = provesFactor(value, slots.message ?? '');
  slots.auth_protocol =
    protocols.get(textOf(value['authenticationProtocol']) ?? '') ?? textOf(value['authenticationProtocol']);
}

const protocols: ReadonlyMap<string, string | undefined> = new Map<string, string | undefined>(
  Object.entries({ saml20: 'SAML', oAuth2: 'OAuth', wsFederation: 'WS-Federation', none: undefined }),
);

/** Graph v1.0 does not say what was required; then the words of the status do, where it has any. */
function provesFactor(value: JsonObject, details: string): boolean | undefined {
  const required = textOf(value['authenticationRequirement']);
  if (required === 'multiFactorAuthentication') return true;
  if (required === 'singleFactorAuthentication') return false;
  return /^MFA (requirement satisfied|completed)/i.test(details) ? true : undefined;
}

/** Of a person the app is what is signed in to; a service principal is itself the app. */
function setParties(slots: Slots, value: JsonObject): void {
  const person = textOf(value['userId']) ?? textOf(value['userPrincipalName']);
  if (person === undefined) {
    slots['actor.user.type'] = 'service principal';
    slots['actor.app_uid'] = textOf(value['appId']);
    slots['actor.app_name'] = textOf(value['servicePrincipalName']) ?? textOf(value['appDisplayName']);
    slots['unmapped.app_attribution'] = 'stated';
    slots['service.name'] = textOf(value['resourceDisplayName']);
  } else {
    slots['actor.user.uid'] = textOf(value['userId']);
    slots['actor.user.name'] = textOf(value['userPrincipalName'])?.toLowerCase();
    slots['actor.user.type'] = textOf(value['userType']);
    slots['service.name'] = textOf(value['appDisplayName']) ?? textOf(value['resourceDisplayName']);
    slots['entity.name'] = slots['service.name'];
    slots['entity.uid'] = textOf(value['appId']);
    slots['entity.type'] = 'application';
  }
  slots['actor.session.uid'] = textOf(value['sessionId']);
  slots['actor.session.uid_alt'] = textOf(value['uniqueTokenIdentifier']);
}

function setOrigin(slots: Slots, value: JsonObject): void {
  const place = partOf(value, 'location');
  slots['src_endpoint.ip'] = textOf(value['ipAddress']) ?? textOf(value['callerIpAddress']);
  slots['src_endpoint.location.country'] = textOf(place?.['countryOrRegion']);
  slots['src_endpoint.location.city'] = textOf(place?.['city']);
  slots['src_endpoint.autonomous_system.number'] = countOf(value['autonomousSystemNumber']);
  slots['http_request.user_agent'] = textOf(value['userAgent']) ?? textOf(partOf(value, 'deviceDetail')?.['browser']);
  const risks = listOf(value['riskEventTypes_v2'] ?? value['riskEventTypes_V2'] ?? value['riskEventTypes']);
  if (risks.includes('anonymizedIPAddress')) slots['unmapped.src_endpoint.is_proxy'] = true;
}

/**
 * Sign-ins of people and of service principals, interactive and not.
 * https://learn.microsoft.com/graph/api/resources/signin
 * https://learn.microsoft.com/entra/identity/monitoring-health/reference-azure-monitor-sign-ins-log-schema
 */
export const source: Source = {
  name: 'entra-sign-in',
  title: 'Microsoft Entra sign-ins',
  lag: 'minutes',
  longestLagMs: 2 * 3_600_000,
  acceptsObject,
  recordsIn: (value) => [graphRecord(value)],
  readObject,
};
