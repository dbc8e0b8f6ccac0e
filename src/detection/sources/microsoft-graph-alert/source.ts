import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { noTime, partOf, partsOf, textOf } from '../record-values.ts';

const dayMs = 24 * 3_600_000;

/** An exporter that selects fields leaves some away: each generation is known by two that the other has not. */
function acceptsObject(value: JsonObject): boolean {
  if (!('createdDateTime' in value) || !('severity' in value)) return false;
  return isLegacy(value) || 'serviceSource' in value || 'detectionSource' in value;
}

/** Of `/security/alerts`, which Microsoft has superseded; what is exported stays. */
const isLegacy = (value: JsonObject): boolean => 'vendorInformation' in value || 'azureTenantId' in value;

/** An account as both generations tell it. */
interface Account {
  readonly uid: string | undefined;
  readonly name: string | undefined;
}

/** `#microsoft.graph.security.userEvidence` → `userEvidence`. */
const kindOf = (evidence: JsonObject): string | undefined => textOf(evidence['@odata.type'])?.split('.').at(-1);

function accountOf(value: JsonObject): Account {
  const account = textOf(value['accountName']);
  const domain = textOf(value['domainName']);
  // The domain is a DNS name or a NetBIOS name; only the first makes a sign-in name.
  const composed = account !== undefined && domain?.includes('.') ? `${account}@${domain}` : account;
  return {
    uid: textOf(value['azureAdUserId']) ?? textOf(value['aadUserId']),
    name: (textOf(value['userPrincipalName']) ?? composed)?.toLowerCase(),
  };
}

function accountIn(part: JsonObject): Account {
  const mailbox = textOf(part['upn']) ?? textOf(part['primaryAddress']);
  const { uid, name } = accountOf(partOf(part, 'userAccount') ?? part);
  return { uid, name: name ?? mailbox?.toLowerCase() };
}

/** The parts of an alert that name an account each; mailboxes count where the alert names no user. */
function userPartsOf(value: JsonObject): readonly JsonObject[] {
  if (isLegacy(value)) return partsOf(value['userStates']);
  const evidence = partsOf(value['evidence']);
  const users = evidence.filter((part) => kindOf(part) === 'userEvidence');
  return users.length > 0 ? users : evidence.filter((part) => kindOf(part) === 'mailboxEvidence');
}

const keyOf = ({ uid, name }: Account): string | undefined => name ?? uid;

/**
 * An alert may name several people, and each is told for themselves: the alert with nobody else in it. Of an account that
 * stands twice the first; of more people than one record may tell of, those that come first.
 */
function recordsIn(value: JsonObject): readonly JsonObject[] {
  const parts = userPartsOf(value);
  const byAccount = new Map<string, JsonObject>();
  for (const part of parts) {
    const account = keyOf(accountIn(part));
    if (account !== undefined && !byAccount.has(account)) byAccount.set(account, part);
  }
  if (byAccount.size < 2) return [value];
  const everybody = new Set(parts);
  const rest = isLegacy(value) ? [] : partsOf(value['evidence']).filter((part) => !everybody.has(part));
  const list = isLegacy(value) ? 'userStates' : 'evidence';
  return [...byAccount.values()].slice(0, 256).map((part) => ({ ...value, [list]: [part, ...rest] }));
}

const evidenceOf = (value: JsonObject, kind: string): readonly JsonObject[] =>
  partsOf(value['evidence']).filter((part) => kindOf(part) === kind);

const hasRole = ({ roles }: JsonObject, ...wanted: readonly string[]): boolean =>
  Array.isArray(roles) && roles.some((role) => wanted.includes(String(role)));

/** The address of the attacker, where a role says so, else one that was not called or attacked. */
function addressIn(value: JsonObject): JsonObject | undefined {
  const found = evidenceOf(value, 'ipEvidence');
  return (
    found.find((part) => hasRole(part, 'attacker', 'source', 'suspicious')) ??
    found.find((part) => !hasRole(part, 'destination', 'commandAndControl', 'attacked', 'scanned'))
  );
}

function fillLegacy(slots: Slots, value: JsonObject, user: JsonObject | undefined): void {
  const [connection] = partsOf(value['networkConnections']);
  const [app] = partsOf(value['cloudAppStates']);
  slots['metadata.tenant_uid'] = textOf(value['azureTenantId']);
  slots['src_endpoint.ip'] = textOf(user?.['logonIp']) ?? textOf(connection?.['sourceAddress']);
  slots['service.name'] = textOf(app?.['destinationServiceName']);
}

function fillCurrent(slots: Slots, value: JsonObject): void {
  const address = addressIn(value);
  slots['metadata.tenant_uid'] = textOf(value['tenantId']);
  slots['src_endpoint.ip'] = textOf(address?.['ipAddress']);
  slots['src_endpoint.location.country'] = textOf(address?.['countryLetterCode']);
  slots['http_request.user_agent'] = textOf(evidenceOf(value, 'cloudLogonSessionEvidence')[0]?.['userAgent']);
  slots['service.name'] = textOf(evidenceOf(value, 'cloudApplicationEvidence')[0]?.['displayName']);
  // The app is what the alert is about; that it holds a token of this account in the CRM is not said.
  const [app] = evidenceOf(value, 'oauthApplicationEvidence');
  if (app === undefined) return;
  slots['entity.name'] = textOf(app['displayName']);
  slots['entity.uid'] = textOf(app['appId']);
  slots['entity.type'] = 'app';
}

function readObject(value: JsonObject): Reading | Invalid {
  const id = textOf(value['id']);
  if (id === undefined) return { invalid: 'no id, expected a security alert' };
  // An alert is about what was done; it is created afterwards, by a scheduled search up to 14 days later.
  const done = parseInstant(textOf(value[isLegacy(value) ? 'eventDateTime' : 'firstActivityDateTime']) ?? '');
  const time = done ?? parseInstant(textOf(value['createdDateTime']) ?? '');
  if (time === undefined) return noTime('createdDateTime', value['createdDateTime']);
  const slots = new Slots();
  slots.activity_name = 'vendor-finding';
  slots['metadata.product.name'] = 'Microsoft Graph security';
  slots['metadata.event_code'] = textOf(value['category']);
  slots.status_detail = textOf(value['status']);
  slots.message = textOf(value['title']);
  slots['entity.name'] = slots.message;
  slots['entity.type'] = 'alert';
  const parts = userPartsOf(value);
  const user = parts.find((part) => keyOf(accountIn(part)) !== undefined) ?? parts[0];
  const account = user && accountIn(user);
  slots['actor.user.uid'] = account?.uid;
  slots['actor.user.name'] = account?.name;
  if (isLegacy(value)) fillLegacy(slots, value, user);
  else fillCurrent(slots, value);
  // An alert is written again when somebody works on it; what is decided about it is news.
  return { time, key: `${id}:${slots.status_detail ?? ''}`, slots };
}

/**
 * Alerts of Defender, Sentinel, Entra ID Protection and their like, as Graph gives them in both generations.
 * https://learn.microsoft.com/graph/api/resources/security-alert
 * https://learn.microsoft.com/graph/api/resources/alert
 */
export const source: Source = {
  name: 'microsoft-graph-alert',
  title: 'Microsoft Graph security alerts',
  lag: 'minutes to hours, scheduled searches days',
  longestLagMs: 14 * dayMs,
  acceptsObject,
  recordsIn,
  readObject,
};
