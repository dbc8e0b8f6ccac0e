import { failure, type Result, success } from '#model/result.ts';

const freeTries = 5;
const longestWaitMs = 15 * 60_000;
const mostNames = 50_000;

/** Slows guessing down: after five failures for one account each further try waits twice as long, up to 15 minutes. */
export interface Attempts {
  /** Refused with `later` while the account waits. */
  mayTry(account: string): Result<undefined>;
  failed(account: string): void;
  succeeded(account: string): void;
}

export function createAttempts(clock: () => number): Attempts {
  const failures = new Map<string, { readonly count: number; readonly waitUntil: number }>();
  return {
    mayTry(account) {
      const afterMs = (failures.get(account)?.waitUntil ?? 0) - clock();
      return afterMs > 0 ? failure({ kind: 'later', afterMs, why: 'Too many failed tries' }) : success(undefined);
    },
    failed(account) {
      const count = (failures.get(account)?.count ?? 0) + 1;
      const waitMs = count < freeTries ? 0 : Math.min(longestWaitMs, 1_000 * 2 ** (count - freeTries));
      failures.delete(account);
      failures.set(account, { count, waitUntil: clock() + waitMs });
      const [oldest] = failures.keys();
      if (failures.size > mostNames && oldest !== undefined) failures.delete(oldest);
    },
    succeeded(account) {
      failures.delete(account);
    },
  };
}
