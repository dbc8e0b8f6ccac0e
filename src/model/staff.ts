/** What a member of staff may do in Cordon. */
export const permissions = [
  'read', // incidents, events, rules, inventory (restricted incidents: named readers only)
  'investigate', // notes, state changes, rules on and off
  'contain', // cut off, revoke, freeze, undo
  'privacy', // exposure, duties, letters
  'drill', // drills and reporting
  'audit', // the audit log
  'administer', // staff, roles, tokens of others, restriction of incidents
] as const;
export type Permission = (typeof permissions)[number];

export const roles = {
  owner: ['read', 'investigate', 'contain', 'privacy', 'drill', 'audit', 'administer'],
  analyst: ['read', 'investigate'],
  responder: ['read', 'investigate', 'contain'],
  privacy: ['read', 'privacy'],
  awareness: ['drill'],
  auditor: ['read', 'audit'],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;

export const may = (role: Role, permission: Permission): boolean =>
  (roles[role] as readonly Permission[]).includes(permission);

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Lower case; also how a member of staff is recognised in CRM and sign-in logs. */
  readonly email: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly disabledAt: number | undefined;
}

/** Who asks: a person by session or token, the machine itself, or the command line on the server's own socket. */
export interface Asker {
  readonly id: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who may see a restricted incident. */
export interface Restriction {
  readonly readers: readonly string[];
  readonly reason: string;
}

/**
 * Whether `asker` may know that an incident exists. A restricted one is known to its named readers only, and to the
 * accused not even then; `accused` holds sign-in names of the users the incident is about, lower case. An incident that
 * nobody restricted is known to all who read incidents, since its user is more often the victim.
 */
export function mayKnow(
  asker: Asker,
  incident: { readonly accused: readonly string[]; readonly restriction: Restriction | undefined },
): boolean {
  if (!asker.permissions.has('read')) return false;
  if (incident.restriction === undefined) return true;
  if (asker.email !== undefined && incident.accused.includes(asker.email)) return false;
  return incident.restriction.readers.includes(asker.id);
}
