import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { countOf, noTime, partOf, textOf } from '../record-values.ts';

const acceptsObject = (value: JsonObject): boolean =>
  typeof value['action'] === 'string' &&
  ('@timestamp' in value || 'created_at' in value) &&
  ('_document_id' in value || 'actor' in value) &&
  ('_document_id' in value || 'org' in value || 'business' in value || 'repo' in value);

/** Families by how the action begins; the first that fits. */
const families: readonly (readonly [string, Activity])[] = [
  ['user.login', 'login'],
  ['user.failed_login', 'login'],
  ['user.logout', 'logout'],
  ['org.sso_response', 'sign-on'],
  ['business.sso_response', 'sign-on'],
  ['two_factor_authentication.disabled', 'factor-reset'],
  ['two_factor_authentication.enabled', 'factor-enrol'],
  ['user.two_factor', 'factor-challenge'],
  ['org.oauth_app_access_', 'app-change'],
  ['oauth_application.create', 'app-create'],
  ['oauth_application.', 'app-change'],
  ['oauth_authorization.', 'app-change'],
  ['integration_installation', 'app-change'],
  ['integration.', 'app-change'],
  ['org.add_member', 'permission-change'],
  ['org.update_member', 'permission-change'],
  ['org.remove_member', 'permission-change'],
  ['team.', 'permission-change'],
  ['repo.add_member', 'permission-change'],
  ['repo.remove_member', 'permission-change'],
  ['role.', 'permission-change'],
  ['git.', 'other'],
  ['workflows.', 'other'],
  ['pull_request', 'other'],
  ['secret_scanning_alert.', 'vendor-finding'],
  ['org.', 'setting-change'],
  ['business.', 'setting-change'],
  ['repo.', 'setting-change'],
  ['protected_branch.', 'setting-change'],
  ['hook.', 'setting-change'],
  ['personal_access_token.', 'setting-change'],
];

function readObject(value: JsonObject): Reading | Invalid {
  const written = value['@timestamp'] ?? value['created_at'];
  // ms since 1970 UTC; streamed to some stores as ISO 8601.
  const time = typeof written === 'string' ? parseInstant(written) : countOf(written);
  if (time === undefined || !Number.isSafeInteger(time))
    return noTime('@timestamp', written, 'milliseconds since 1970');
  const action = textOf(value['action']);
  if (action === undefined) return { invalid: 'no action, expected an event of the audit log' };
  const slots = new Slots();
  slots.activity_name = families.find(([beginning]) => action.startsWith(beginning))?.[1] ?? 'other';
  slots['metadata.event_code'] = action;
  slots['metadata.product.name'] = 'GitHub';
  slots['metadata.tenant_uid'] = textOf(value['org']) ?? textOf(value['business']);
  slots['metadata.correlation_uid'] = textOf(value['request_id']);
  slots['api.operation'] = textOf(value['operation_type']);
  slots.status_id = action === 'user.failed_login' ? 2 : 1;
  slots['actor.user.uid'] = textOf(value['actor_id']);
  // The name at the provider, where single sign-on ties it to the account; the account's own otherwise.
  slots['actor.user.name'] = (textOf(value['external_identity_nameid']) ?? textOf(value['actor']))?.toLowerCase();
  slots['actor.user.type'] = value['actor_is_bot'] === true ? 'bot' : undefined;
  slots['src_endpoint.ip'] = textOf(value['actor_ip']);
  slots['src_endpoint.location.country'] = textOf(partOf(value, 'actor_location')?.['country_code']);
  slots['http_request.user_agent'] = textOf(value['user_agent']);
  const user = textOf(value['user'])?.toLowerCase();
  if (user !== textOf(value['actor'])?.toLowerCase()) slots['user.name'] = user;
  slots['entity.name'] = textOf(value['oauth_application_name']) ?? textOf(value['name']) ?? textOf(value['team']);
  slots['entity.uid'] = textOf(value['oauth_application_id']) ?? textOf(value['integration_id']);
  slots['resources.name'] = textOf(value['repo']);
  return { time, key: textOf(value['_document_id']) ?? keyOf(value, time), slots };
}

/** Git events and some streams carry no document id. */
const keyOf = (value: JsonObject, time: number): string =>
  [time, value['action'], value['actor'], value['repo'], value['user'], value['actor_ip'], value['request_id']]
    .map((part) => textOf(part) ?? '')
    .join(' ');

/**
 * The audit log of an organisation or enterprise, from the API, an export or a stream.
 * https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
 */
export const source: Source = {
  name: 'github-audit',
  title: 'GitHub audit log',
  lag: 'minutes',
  longestLagMs: 3_600_000,
  acceptsObject,
  readObject,
};
