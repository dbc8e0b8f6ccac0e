import type { StaffRecords } from '#model/records.ts';
import { failure, type Result, success } from '#model/result.ts';
import { may, type Permission, type Person } from '#model/staff.ts';
import type { TokenView } from '#model/wire.ts';
import { hashOf, newSecret, type Random } from './secrets.ts';

const dayMs = 24 * 3_600_000;
export const longestDays = 365;
const prefix = 'cordon_';

/** Tokens for programs: scoped to what their owner may do, expiring, stored as a hash. */
export interface ApiTokens {
  make(
    owner: Person,
    wish: { readonly name: string; readonly scopes: readonly Permission[]; readonly days: number },
  ): Promise<Result<TokenView & { readonly secret: string }>>;
  /** Whose token it is and what it may do now: its scopes, as far as the owner's role still allows them. */
  find(secret: string): Promise<{ readonly person: Person; readonly permissions: readonly Permission[] } | undefined>;
}

export function openApiTokens(
  staff: StaffRecords,
  clock: () => number,
  random: Random,
  newId: () => string,
): ApiTokens {
  return {
    async make(owner, { name, scopes, days }) {
      const beyond = scopes.filter((scope) => !may(owner.role, scope));
      if (beyond.length > 0) {
        const expected = 'only what your own role may do';
        return failure({ kind: 'invalid', where: 'scopes', found: beyond.join(', '), expected });
      }
      const secret = `${prefix}${newSecret(random)}`;
      const createdAt = clock();
      const token = { id: newId(), name, scopes, createdAt, expiresAt: createdAt + days * dayMs };
      await staff.addToken({ ...token, hash: hashOf(secret), personId: owner.id });
      return success({ ...token, secret });
    },
    async find(secret) {
      if (!secret.startsWith(prefix)) return undefined;
      const token = await staff.tokenByHash(hashOf(secret));
      if (!token || token.expiresAt <= clock()) return undefined;
      const person = await staff.person(token.personId);
      if (!person || person.disabledAt !== undefined) return undefined;
      await staff.usedToken(token.id, clock());
      return { person, permissions: token.scopes.filter((scope) => may(person.role, scope)) };
    },
  };
}
