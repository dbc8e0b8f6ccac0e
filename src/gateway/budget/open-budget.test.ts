import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Wanted } from '../parts.ts';
import { parseBudgetLimit } from '../policy/budget-limit.ts';
import type { BudgetPolicy, Spent } from './account.ts';
import { type OpenBudget, openBudget } from './open-budget.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 10);

const objectPolicy = (name: string, customer: string | undefined) => ({
  name,
  customer,
  fields: 'all' as const,
  denied: [],
  relationships: new Map<string, string>(),
  isReference: false,
});

const policyOf = (budgets: readonly string[], dryRun = false): BudgetPolicy => ({
  objects: [objectPolicy('Contact', 'Id'), objectPolicy('Case', 'ContactId'), objectPolicy('Order', undefined)],
  budgets: budgets.map((text) => parseBudgetLimit(text)!),
  dryRun,
});

function budgetOf(budgets: readonly string[], dryRun = false) {
  const state = { now: start, policy: policyOf(budgets, dryRun) };
  const budget = openBudget({
    policyOf: (name) => (name === 'crm' ? state.policy : undefined),
    clock: () => state.now,
  });
  return { budget, state };
}

const ids = (...numbers: readonly number[]): BigUint64Array => BigUint64Array.from(numbers, BigInt);
const contacts = (...numbers: readonly number[]): Wanted => ({
  object: 'Contact',
  prefix: [{ from: 0, prefix: '003Jx0' }],
  numbers: ids(...numbers),
  customers: undefined,
});
const spentOf = (budget: OpenBudget): readonly number[] => budget.usage('crm').map(({ spent }) => spent);

const noId = 0xffff_ffff_ffff_ffffn;
/** Cases with the customers they belong to; undefined: no customer. */
const cases = (...customers: readonly (number | undefined)[]): Wanted => ({
  object: 'Case',
  prefix: [{ from: 0, prefix: '500Jx0' }],
  numbers: ids(...customers.keys()),
  customers: {
    runs: [{ from: 0, prefix: '003Jx0' }],
    numbers: BigUint64Array.from(customers, (each) => (each === undefined ? noId : BigInt(each))),
  },
});
const orders = (count: number): Wanted => ({
  object: 'Order',
  prefix: [{ from: 0, prefix: '801Jx0' }],
  numbers: ids(...Array.from({ length: count }, (_, index) => index)),
  customers: undefined,
});

test('record N+1 does not fit, and room comes back as the oldest leave the window, to the millisecond', () => {
  const { budget, state } = budgetOf(['5 records per minute']);
  assert.equal(budget.take('crm', contacts(1, 2, 3)), 3);
  state.now += 30_000;
  assert.equal(budget.remaining('crm', 'Contact'), 2);
  assert.equal(budget.take('crm', contacts(4, 5, 6)), 2);
  assert.equal(budget.take('crm', contacts(7)), 0);
  assert.equal(budget.isReached('crm')?.freesAt, start + minute);
  state.now = start + minute - 1;
  assert.equal(budget.take('crm', contacts(7)), 0);
  state.now = start + minute;
  assert.equal(budget.isReached('crm'), undefined);
  assert.equal(budget.take('crm', contacts(7, 8, 9, 10)), 3);
});

test('a customer counts once in a window, whichever object leads there; a record without one counts as new', () => {
  const { budget, state } = budgetOf(['3 customers per minute']);
  assert.equal(budget.take('crm', contacts(1, 2)), 2);
  assert.equal(budget.take('crm', cases(1, 2, 1, 2, 1)), 5);
  assert.equal(budget.take('crm', cases(1, undefined, 2, undefined)), 3);
  assert.deepEqual(spentOf(budget), [3]);
  state.now += minute - 1;
  assert.equal(budget.take('crm', contacts(2, 3)), 1);
  // 1 and the unknown one were seen a minute ago; 2 a millisecond ago.
  state.now += 1;
  assert.equal(budget.take('crm', contacts(3, 4, 2, 5)), 3);
});

test('records of an object without a customer field are new customers each time', () => {
  const { budget } = budgetOf(['10 customers per minute']);
  assert.equal(budget.take('crm', orders(6)), 6);
  assert.equal(budget.remaining('crm', 'Order'), 4);
  assert.equal(budget.take('crm', orders(6)), 4);
});

test('a budget of one object leaves the others alone; both must have room', () => {
  const { budget } = budgetOf(['2 records of case per hour', '4 records per hour']);
  assert.equal(budget.take('crm', cases(1, 2, 3)), 2);
  assert.equal(budget.take('crm', contacts(1, 2, 3)), 2);
  assert.equal(budget.remaining('crm', 'Contact'), 0);
});

test('a page leaves whole or not at all, and what was refused is not spent', () => {
  const { budget } = budgetOf(['5 records per hour', '3 customers per hour']);
  assert.equal(budget.takeAll('crm', [contacts(1, 2), cases(1, 2, 1, 1)]), false);
  assert.equal(budget.takeAll('crm', [contacts(1, 2), cases(3, 4)]), false);
  assert.deepEqual(spentOf(budget), [0, 0]);
  assert.equal(budget.isReached('crm')?.budget.kind, 'customers');
  assert.equal(budget.takeAll('crm', [contacts(1, 2), cases(1, 2, 3)]), true);
  assert.deepEqual(spentOf(budget), [5, 3]);
});

test('what no policy names does not leave', () => {
  const { budget } = budgetOf(['5 records per hour']);
  assert.equal(budget.take('stranger', contacts(1)), 0);
  assert.equal(budget.takeAll('stranger', [contacts(1)]), false);
  assert.equal(budget.takeAggregates('stranger', 'Contact', 1), false);
  assert.equal(budget.remaining('stranger', 'Contact'), 0);
  assert.equal(budget.take('crm', { ...contacts(1), object: 'User' }), 0);
  assert.equal(budget.remaining('crm', 'User'), 0);
});

test('without a limit there is no bound', () => {
  const { budget } = budgetOf([]);
  assert.equal(budget.remaining('crm', 'Contact'), Number.POSITIVE_INFINITY);
  assert.equal(budget.take('crm', contacts(1, 2, 3)), 3);
});

test('counts have a budget of their own', () => {
  const { budget, state } = budgetOf(['2 counts per minute', '1 record per minute']);
  assert.equal(budget.takeAggregates('crm', 'Contact', 1), true);
  assert.equal(budget.takeAggregates('crm', 'Contact', 2), false);
  assert.equal(budget.takeAggregates('crm', 'Case', 1), true);
  assert.equal(budget.isReached('crm')?.budget.kind, 'counts');
  state.now += minute;
  assert.equal(budget.takeAggregates('crm', 'Contact', 2), true);
  assert.equal(budget.take('crm', contacts(1)), 1);
});

test('a dry run lets all go, counts it, and says which budget would have stopped it', () => {
  const { budget } = budgetOf(['2 customers per minute'], true);
  assert.equal(budget.take('crm', contacts(1, 2, 3)), 3);
  assert.equal(budget.takeAll('crm', [{ ...contacts(4), object: 'User' }]), true);
  assert.equal(budget.isReached('crm')?.spent, 4);
});

test('without a budget of counts as many computed rows may be had as records, and none is taken for a record', () => {
  const { budget, state } = budgetOf(['3 records per hour', '2 counts per hour']);
  assert.equal(budget.takeAggregates('crm', 'Contact', 2), true);
  state.policy = policyOf(['3 records per hour']);
  assert.equal(budget.takeAggregates('crm', 'Contact', 3), true);
  assert.equal(budget.takeAggregates('crm', 'Contact', 1), false);
  assert.deepEqual(spentOf(budget), [0]);
  assert.equal(budget.take('crm', contacts(1, 2, 3, 4)), 3);
  assert.deepEqual(spentOf(budget), [3]);
});

test('a restart changes nothing: what the ledger replays counts, what a crash left unknown counts as spent', () => {
  const { budget, state } = budgetOf(['10 records per hour', '6 customers per hour', '2 counts per hour']);
  const past: readonly Spent[] = [
    { integration: 'crm', at: start - 90 * minute, wanted: contacts(8, 9) },
    { integration: 'crm', at: start - 30 * minute, wanted: contacts(1, 2) },
    { integration: 'crm', at: start - 20 * minute, object: 'Contact', unknown: 3 },
    { integration: 'crm', at: start - 10 * minute, object: 'Contact', counts: 2 },
    { integration: 'gone', at: start, object: 'Contact', unknown: 3 },
  ];
  budget.replay(past);
  assert.deepEqual(spentOf(budget), [5, 5, 2]);
  assert.equal(budget.take('crm', contacts(1, 2, 3, 4)), 3);
  state.now += 40 * minute;
  assert.deepEqual(spentOf(budget), [3, 3, 2]);
});

test('a narrower policy holds at once, with what was spent under the wider one', () => {
  const { budget, state } = budgetOf(['10 records per hour', '10 customers per hour']);
  budget.recall('crm')?.done();
  assert.equal(budget.take('crm', contacts(1, 2, 3, 4, 5, 6)), 6);
  state.policy = policyOf(['4 records per hour', '5 customers per 30 minutes']);
  assert.equal(budget.take('crm', contacts(1)), 0);
  state.now += 30 * minute;
  assert.deepEqual(spentOf(budget), [6, 0]);
  assert.equal(budget.recall('crm'), undefined);
  state.policy = policyOf(['10 records per hour', '6 customers per hour']);
  assert.deepEqual(spentOf(budget), [6, 6]);
  assert.equal(budget.recall('crm'), undefined);
});

test('a budget that looks further back, or at other things, recalls what the ledger holds, while calls go on', () => {
  const { budget, state } = budgetOf(['10 records per hour']);
  budget.recall('crm')?.done();
  assert.equal(budget.recall('crm'), undefined);
  const ledger: Spent[] = [
    { integration: 'crm', at: start - 2000 * minute, wanted: contacts(20) },
    { integration: 'crm', at: start - 600 * minute, wanted: contacts(1, 2, 3) },
    { integration: 'crm', at: start - 590 * minute, wanted: contacts(3, 4) },
  ];
  const take = (...numbers: readonly number[]): number => {
    const taken = budget.take('crm', contacts(...numbers));
    ledger.push({ integration: 'crm', at: state.now, wanted: contacts(...numbers.slice(0, taken)) });
    return taken;
  };
  assert.equal(take(1, 2), 2);
  state.now += minute;
  state.policy = policyOf(['10 records per day', '6 customers per day']);
  const recall = budget.recall('crm');
  assert.equal(recall?.since, state.now - 24 * 60 * minute);
  assert.equal(take(2, 7), 2);
  for (const spent of ledger) recall!.tell(spent);
  assert.deepEqual(spentOf(budget), [4, 2]);
  recall!.done();
  // Records: 5 of old, 2 and 2. Customers: 1, 2, 3, 4, 7; none twice; but 1 was read before customers counted.
  assert.deepEqual(spentOf(budget), [9, 5]);
  assert.equal(budget.recall('crm'), undefined);
  assert.equal(take(8), 1);
  assert.equal(take(1), 0);
  state.now = start + 24 * 60 * minute - 600 * minute;
  assert.deepEqual(spentOf(budget), [7, 6]);
});

test('reference data is nobody’s: under budgets of records it counts under none of customers, else it does', () => {
  const { budget, state } = budgetOf([]);
  const policy = (...budgets: readonly string[]): BudgetPolicy => ({
    ...policyOf(budgets),
    objects: [objectPolicy('Contact', 'Id'), { ...objectPolicy('Order', undefined), isReference: true }],
  });
  state.policy = policy('3 customers per hour', '100 records per hour', '2 counts of contact per hour');
  assert.equal(budget.remaining('crm', 'Order'), 100);
  assert.equal(budget.take('crm', orders(20)), 20);
  assert.equal(budget.take('crm', contacts(1, 2, 3, 4)), 3);
  assert.equal(budget.remaining('crm', 'Order'), 77);
  assert.equal(budget.takeAggregates('crm', 'Order', 3), true);
  assert.equal(budget.takeAggregates('crm', 'Order', 1), false, 'a number of them is a fact about customers');
  state.policy = policy('25 customers per hour', '5 records of order per hour');
  assert.equal(budget.take('crm', orders(9)), 5);
  assert.deepEqual(spentOf(budget), [3, 5]);
  state.policy = policy('30 customers per hour', '100 records of contact per hour');
  assert.equal(budget.remaining('crm', 'Order'), 27);
  assert.equal(budget.take('crm', orders(30)), 27);
});

test('what left a shorter window is recalled once, whether it was looked at since or not', () => {
  for (const looks of [true, false]) {
    const { budget, state } = budgetOf(['10 records per hour', '10 customers per hour']);
    budget.recall('crm')?.done();
    const past = { integration: 'crm', at: state.now, wanted: contacts(1, 2, 3) };
    assert.equal(budget.take('crm', past.wanted), 3);
    state.now += 120 * minute;
    if (looks) assert.deepEqual(spentOf(budget), [0, 0]);
    state.policy = policyOf(['10 records per day', '10 customers per day']);
    budget.replay([past]);
    assert.deepEqual(spentOf(budget), [3, 3]);
  }
});

test('a clock that was set back while the gateway was down gives nothing back', () => {
  const { budget } = budgetOf(['3 records per hour']);
  budget.replay([{ integration: 'crm', at: start + 5 * minute, wanted: contacts(1, 2, 3) }]);
  assert.equal(budget.take('crm', contacts(4)), 0);
  assert.equal(budget.isReached('crm')?.freesAt, start + 65 * minute);
});

test('a clock that runs backwards gives nothing back', () => {
  const { budget, state } = budgetOf(['2 records per minute']);
  budget.take('crm', contacts(1, 2));
  state.now -= 10 * minute;
  assert.equal(budget.take('crm', contacts(3)), 0);
  assert.equal(budget.isReached('crm')?.freesAt, start + minute);
});

/** The same by lists: slow and plain. */
function naiveBudget(policy: BudgetPolicy) {
  const spent: { at: number; object: string; customer: string }[] = [];
  const nobodyYet = { count: 0 };
  const customerOf = (wanted: Wanted, index: number): string => {
    const number = wanted.object === 'Contact' ? wanted.numbers[index] : wanted.customers?.numbers[index];
    return number === undefined || number === noId ? `nobody ${nobodyYet.count++}` : `${number}`;
  };
  const holds = (at: number): boolean =>
    policy.budgets.every(({ kind, object, limit, windowMs }) => {
      const within = spent.filter(
        (each) => each.at > at - windowMs && (object === undefined || each.object === object),
      );
      const count = kind === 'records' ? within.length : new Set(within.map(({ customer }) => customer)).size;
      return count <= limit;
    });
  return {
    spent,
    holds,
    take(wanted: Wanted, at: number): number {
      for (let index = 0; index < wanted.numbers.length; index++) {
        spent.push({ at, object: wanted.object, customer: customerOf(wanted, index) });
        if (holds(at)) continue;
        spent.pop();
        return index;
      }
      return wanted.numbers.length;
    },
  };
}

const few = fc.nat({ max: 8 });
const wantedArbitrary: fc.Arbitrary<Wanted> = fc.oneof(
  fc.array(few, { maxLength: 7 }).map((numbers) => contacts(...numbers)),
  fc.array(fc.option(few, { nil: undefined }), { maxLength: 7 }).map((customers) => cases(...customers)),
  fc.nat({ max: 4 }).map(orders),
);
const budgetsArbitrary = fc.uniqueArray(
  fc
    .tuple(
      fc.nat({ max: 12 }),
      fc.constantFrom('records', 'customers'),
      fc.constantFrom('', ' of Contact', ' of Case'),
      fc.constantFrom('second', '2 seconds', '5 seconds'),
    )
    .map(([limit, kind, object, window]) => `${limit} ${kind}${object} per ${window}`),
  { maxLength: 5 },
);
const stepsArbitrary = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, 0, 1, 400, 999, 1000, 1001, 2000, 5000),
    wanted: fc.array(wantedArbitrary, { minLength: 1, maxLength: 3 }),
    isPage: fc.boolean(),
  }),
  { maxLength: 30 },
);

test('agrees with the naive account on any interleaving, and never exceeds a window', () => {
  fc.assert(
    fc.property(budgetsArbitrary, stepsArbitrary, (budgets, steps) => {
      const { budget, state } = budgetOf(budgets);
      const naive = naiveBudget(state.policy);
      for (const { waitMs, wanted, isPage } of steps) {
        state.now += waitMs;
        if (isPage) {
          const before = naive.spent.length;
          const isWhole = wanted.every((each) => naive.take(each, state.now) === each.numbers.length);
          if (!isWhole) naive.spent.length = before;
          assert.equal(budget.takeAll('crm', wanted), isWhole);
        } else {
          for (const each of wanted) {
            const remaining = budget.remaining('crm', each.object);
            const taken = budget.take('crm', each);
            assert.equal(taken, naive.take(each, state.now));
            const isSet = new Set(each.numbers).size === each.numbers.length;
            if (isSet) assert.ok(taken <= remaining, `took ${taken} where at most ${remaining} remained`);
          }
        }
        assert.ok(naive.holds(state.now));
      }
    }),
    { numRuns: 300 },
  );
});

test('a replay leads to the same account as the takes it tells of', () => {
  fc.assert(
    fc.property(budgetsArbitrary, stepsArbitrary, (budgets, steps) => {
      const { budget, state } = budgetOf(budgets);
      const told: Spent[] = [];
      for (const { waitMs, wanted } of steps) {
        state.now += waitMs;
        for (const each of wanted) {
          const taken = budget.take('crm', each);
          const numbers = each.numbers.slice(0, taken);
          told.push({ integration: 'crm', at: state.now, wanted: { ...each, numbers } });
        }
      }
      const restarted = openBudget({ policyOf: () => state.policy, clock: () => state.now });
      restarted.replay(told);
      assert.deepEqual(restarted.usage('crm'), budget.usage('crm'));
    }),
    { numRuns: 100 },
  );
});

test('recalled at any moment, before or after calls, the account is the one that never forgot', () => {
  fc.assert(
    fc.property(
      budgetsArbitrary,
      stepsArbitrary,
      fc.nat({ max: 30 }),
      fc.nat({ max: 30 }),
      (budgets, steps, stop, wait) => {
        const { budget: whole, state } = budgetOf(budgets);
        const told: Spent[] = [];
        let restarted: OpenBudget | undefined;
        let recall: ReturnType<OpenBudget['recall']>;
        const open = () => openBudget({ policyOf: () => state.policy, clock: () => state.now });
        const finish = (): void => {
          for (const spent of told) recall?.tell(spent);
          recall?.done();
          recall = undefined;
        };
        steps.forEach(({ waitMs, wanted }, index) => {
          state.now += waitMs + 1;
          if (index === stop) {
            restarted = open();
            recall = restarted.recall('crm');
          }
          for (const each of wanted) {
            const taken = whole.take('crm', each);
            const left = { ...each, numbers: each.numbers.slice(0, taken) };
            told.push({ integration: 'crm', at: state.now, wanted: left });
            // What left is what the whole account allowed: the other one knows less, and would allow no less.
            if (restarted !== undefined) assert.equal(restarted.take('crm', left), taken);
          }
          if (index === stop + wait) finish();
        });
        if (restarted === undefined) return;
        finish();
        assert.deepEqual(restarted.usage('crm'), whole.usage('crm'));
      },
    ),
    { numRuns: 200 },
  );
});
