import type { Activity } from '#model/activity.ts';

/** Okta's event types by what they are to us. https://developer.okta.com/docs/reference/api/event-types/ */
const byType: Readonly<Record<string, Activity>> = {
  'user.session.start': 'login',
  'user.session.end': 'logout',
  'user.session.clear': 'logout',
  'user.authentication.slo': 'logout',
  'user.authentication.universal_logout': 'logout',
  'user.authentication.sso': 'sign-on',
  'user.authentication.auth_via_mfa': 'factor-challenge',
  'user.authentication.verify': 'factor-challenge',
  'user.mfa.okta_verify': 'factor-challenge',
  'user.mfa.okta_verify.deny_push': 'factor-challenge',
  'user.mfa.attempt_bypass': 'factor-challenge',
  'system.push.send_factor_verify_push': 'factor-challenge',
  'system.sms.send_factor_verify_message': 'factor-challenge',
  'user.mfa.factor.activate': 'factor-enrol',
  'user.mfa.factor.update': 'factor-enrol',
  'device.enrollment.create': 'factor-enrol',
  'user.mfa.factor.deactivate': 'factor-reset',
  'user.mfa.factor.suspend': 'factor-reset',
  'user.mfa.factor.reset_all': 'factor-reset',
  'user.account.reset_password': 'password-reset',
  'user.account.update_password': 'password-reset',
  'user.account.expire_password': 'password-reset',
  'user.account.privilege.grant': 'permission-change',
  'user.account.privilege.revoke': 'permission-change',
  'user.account.report_suspicious_activity_by_enduser': 'vendor-finding',
  'user.session.impersonation.grant': 'login-as',
  'user.session.impersonation.initiate': 'login-as',
  'user.session.impersonation.extend': 'login-as',
  'security.threat.detected': 'vendor-finding',
  'app.oauth2.token.detect_reuse': 'vendor-finding',
  'app.token.reuse': 'vendor-finding',
  'app.oauth2.as.token.detect_reuse': 'vendor-finding',
  'app.generic.unauth_app_access_attempt': 'sign-on',
  'application.lifecycle.create': 'app-create',
  'application.policy.sign_on.update': 'setting-change',
  'application.user_membership.show_password': 'account-change',
  'application.integration.rate_limit_exceeded': 'api-call',
};

/** Families of event types, by how they begin; the first that fits. */
const byFamily: readonly (readonly [string, Activity])[] = [
  ['user.authentication.', 'login'],
  ['app.oauth2.as.authorize', 'sign-on'],
  ['app.oauth2.authorize.', 'sign-on'],
  ['app.oauth2.token.grant', 'sign-on'],
  ['app.oauth2.as.token.grant', 'sign-on'],
  ['app.oauth2.client.lifecycle.create', 'app-create'],
  ['app.oauth2.client.', 'app-change'],
  ['application.user_membership.', 'permission-change'],
  ['application.lifecycle.', 'app-change'],
  ['application.', 'app-change'],
  ['group.', 'permission-change'],
  ['iam.', 'permission-change'],
  ['user.lifecycle.', 'account-change'],
  ['user.account.', 'account-change'],
  ['device.enrollment.', 'factor-enrol'],
  ['system.api_token.', 'setting-change'],
  ['system.idp.', 'setting-change'],
  ['policy.lifecycle.', 'setting-change'],
  ['policy.rule.', 'setting-change'],
  ['zone.', 'setting-change'],
  ['network_zone.', 'setting-change'],
];

export function activityOfType(eventType: string): Activity {
  if (Object.hasOwn(byType, eventType)) return byType[eventType]!;
  return byFamily.find(([start]) => eventType.startsWith(start))?.[1] ?? 'other';
}

/** Event types in which a further factor was asked for and given. */
export const provesFactor: ReadonlySet<string> = new Set([
  'user.authentication.auth_via_mfa',
  'user.authentication.verify',
  'user.mfa.okta_verify',
]);
