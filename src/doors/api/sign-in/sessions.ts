import type { StaffRecords } from '#model/records.ts';
import type { Person } from '#model/staff.ts';
import { hashOf, newSecret, type Random } from './secrets.ts';

const hourMs = 3_600_000;
const idleMs = 12 * hourMs;
const absoluteMs = 24 * hourMs;

interface Session {
  readonly id: string;
  readonly person: Person;
  readonly csrf: string;
}

/** Sessions of the console: random secrets of which only the hash is stored; 12 h idle, 24 h in all. */
export interface Sessions {
  /** Resolves to the secret for the cookie. */
  start(personId: string, way: string): Promise<{ readonly secret: string; readonly csrf: string }>;
  /** Whose session it is. Asking is using it, unless it is only `looked` at: a page left open is not a person. */
  find(secret: string, looked?: 'looked'): Promise<Session | undefined>;
  end(secret: string): Promise<void>;
}

/** When a session was last used is kept in memory; after a restart its idle time starts anew. */
export function openSessions(staff: StaffRecords, clock: () => number, random: Random): Sessions {
  const lastUsed = new Map<string, number>();
  const startedAt = clock();
  const end = async (id: string): Promise<void> => {
    lastUsed.delete(id);
    await staff.endSession(id);
  };
  return {
    async start(personId, way) {
      const secret = newSecret(random);
      const csrf = newSecret(random);
      const now = clock();
      await staff.addSession({ id: hashOf(secret), personId, csrf, createdAt: now, expiresAt: now + absoluteMs, way });
      return { secret, csrf };
    },
    async find(secret, looked) {
      const id = hashOf(secret);
      const session = await staff.session(id);
      if (!session) return undefined;
      const now = clock();
      const usedAt = lastUsed.get(id) ?? Math.max(session.createdAt, startedAt);
      const person = await staff.person(session.personId);
      if (now >= session.expiresAt || now - usedAt >= idleMs || !person || person.disabledAt !== undefined) {
        await end(id);
        return undefined;
      }
      if (!looked) lastUsed.set(id, now);
      return { id, person, csrf: session.csrf };
    },
    end: (secret) => end(hashOf(secret)),
  };
}
