import { type Account, chargePast, openAccount, type Spent } from './account.ts';

/** To be told what the ledger holds from `since` on, in the order of time; what is known already is passed over. */
export interface Recall {
  /** ms since 1970 UTC. */
  readonly since: number;
  tell(spent: Spent): void;
  /** From now on it counts. */
  done(): void;
}

/** What an account lacks, if anything. A take between `tell` and `done` counts once, wherever it is told. */
export function beginRecall(account: Account): Recall | undefined {
  const sinces = [...account.spendings.values()].map((spending) => spending.lacksSince(account.now));
  const since = Math.min(...sinces.filter((each) => each !== undefined));
  if (!Number.isFinite(since)) return undefined;
  const { policy } = account;
  const lacking = [...account.spendings].filter(([, spending]) => spending.lacksSince(account.now) !== undefined);
  const pasts = lacking.map(([key, spending]) => {
    const past = spending.beginPast();
    const until = spending.knownFrom;
    const before = openAccount(policy);
    before.spendings.set(key, past);
    return { spending, past, until, before };
  });
  return {
    since,
    tell(spent) {
      for (const { before, past, until } of pasts) {
        // Until something is let go, all that is told was before, whatever the clock says since.
        if (firstOf(spent) >= until && account.hasSpent) continue;
        before.now = Math.max(before.now, Math.floor(spent.at));
        past.expire(before.now);
        chargePast(before, spent);
      }
    },
    done() {
      for (const { spending, past, before } of pasts) {
        account.now = Math.max(account.now, before.now);
        spending.takeOver(past, since, account.now);
      }
    },
  };
}

const firstOf = (spent: Spent): number => ('counts' in spent ? (spent.since ?? spent.at) : spent.at);

/** Tells the counts too, each where its time comes; both are in the order of time. */
export function withCounts(recall: Recall, counts: readonly Spent[]): Recall {
  let next = 0;
  const tellUntil = (at: number): void => {
    for (; next < counts.length && counts[next]!.at <= at; next++) recall.tell(counts[next]!);
  };
  return {
    since: recall.since,
    tell(spent) {
      tellUntil(spent.at);
      recall.tell(spent);
    },
    done() {
      tellUntil(Number.POSITIVE_INFINITY);
      recall.done();
    },
  };
}
