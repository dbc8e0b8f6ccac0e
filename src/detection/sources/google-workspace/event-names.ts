import type { Activity } from '#model/activity.ts';

/**
 * Events of Google's audit logs by what they are to us, by application.
 * https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login
 */
const login: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    login_success: 'login',
    login_failure: 'login',
    logout: 'logout',
    login_challenge: 'factor-challenge',
    login_verification: 'factor-challenge',
    '2sv_enroll': 'factor-enrol',
    passkey_enrolled: 'factor-enrol',
    '2sv_disable': 'factor-reset',
    passkey_removed: 'factor-reset',
    password_edit: 'password-reset',
    recovery_email_edit: 'account-change',
    recovery_phone_edit: 'account-change',
    recovery_secret_qa_edit: 'account-change',
    titanium_enroll: 'setting-change',
    titanium_unenroll: 'setting-change',
    email_forwarding_out_of_domain: 'setting-change',
    blocked_sender: 'setting-change',
    suspicious_login: 'vendor-finding',
    suspicious_login_less_secure_app: 'vendor-finding',
    suspicious_programmatic_login: 'vendor-finding',
    gov_attack_warning: 'vendor-finding',
    user_signed_out_due_to_suspicious_session_cookie: 'vendor-finding',
    risky_sensitive_action_allowed: 'vendor-finding',
    risky_sensitive_action_blocked: 'vendor-finding',
    account_disabled_generic: 'vendor-finding',
    account_disabled_hijacked: 'vendor-finding',
    account_disabled_password_leak: 'vendor-finding',
    account_disabled_spamming: 'vendor-finding',
    account_disabled_spamming_through_relay: 'vendor-finding',
  }),
);

/** https://developers.google.com/workspace/admin/reports/v1/appendix/activity/admin-user-settings */
const admin: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    CHANGE_PASSWORD: 'password-reset',
    CHANGE_PASSWORD_ON_NEXT_LOGIN: 'password-reset',
    TURN_OFF_2_STEP_VERIFICATION: 'factor-reset',
    UNENROLL_USER_FROM_STRONG_AUTH: 'factor-reset',
    UNENROLL_USER_FROM_TITANIUM: 'factor-reset',
    REVOKE_SECURITY_KEY: 'factor-reset',
    DELETE_2SV_SCRATCH_CODES: 'factor-reset',
    GENERATE_2SV_SCRATCH_CODES: 'factor-enrol',
    GRANT_ADMIN_PRIVILEGE: 'permission-change',
    REVOKE_ADMIN_PRIVILEGE: 'permission-change',
    GRANT_DELEGATED_ADMIN_PRIVILEGES: 'permission-change',
    ADD_APPLICATION: 'app-create',
    ADD_APPLICATION_TO_WHITELIST: 'app-change',
    REMOVE_APPLICATION: 'app-change',
    REMOVE_APPLICATION_FROM_WHITELIST: 'app-change',
    AUTHORIZE_API_CLIENT_ACCESS: 'app-change',
    REMOVE_API_CLIENT_ACCESS: 'app-change',
    ADD_TO_TRUSTED_OAUTH2_APPS: 'app-change',
    REVOKE_3LO_TOKEN: 'app-change',
  }),
);

/** Types of the admin log's events, where the name is none of the above. */
const adminTypes: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    USER_SETTINGS: 'account-change',
    DELEGATED_ADMIN_SETTINGS: 'permission-change',
    GROUP_SETTINGS: 'permission-change',
  }),
);

/** Reading one's own mail and files is no reading of the CRM: such applications are `other`. */
export function activityOfEvent(application: string, type: string, name: string): Activity {
  if (application === 'login' || application === 'user_accounts') return login.get(name) ?? 'other';
  if (application === 'saml') return 'sign-on';
  if (application === 'token') return name === 'authorize' || name === 'revoke' ? 'app-change' : 'other';
  if (application === 'admin') return admin.get(name) ?? adminTypes.get(type) ?? 'setting-change';
  return 'other';
}
