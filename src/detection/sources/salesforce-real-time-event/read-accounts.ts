import type { Slots } from '#model/event.ts';
import type { JsonObject } from '#model/source.ts';
import { countOf, knownTextOf, listOf, textOf } from '../record-values.ts';
import { isMultiFactor, protocolOfLogin, setApp } from '../salesforce-words.ts';
import { idOf, versionOf } from './read-reads.ts';

/** The kinds of event that tell of sign-ins, permissions and what the vendor's own models suspect. */

const isSuccess = (status: string): boolean => /^succe/i.test(status);

export function readLoginEvent(slots: Slots, record: JsonObject): void {
  const status = knownTextOf(record['Status']);
  slots.activity_name = 'login';
  slots.status_id = status === undefined ? undefined : isSuccess(status) ? 1 : 2;
  slots.status_detail = status;
  slots.auth_protocol = protocolOfLogin(textOf(record['LoginType']), textOf(record['LoginSubType']));
  slots.is_mfa = isMultiFactor(textOf(record['AuthMethodReference']));
  slots['http_request.http_method'] = knownTextOf(record['HttpMethod']);
  slots['api.version'] = versionOf(record['ApiVersion']);
  setApp(slots, undefined, knownTextOf(record['Application']));
}

export function readLogoutEvent(slots: Slots): void {
  slots.activity_name = 'logout';
}

/** The delegated user is the one who acts; UserId is the account that is entered. */
export function readLoginAsEvent(slots: Slots, record: JsonObject): void {
  const impersonator = textOf(record['DelegatedUsername'])?.toLowerCase();
  slots.activity_name = 'login-as';
  slots['api.operation'] = knownTextOf(record['LoginAsCategory']);
  slots['http_request.url.path'] = textOf(record['TargetUrl']);
  if (impersonator === undefined) return;
  slots['user.uid'] = slots['actor.user.uid'];
  slots['user.name'] = slots['actor.user.name'];
  slots['actor.user.uid'] = undefined;
  slots['actor.user.name'] = impersonator;
}

export function readPermissionSetEvent(slots: Slots, record: JsonObject): void {
  slots.activity_name = 'permission-change';
  slots['api.operation'] = knownTextOf(record['Operation']);
  slots['entity.type'] = knownTextOf(record['PermissionType']);
  slots['entity.name'] = listOf(record['ParentNameList'])[0];
  slots['entity.uid'] = idOf(listOf(record['ParentIdList'])[0]);
  slots['user.uid'] = idOf(listOf(record['ImpactedUserIds'])[0]);
  slots.message = textOf(record['PermissionList']);
}

/** A person proves who they are; Activity says what for, `Connect…` that a factor is being enrolled. */
export function readIdentityVerification(slots: Slots, record: JsonObject): void {
  const activity = knownTextOf(record['Activity']);
  const status = knownTextOf(record['Status']);
  slots.activity_name = /^(?:connect|enroll|register|enableLL)/i.test(activity ?? '')
    ? 'factor-enrol'
    : 'factor-challenge';
  slots['api.operation'] = activity;
  if (status !== undefined)
    slots.status_id = isSuccess(status) ? 1 : /fail|denied|expired|report|block/i.test(status) ? 2 : undefined;
  slots.status_detail = status;
  slots.is_mfa = slots.status_id === 1 ? true : undefined;
  slots['entity.type'] = knownTextOf(record['VerificationMethod']);
  slots.message = textOf(record['Remarks']);
}

export function readIdentityProvider(slots: Slots, record: JsonObject): void {
  const error = knownTextOf(record['ErrorCode']);
  slots.activity_name = 'sign-on';
  slots.status_id = error === undefined ? undefined : isSuccess(error) ? 1 : 2;
  slots.status_detail = error;
  slots.auth_protocol = knownTextOf(record['SsoType']);
  slots['service.name'] = textOf(record['SamlEntityUrl']) ?? textOf(record['AppId']);
  slots['actor.user.name'] ??= textOf(record['IdentityUsed'])?.toLowerCase();
}

/** One of the vendor's anomaly models speaks; how loudly (Score) stays a field of its own. */
export function readAnomaly(slots: Slots, record: JsonObject): void {
  const userAgent = textOf(record['CurrentUserAgent']);
  slots.activity_name = 'vendor-finding';
  slots.message = textOf(record['Summary']);
  slots['api.operation'] = knownTextOf(record['Operation']) ?? knownTextOf(record['AnomalySubType']);
  slots['resources.type'] = listOf(record['QueriedEntities'] ?? record['RequestedEntities']);
  slots['resources.uid'] = idOf(record['Report']);
  slots['unmapped.rows'] = countOf(record['RowsProcessed']);
  slots['http_request.url.path'] = textOf(record['Uri']);
  slots['http_request.user_agent'] ??= userAgent;
  slots['src_endpoint.ip'] ??= knownTextOf(record['CurrentIp']);
}
