import type { FirstProof, StaffRecords } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { Person, Role } from '#model/staff.ts';
import { hashOf, newSecret, type Random } from './secrets.ts';

const hourMs = 3_600_000;
const ownerLifeMs = hourMs;
const staffLifeMs = 72 * hourMs;

export interface Invitation {
  readonly id: string;
  /** Empty for the first owner, who names their own. */
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: number;
}

/** One-time links that let somebody become staff. Only the hash of a link's secret is stored. */
export interface Invitations {
  /** A link for the first owner, good for one hour. Earlier ones end. */
  forOwner(): Promise<{ readonly secret: string; readonly invitation: Invitation }>;
  forStaff(email: string, role: Role): Promise<Result<{ readonly secret: string; readonly invitation: Invitation }>>;
  find(secret: string): Promise<Result<Invitation>>;
  /** Makes the person with their first way in; exactly one caller succeeds. */
  accept(
    invitation: Invitation,
    wish: { readonly name: string; readonly email: string },
    proof: FirstProof,
  ): Promise<Result<Person>>;
  withdraw(id: string): Promise<boolean>;
}

export function openInvitations(
  staff: StaffRecords,
  clock: () => number,
  random: Random,
  newId: () => string,
): Invitations {
  const invite = async (email: string, role: Role, lifeMs: number) => {
    const secret = newSecret(random);
    const invitation = { id: newId(), email, role, expiresAt: clock() + lifeMs };
    await staff.addInvitation({ ...invitation, hash: hashOf(secret) });
    return { secret, invitation };
  };
  const consume = (id: string): Promise<boolean> => staff['useInvitation'](id);
  const taken = (email: string) =>
    failure({ kind: 'invalid' as const, where: 'email', found: email, expected: 'an address nobody here has yet' });

  return {
    async forOwner() {
      for (const earlier of await staff.invitations()) {
        if (earlier.email === '') await consume(earlier.id);
      }
      return invite('', 'owner', ownerLifeMs);
    },
    async forStaff(email, role) {
      if (await staff.personByEmail(email)) return taken(email);
      return success(await invite(email, role, staffLifeMs));
    },
    async find(secret) {
      const invitation = await staff.invitation(hashOf(secret));
      const isGood = invitation !== undefined && invitation.expiresAt > clock();
      return isGood ? success(invitation) : failure({ kind: 'gone', what: 'This link was used or has expired. It' });
    },
    async accept(invitation, wish, proof) {
      const email = (invitation.email || wish.email).toLowerCase();
      if (await staff.personByEmail(email)) return taken(email);
      if ('passkey' in proof && (await staff.passkey(proof.passkey.id))) return passkeyTaken;
      const { role } = invitation;
      const person: Person = { id: newId(), name: wish.name, email, role, createdAt: clock(), disabledAt: undefined };
      return (await staff.join(invitation.id, person, proof))
        ? success(person)
        : failure({ kind: 'gone', what: 'This link was used by somebody else. It' });
    },
    withdraw: consume,
  };
}

const passkeyTaken = failure({
  kind: 'invalid' as const,
  where: 'passkey',
  found: 'one that somebody here has',
  expected: 'a passkey made for this invitation',
});
