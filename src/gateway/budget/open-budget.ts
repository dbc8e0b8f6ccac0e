import type { Budget } from '../parts.ts';
import type { BudgetLimit } from '../policy/budget-limit.ts';
import {
  type Account,
  adopt,
  type BudgetPolicy,
  type Charge,
  charge,
  chargeCounts,
  giveBack,
  giveBackCounts,
  isWritten,
  openAccount,
  remainingOf,
  roomForCounts,
  type Spent,
} from './account.ts';
import type { KeptCounts } from './kept-counts.ts';
import { beginRecall, type Recall, withCounts } from './recall.ts';

export type { Spent };

/** A budget that stopped an answer, or in a dry run would have. */
export interface Reached {
  readonly budget: BudgetLimit;
  readonly spent: number;
  readonly at: number;
  /** When the oldest that counts now is free again, ms since 1970 UTC; undefined when the budget is 0 from the start. */
  readonly freesAt: number | undefined;
}

export interface Usage {
  readonly budget: BudgetLimit;
  readonly spent: number;
  /** When the oldest that counts is free again, ms since 1970 UTC; undefined when nothing is spent. */
  readonly freesAt: number | undefined;
}

export interface OpenBudget extends Budget {
  /**
   * Takes what left before this budget knew: after a start, and when a policy looks at more, or further back, than was
   * kept. Calls go on meanwhile, judged by what is known. Undefined when all that counts is known.
   */
  recall(integration: string): Recall | undefined;
  /** The same at once, for integrations whose past is at hand in the order of time. */
  replay(spent: Iterable<Spent>): void;
  /** The window that stopped the latest answer, while it still would stop one like it. */
  isReached(integration: string): Reached | undefined;
  /** What every budget of the integration holds now. */
  usage(integration: string): readonly Usage[];
  /** Bytes of memory for all that is kept of an integration. */
  bytes(integration: string): number;
}

export interface BudgetOptions {
  /** The policy in force; undefined: nothing may leave. A new object means that it has changed. */
  readonly policyOf: (integration: string) => BudgetPolicy | undefined;
  /** ms since 1970 UTC. */
  readonly clock: () => number;
  /** Where computed rows are written down before they are answered; without it they are forgotten with this process. */
  readonly counts?: KeptCounts;
}

/**
 * One account for all streams of an integration, in memory: records and distinct customers in sliding windows. Fails
 * closed: without a policy, or for an object that the policy does not name, nothing may leave. In a dry run all leaves
 * and is counted.
 */
export function openBudget({ policyOf, clock, counts }: BudgetOptions): OpenBudget {
  const accounts = new Map<string, Account>();

  const accountOf = (integration: string): Account | undefined => {
    const policy = policyOf(integration);
    if (policy === undefined) return undefined;
    const known = accounts.get(integration);
    const account = known ?? openAccount(policy);
    account.now = Math.max(account.now, Math.floor(clock()));
    if (known === undefined) accounts.set(integration, account);
    if (known === undefined || account.policy !== policy) adopt(account, policy);
    for (const spending of account.spendings.values()) spending.expire(account.now);
    return account;
  };

  return {
    remaining(integration, object) {
      const account = accountOf(integration);
      return account === undefined ? 0 : remainingOf(account, object);
    },
    take(integration, wanted) {
      const account = accountOf(integration);
      return account === undefined ? 0 : charge(account, wanted, 0, !account.policy.dryRun);
    },
    takeAll(integration, wanted) {
      const account = accountOf(integration);
      if (account === undefined) return false;
      const charges: Charge[] = [];
      let base = 0;
      for (const each of wanted) {
        const taken = charge(account, each, base, !account.policy.dryRun);
        charges.push({ wanted: each, base, taken });
        if (taken < each.numbers.length) {
          for (const done of charges.reverse()) giveBack(account, done);
          return false;
        }
        base += taken;
      }
      return true;
    },
    takeAggregates(integration, object, rows) {
      const account = accountOf(integration);
      if (account === undefined) return false;
      const room = roomForCounts(account, object);
      if (!chargeCounts(account, object, rows)) return false;
      try {
        counts?.cover(integration, object, account.now, rows, room);
      } catch (fault) {
        giveBackCounts(account, object, rows);
        throw fault;
      }
      return true;
    },
    recall(integration) {
      const account = accountOf(integration);
      const recall = account && beginRecall(account);
      return recall && withCounts(recall, counts?.between(integration, recall.since, account.now) ?? []);
    },
    replay(spent) {
      const recalls = new Map<string, Recall | undefined>();
      for (const each of spent) {
        const { integration } = each;
        if (!recalls.has(integration)) recalls.set(integration, this.recall(integration));
        recalls.get(integration)?.tell(each);
      }
      for (const recall of recalls.values()) recall?.done();
    },
    isReached(integration) {
      const account = accountOf(integration);
      if (account?.stop === undefined) return undefined;
      const { spending, window, wanted, at } = account.stop;
      const { budget, count } = window;
      if (budget.limit - count >= wanted) return undefined;
      return { budget, spent: count, at, freesAt: spending.freesAt(window) };
    },
    usage(integration) {
      const spendings = [...(accountOf(integration)?.spendings ?? [])].filter(([key]) => isWritten(key));
      return spendings.flatMap(([, spending]) =>
        spending.windows
          .filter(({ budget }) => budget.limit !== Number.POSITIVE_INFINITY)
          .map((window) => ({ budget: window.budget, spent: window.count, freesAt: spending.freesAt(window) })),
      );
    },
    bytes(integration) {
      let sum = 0;
      for (const spending of accounts.get(integration)?.spendings.values() ?? []) sum += spending.bytes;
      return sum;
    },
  };
}
