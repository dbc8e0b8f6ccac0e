import type { Cordon } from '#cordon.ts';
import { type Asker, roles } from '#model/staff.ts';
import type { SessionView } from '#model/wire.ts';
import { type ApiTokens, openApiTokens } from './api-tokens.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { createChallenges } from './challenges.ts';
import { type Invitations, openInvitations } from './invitations.ts';
import { type Oidc, openOidc } from './oidc.ts';
import { openPasskeys, type Passkeys } from './passkeys.ts';
import { openPasswords, type Passwords } from './passwords.ts';
import { isSame } from './secrets.ts';
import { openSessions, type Sessions } from './sessions.ts';

/** Somebody let in, and what their requests must carry to change something. */
export interface Entry {
  readonly asker: Asker;
  /** Present when they came by a browser session. */
  readonly session: { readonly csrf: string; readonly personId: string } | undefined;
}

/** All ways in. */
export interface SignIn {
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
  readonly passwords: Passwords;
  readonly oidc: Oidc | undefined;
  readonly tokens: ApiTokens;
  readonly invitations: Invitations;
  readonly attempts: Attempts;
  readonly ways: SessionView['ways'];
  readonly needsOwner: () => Promise<boolean>;
  /** Who holds these credentials; a bearer token goes before a cookie. */
  enter(bearer: string | undefined, session: string | undefined, looked?: 'looked'): Promise<Entry | undefined>;
}

export const isRightCsrf = (entry: Entry, header: string | undefined): boolean =>
  entry.session === undefined || (header !== undefined && isSame(entry.session.csrf, header));

/** Keeps challenges, waits and idle times in memory; everything else in the store. */
export function openSignIn(cordon: Cordon): SignIn {
  const { staff, clock, random, newId, configuration } = cordon;
  const { password, oidc: settings } = configuration.signIn;
  const sessions = openSessions(staff, clock, random);
  const tokens = openApiTokens(staff, clock, random, newId);
  const oidc = settings && openOidc(settings, staff, clock, random, newId);
  return {
    sessions,
    tokens,
    oidc,
    passkeys: openPasskeys(staff, clock, createChallenges(clock)),
    passwords: openPasswords(staff, clock, random),
    invitations: openInvitations(staff, clock, random, newId),
    attempts: createAttempts(clock),
    ways: { passkey: true, password, ...(oidc && { oidc: { name: oidc.name } }) },
    needsOwner: async () =>
      !(await staff.people()).some((person) => person.role === 'owner' && person.disabledAt === undefined),
    async enter(bearer, sessionSecret, looked) {
      if (bearer !== undefined) {
        const found = await tokens.find(bearer);
        if (!found) return undefined;
        const { id, name, email } = found.person;
        return { asker: { id, name, email, permissions: new Set(found.permissions) }, session: undefined };
      }
      const session = sessionSecret === undefined ? undefined : await sessions.find(sessionSecret, looked);
      if (!session) return undefined;
      const { id, name, email, role } = session.person;
      return {
        asker: { id, name, email, permissions: new Set(roles[role]) },
        session: { csrf: session.csrf, personId: id },
      };
    },
  };
}
