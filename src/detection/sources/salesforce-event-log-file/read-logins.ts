import type { Slots } from '#model/event.ts';
import { isMultiFactor, protocolOfLogin } from '../salesforce-words.ts';
import { userAgentOf, versionOf } from './read-calls.ts';
import type { Row } from './row.ts';

export function readLogin(slots: Slots, row: Row): void {
  const { at } = row;
  const status = row.text(at.LOGIN_STATUS);
  const type = row.text(at.LOGIN_TYPE);
  const uri = row.unquoted(at.URI);
  slots.activity_name = 'login';
  if (status !== undefined) slots.status_id = status === 'LOGIN_NO_ERROR' ? 1 : 2;
  slots.status_detail = status;
  slots.auth_protocol =
    protocolOfLogin(type, row.text(at.LOGIN_SUB_TYPE)) ?? (uri?.startsWith('/services/oauth2/') ? 'OAuth' : undefined);
  slots.is_mfa = isMultiFactor(row.unquoted(at.AUTHENTICATION_METHOD_REFERENCE));
  slots['http_request.url.path'] = uri;
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(at.BROWSER_TYPE));
  slots['api.version'] = versionOf(row.text(at.API_VERSION));
}

export function readLogout(slots: Slots, row: Row): void {
  slots.activity_name = 'logout';
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(row.at.BROWSER_TYPE));
}

/** The delegated user is the one who acts, USER_ID the one whose account is entered. */
export function readLoginAs(slots: Slots, row: Row): void {
  const { at } = row;
  slots.activity_name = 'login-as';
  slots['http_request.url.path'] = row.unquoted(at.URI);
  const impersonator = row.id(at.DELEGATED_USER_ID, at.DELEGATED_USER_ID_DERIVED);
  if (impersonator === undefined) return;
  slots['user.uid'] = slots['actor.user.uid'];
  slots['user.name'] = slots['actor.user.name'];
  slots['actor.user.uid'] = impersonator;
  slots['actor.user.name'] = row.text(at.DELEGATED_USER_NAME)?.toLowerCase();
}

/** The vendor's own support enters the organisation. */
export function readSalesforceLoginAs(slots: Slots, row: Row): void {
  const { at } = row;
  slots.activity_name = 'login-as';
  slots['actor.user.uid'] = row.id(at.ACTUAL_USER_ID) ?? slots['actor.user.uid'];
  slots['actor.user.type'] = 'Salesforce';
  slots['api.operation'] = row.text(at.OPERATION);
}
