import type { Activity } from '#model/activity.ts';

/**
 * Activities of the directory by what they are to us; the unified audit log writes them with a full stop at the end.
 * https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities
 */
const byName: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    'user registered security info': 'factor-enrol',
    'user registered all required security info': 'factor-enrol',
    'admin registered security info': 'factor-enrol',
    'user changed default security info': 'factor-enrol',
    'admin updated security info': 'factor-enrol',
    'add windows hello for business credential': 'factor-enrol',
    'add passkey (device-bound)': 'factor-enrol',
    'add fido2 security key': 'factor-enrol',
    'register device': 'factor-enrol',
    'user deleted security info': 'factor-reset',
    'admin deleted security info': 'factor-reset',
    'disable strong authentication': 'factor-reset',
    'delete passkey (device-bound)': 'factor-reset',
    'delete fido2 security key': 'factor-reset',
    'reset password (by admin)': 'password-reset',
    'reset password (self-service)': 'password-reset',
    'reset user password': 'password-reset',
    'change password (self-service)': 'password-reset',
    'change user password': 'password-reset',
    'add application': 'app-create',
    'add service principal': 'app-create',
    'consent to application': 'app-change',
    'add delegated permission grant': 'app-change',
    'add oauth2permissiongrant': 'app-change',
    'add app role assignment to service principal': 'app-change',
    'add app role assignment grant to user': 'app-change',
    'add service principal credentials': 'app-change',
    'add owner to application': 'app-change',
    'add owner to service principal': 'app-change',
    userloggedin: 'sign-on',
    userloginfailed: 'sign-on',
  }),
);

/** Families by how the name begins; the first that fits. */
const byBeginning: readonly (readonly [string, Activity])[] = [
  ['add member to role', 'permission-change'],
  ['add eligible member to role', 'permission-change'],
  ['add scoped member to role', 'permission-change'],
  ['remove member from role', 'permission-change'],
  ['add member to group', 'permission-change'],
  ['remove member from group', 'permission-change'],
  ['add owner to group', 'permission-change'],
  ['update application', 'app-change'],
  ['update service principal', 'app-change'],
];

/** Categories of the directory's audit log, where the name alone does not tell. */
const byCategory: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    UserManagement: 'account-change',
    GroupManagement: 'permission-change',
    RoleManagement: 'permission-change',
    EntitlementManagement: 'permission-change',
    ApplicationManagement: 'app-change',
    Policy: 'setting-change',
    DirectoryManagement: 'setting-change',
    PolicyManagement: 'setting-change',
    AuthenticationMethods: 'setting-change',
  }),
);

export function activityInDirectory(name: string, category: string | undefined): Activity {
  const known = name.trim().replace(/\.$/, '').toLowerCase();
  return (
    byName.get(known) ??
    byBeginning.find(([beginning]) => known.startsWith(beginning))?.[1] ??
    byCategory.get(category ?? '') ??
    'other'
  );
}
