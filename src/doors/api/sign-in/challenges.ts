const lifeMs = 5 * 60_000;
const mostOutstanding = 10_000;

/** Challenges given to authenticators: each is taken once, within five minutes, for what it was given for. */
export interface Challenges {
  give(challenge: string, purpose: string): void;
  take(challenge: string, purpose: string): boolean;
}

export function createChallenges(clock: () => number): Challenges {
  const outstanding = new Map<string, { readonly purpose: string; readonly expiresAt: number }>();
  const forgetOld = (): void => {
    for (const [challenge, { expiresAt }] of outstanding) {
      if (expiresAt > clock() && outstanding.size < mostOutstanding) break;
      outstanding.delete(challenge);
    }
  };
  return {
    give(challenge, purpose) {
      forgetOld();
      outstanding.set(challenge, { purpose, expiresAt: clock() + lifeMs });
    },
    take(challenge, purpose) {
      const given = outstanding.get(challenge);
      outstanding.delete(challenge);
      return given !== undefined && given.purpose === purpose && given.expiresAt > clock();
    },
  };
}
