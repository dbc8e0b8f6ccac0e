import type { Wanted } from '../parts.ts';
import type { BudgetKind } from '../policy/budget-limit.ts';
import { countsCustomers } from '../policy/counts-customers.ts';
import type { ObjectPolicy, Policy } from '../policy/policy.ts';
import { Spending, type SpentIds, type Window } from './spending.ts';

/** What the budget needs to know of a policy. */
export type BudgetPolicy = Pick<Policy, 'objects' | 'budgets' | 'dryRun'>;

/**
 * What left before, or may have: `unknown` records that a crash left unresolved, `counts` computed rows, the first of them
 * at `since`.
 */
export type Spent = { readonly integration: string; readonly at: number } & (
  | { readonly wanted: Wanted }
  | { readonly object: string; readonly unknown: number }
  | { readonly object: string; readonly counts: number; readonly since?: number }
);

export interface Account {
  policy: BudgetPolicy;
  /** By kind and object in lower case. */
  readonly spendings: Map<string, Spending>;
  /** By object as it is named in calls; made anew with each policy. */
  readonly scopes: Map<string, Scope>;
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
export interface Charge {
  readonly wanted: Wanted;
  readonly base: number;
  readonly taken: number;
}

const keyOf = (kind: BudgetKind | 'free counts', object: string | undefined): string =>
  `${kind} ${object?.toLowerCase() ?? ''}`;

export const openAccount = (policy: BudgetPolicy): Account => ({
  policy,
  spendings: new Map(),
  scopes: new Map(),
  now: 0,
  stop: undefined,
  hasSpent: false,
});

/** Puts the account under a policy, with what was spent under the former one. */
export function adopt(account: Account, policy: BudgetPolicy): void {
  const scopes = Map.groupBy(policy.budgets, ({ kind, object }) => keyOf(kind, object));
  const others = policy.budgets.filter(({ kind }) => kind !== 'counts');
  for (const [key, budgets] of Map.groupBy(others, ({ object }) => keyOf('free counts', object))) {
    scopes.set(
      key,
      budgets.map((budget) => ({ ...budget, kind: 'counts' as const })),
    );
  }
  for (const key of new Set([...account.spendings.keys(), ...scopes.keys()])) {
    const spending = account.spendings.get(key) ?? new Spending(account.now);
    spending.limit(scopes.get(key) ?? [], account.now);
    account.spendings.set(key, spending);
  }
  account.policy = policy;
  account.scopes.clear();
  account.stop = undefined;
}

/** What counts for records of one object: its own budgets and those over all objects. */
interface Scope {
  readonly object: ObjectPolicy | undefined;
  readonly records: readonly Spending[];
  readonly customers: readonly Spending[];
  /**
   * For computed rows: the budgets of counts. Under a policy without one they would be free, though a filtered COUNT tells
   * what the record itself would: so as many may be had as of records and of customers, in accounts of their own.
   */
  readonly counts: readonly Spending[];
}

/** In a dry run objects may have any name; more than this are not remembered. */
const mostScopes = 1000;

function scopeOf(account: Account, object: string): Scope {
  const known = account.scopes.get(object);
  if (known !== undefined) return known;
  const spendingsOf = (kind: Parameters<typeof keyOf>[0]): readonly Spending[] =>
    [keyOf(kind, object), keyOf(kind, undefined)]
      .map((key) => account.spendings.get(key))
      .filter((spending) => spending !== undefined);
  const isSame = (name: string): boolean => name.toLowerCase() === object.toLowerCase();
  const hasCounts = account.policy.budgets.some(({ kind, object: of }) => kind === 'counts' && isSame(of ?? object));
  const [records, customers] = [spendingsOf('records'), spendingsOf('customers')];
  const named = account.policy.objects.find(({ name }) => isSame(name));
  const scope = {
    object: named,
    records,
    customers: named === undefined || countsCustomers(account.policy, named) ? customers : [],
    counts: spendingsOf(hasCounts ? 'counts' : 'free counts'),
  };
  if (account.scopes.size >= mostScopes) account.scopes.clear();
  account.scopes.set(object, scope);
  return scope;
}

/**
 * No more than this can leave in one answer, whoever is in it; fewer may, when they are new customers. A customer who
 * counts already may be read again for nothing, so with a field that leads to the customer no customers' budget bounds
 * the records beforehand, and with the customers' own records it does so by its whole limit.
 */
export function remainingOf(account: Account, object: string): number {
  if (account.policy.dryRun) return Number.POSITIVE_INFINITY;
  const scope = scopeOf(account, object);
  if (scope.object === undefined) return 0;
  const { customer } = scope.object;
  let most = Number.POSITIVE_INFINITY;
  for (const { room } of scope.records) most = Math.min(most, room);
  for (const spending of scope.customers) {
    if (customer === undefined) most = Math.min(most, spending.room);
    else if (isOwn(customer)) {
      for (const { budget, count } of spending.windows) most = Math.min(most, Math.max(budget.limit, count));
    }
  }
  return most;
}

const isOwn = (customerField: string): boolean => customerField.toLowerCase() === 'id';

/** Who the customers of these records are, by the policy; no runs: each record is a new one. */
function customersOf({ object }: Scope, { numbers, prefix, customers }: Wanted): SpentIds {
  if (object?.customer !== undefined && isOwn(object.customer)) return { runs: prefix, numbers };
  const isTold = customers !== undefined && customers.numbers.length >= numbers.length;
  return object?.customer !== undefined && isTold ? customers : { runs: [], numbers };
}

/** Spends on as many of the records as fit everywhere, from the first on, and says how many. */
export function charge(account: Account, wanted: Wanted, base: number, isHeld: boolean): number {
  const length = wanted.numbers.length;
  const scope = scopeOf(account, wanted.object);
  if (isHeld && scope.object === undefined) return 0;
  let fits = length;
  for (const spending of scope.records) {
    if (spending.room < length) noteStop(account, spending, length, base + length);
    if (isHeld) fits = Math.min(fits, spending.room);
  }
  const ids = customersOf(scope, wanted);
  const done: { readonly spending: Spending; readonly taken: number }[] = [];
  for (const spending of scope.customers) {
    const taken = spending.charge(ids, fits, account.now, base, isHeld);
    if (taken < fits || spending.isOver) noteStop(account, spending, 1, base + length);
    done.push({ spending, taken });
    fits = taken;
  }
  for (const { spending, taken } of done) spending.undo(ids, fits, taken, account.now, base);
  for (const spending of scope.records) spending.add(fits, account.now);
  if (fits > 0) account.hasSpent = true;
  return fits;
}

/** Remembers the window that lacks room for `needed`, in an answer that wanted `wanted`. */
function noteStop(account: Account, spending: Spending, needed: number, wanted: number): void {
  const window = spending.tightest(needed);
  if (window !== undefined) account.stop = { spending, window, wanted, at: account.now };
}

export function giveBack(account: Account, { wanted, base, taken }: Charge): void {
  const scope = scopeOf(account, wanted.object);
  for (const spending of scope.records) spending.add(-taken, account.now);
  for (const spending of scope.customers) spending.undo(customersOf(scope, wanted), 0, taken, account.now, base);
}

/** Whether people wrote the budgets of an account's spending themselves. */
export const isWritten = (key: string): boolean => !key.startsWith(keyOf('free counts', undefined));

/** Computed rows that may still be answered; Infinity without a limit and in a dry run. */
export function roomForCounts(account: Account, object: string): number {
  if (account.policy.dryRun) return Number.POSITIVE_INFINITY;
  return Math.min(...scopeOf(account, object).counts.map(({ room }) => room));
}

/** All of these or none; true in a dry run, whatever is reached. */
export function chargeCounts(account: Account, object: string, rows: number): boolean {
  const isHeld = !account.policy.dryRun;
  const scope = scopeOf(account, object);
  if (isHeld && scope.object === undefined) return false;
  const tight = scope.counts.find((spending) => spending.room < rows);
  if (tight !== undefined) noteStop(account, tight, rows, rows);
  if (tight !== undefined && isHeld) return false;
  for (const spending of scope.counts) spending.add(rows, account.now);
  account.hasSpent = true;
  return true;
}

/** Rows that were taken and are not answered. */
export function giveBackCounts(account: Account, object: string, rows: number): void {
  for (const spending of scopeOf(account, object).counts) spending.add(-rows, account.now);
}

/** Counts what left before, asking no budget. */
export function chargePast(account: Account, spent: Spent): void {
  if ('wanted' in spent) {
    charge(account, spent.wanted, 0, false);
    account.stop = undefined;
    return;
  }
  const { counts, records, customers } = scopeOf(account, spent.object);
  if ('counts' in spent) for (const spending of counts) spending.add(spent.counts, account.now);
  else for (const spending of [...records, ...customers]) spending.add(spent.unknown, account.now);
}
