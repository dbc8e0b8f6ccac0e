import type { Budget, Wanted } from '../parts.ts';
import type { BudgetKind, BudgetLimit } from '../policy/budget-limit.ts';
import type { Policy } from '../policy/policy.ts';
import { Spending, type SpentIds, type Window } from './spending.ts';

/** What the budget needs to know of a policy. */
export type BudgetPolicy = Pick<Policy, 'objects' | 'budgets' | 'dryRun'>;

/** What left before, or may have: `unknown` records that a crash left unresolved, `counts` computed rows. */
export type Spent = { readonly integration: string; readonly at: number } & (
  | { readonly wanted: Wanted }
  | { readonly object: string; readonly unknown: number }
  | { readonly object: string; readonly counts: number }
);

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

/** To be told what the ledger holds from `since` on, in the order of time; what is known already is passed over. */
export interface Recall {
  /** ms since 1970 UTC. */
  readonly since: number;
  tell(spent: Spent): void;
  /** From now on it counts. */
  done(): void;
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
}

interface Account {
  policy: BudgetPolicy;
  /** By kind and object in lower case. */
  readonly spendings: Map<string, Spending>;
  /** Time never runs backwards here, whatever the clock does. */
  now: number;
  stop: Stop | undefined;
  /** Something was let go since this process began to count. */
  hasSpent: boolean;
}

interface Stop {
  readonly spending: Spending;
  readonly window: Window;
  readonly wanted: number;
  readonly at: number;
}

/** What was taken of one `Wanted`, so that it can be given back while nothing else has happened. */
interface Charge {
  readonly wanted: Wanted;
  readonly base: number;
  readonly taken: number;
}

const keyOf = (kind: BudgetKind, object: string | undefined): string => `${kind} ${object?.toLowerCase() ?? ''}`;

/**
 * One account for all streams of an integration, in memory: records and distinct customers in sliding windows. Fails
 * closed: without a policy, or for an object that the policy does not name, nothing may leave. In a dry run all leaves
 * and is counted.
 */
export function openBudget({ policyOf, clock }: BudgetOptions): OpenBudget {
  const accounts = new Map<string, Account>();

  const accountOf = (integration: string): Account | undefined => {
    const policy = policyOf(integration);
    if (policy === undefined) return undefined;
    const known = accounts.get(integration);
    const account = known ?? { policy, spendings: new Map(), now: 0, stop: undefined, hasSpent: false };
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
          for (const done of charges.reverse()) giveBack(account, done, 0);
          return false;
        }
        base += taken;
      }
      return true;
    },
    takeAggregates(integration, object, rows) {
      const account = accountOf(integration);
      if (account === undefined) return false;
      if (!account.policy.dryRun && objectOf(account, object) === undefined) return false;
      const counts = spendingsOf(account, 'counts', object);
      const tight = counts.find((spending) => spending.room < rows);
      if (tight !== undefined) noteStop(account, tight, rows, rows);
      if (tight !== undefined && !account.policy.dryRun) return false;
      for (const spending of counts) spending.add(rows, account.now);
      account.hasSpent = true;
      return true;
    },
    recall(integration) {
      const account = accountOf(integration);
      return account && beginRecall(account);
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
      const spendings = [...(accountOf(integration)?.spendings.values() ?? [])];
      return spendings.flatMap((spending) =>
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

/** Puts the account under a policy, with what was spent under the former one. */
function adopt(account: Account, policy: BudgetPolicy): void {
  const scopes = Map.groupBy(policy.budgets, ({ kind, object }) => keyOf(kind, object));
  for (const key of new Set([...account.spendings.keys(), ...scopes.keys()])) {
    const spending = account.spendings.get(key) ?? new Spending(account.now);
    spending.limit(scopes.get(key) ?? [], account.now);
    account.spendings.set(key, spending);
  }
  account.policy = policy;
  account.stop = undefined;
}

function beginRecall(account: Account): Recall | undefined {
  const sinces = [...account.spendings.values()].map((spending) => spending.lacksSince(account.now));
  const since = Math.min(...sinces.filter((each) => each !== undefined));
  if (!Number.isFinite(since)) return undefined;
  const { policy } = account;
  const lacking = [...account.spendings].filter(([, spending]) => spending.lacksSince(account.now) !== undefined);
  const pasts = lacking.map(([key, spending]) => {
    const past = spending.beginPast();
    const until = spending.knownFrom;
    return { spending, past, until, account: accountOfPast(policy, key, past) };
  });
  return {
    since,
    tell(spent) {
      for (const { account: before, past, until } of pasts) {
        // Until something is let go, all that is told was before, whatever the clock says since.
        if (spent.at >= until && account.hasSpent) continue;
        before.now = Math.max(before.now, Math.floor(spent.at));
        past.expire(before.now);
        replayInto(before, spent);
      }
    },
    done() {
      for (const { spending, past, account: before } of pasts) {
        account.now = Math.max(account.now, before.now);
        spending.takeOver(past, since, account.now);
      }
    },
  };
}

const accountOfPast = (policy: BudgetPolicy, key: string, past: Spending): Account => ({
  policy,
  spendings: new Map([[key, past]]),
  now: 0,
  stop: undefined,
  hasSpent: false,
});

const objectOf = ({ policy }: Account, name: string) =>
  policy.objects.find((object) => object.name.toLowerCase() === name.toLowerCase());

/** What counts for records of this object: its own scope and that over all objects, where there are such budgets. */
function spendingsOf(account: Account, kind: BudgetKind, object: string): readonly Spending[] {
  const own = account.spendings.get(keyOf(kind, object));
  const overAll = account.spendings.get(keyOf(kind, undefined));
  return [own, overAll].filter((spending) => spending !== undefined);
}

/**
 * No more than this can leave in one answer, whoever is in it; fewer may, when they are new customers. A customer who
 * counts already may be read again for nothing, so with a field that leads to the customer no customers' budget bounds
 * the records beforehand, and with the customers' own records it does so by its whole limit.
 */
function remainingOf(account: Account, object: string): number {
  if (account.policy.dryRun) return Number.POSITIVE_INFINITY;
  const { customer, name } = objectOf(account, object) ?? {};
  if (name === undefined) return 0;
  let most = Number.POSITIVE_INFINITY;
  for (const { room } of spendingsOf(account, 'records', object)) most = Math.min(most, room);
  for (const spending of spendingsOf(account, 'customers', object)) {
    if (customer === undefined) most = Math.min(most, spending.room);
    else if (isOwn(customer)) {
      for (const { budget, count } of spending.windows) most = Math.min(most, Math.max(budget.limit, count));
    }
  }
  return most;
}

const isOwn = (customerField: string): boolean => customerField.toLowerCase() === 'id';

/** Who the customers of these records are, by the policy; no runs: each record is a new one. */
function customersOf(account: Account, wanted: Wanted): SpentIds {
  const customer = objectOf(account, wanted.object)?.customer;
  if (customer !== undefined && isOwn(customer)) return { runs: wanted.prefix, numbers: wanted.numbers };
  if (customer !== undefined && wanted.customers !== undefined) return wanted.customers;
  return { runs: [], numbers: wanted.numbers };
}

/** Spends on as many of the records as fit everywhere, from the first on, and says how many. */
function charge(account: Account, wanted: Wanted, base: number, isHeld: boolean): number {
  const length = wanted.numbers.length;
  if (isHeld && objectOf(account, wanted.object) === undefined) return 0;
  const records = spendingsOf(account, 'records', wanted.object);
  const customers = spendingsOf(account, 'customers', wanted.object);
  let fits = length;
  for (const spending of records) {
    if (spending.room < length) noteStop(account, spending, length, base + length);
    if (isHeld) fits = Math.min(fits, spending.room);
  }
  const ids = customers.length > 0 ? customersOf(account, wanted) : undefined;
  const done: { readonly spending: Spending; readonly taken: number }[] = [];
  for (const spending of customers) {
    const taken = spending.charge(ids!, fits, account.now, base, isHeld);
    if (taken < fits || spending.isOver) noteStop(account, spending, 1, base + length);
    done.push({ spending, taken });
    fits = taken;
  }
  for (const { spending, taken } of done) spending.undo(ids!, fits, taken, account.now, base);
  for (const spending of records) spending.add(fits, account.now);
  if (fits > 0) account.hasSpent = true;
  return fits;
}

/** Remembers the window that lacks room for `needed`, in an answer that wanted `wanted`. */
function noteStop(account: Account, spending: Spending, needed: number, wanted: number): void {
  const window = spending.tightest(needed);
  if (window !== undefined) account.stop = { spending, window, wanted, at: account.now };
}

function giveBack(account: Account, { wanted, base, taken }: Charge, from: number): void {
  for (const spending of spendingsOf(account, 'records', wanted.object)) spending.add(from - taken, account.now);
  for (const spending of spendingsOf(account, 'customers', wanted.object)) {
    spending.undo(customersOf(account, wanted), from, taken, account.now, base);
  }
}

function replayInto(account: Account, spent: Spent): void {
  if ('wanted' in spent) {
    charge(account, spent.wanted, 0, false);
    account.stop = undefined;
    return;
  }
  const { object } = spent;
  if ('counts' in spent) {
    for (const spending of spendingsOf(account, 'counts', object)) spending.add(spent.counts, account.now);
    return;
  }
  for (const kind of ['records', 'customers'] as const) {
    for (const spending of spendingsOf(account, kind, object)) spending.add(spent.unknown, account.now);
  }
}
