import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { operations } from '../requests/policy-view.ts';
import { type BudgetLimit, parseBudgetLimit } from './budget-limit.ts';
import type { Policy } from './policy.ts';
import {
  budgetArbitrary,
  policyArbitrary,
  someAddresses,
  someFields,
  someObjects,
} from './policy-arbitrary.fixture.ts';
import { viewPolicy } from './view-policy.ts';
import { describeChange, widening } from './widening.ts';

const monday = Date.UTC(2026, 10, 23);
const weekOfQuarters = Array.from({ length: 7 * 96 }, (_, index) => monday + index * 900_000);

/** Everything that a policy decides of a single call, by trying it all. */
function decisionsOf(policy: Policy): ReadonlySet<string> {
  const view = viewPolicy(policy, 1);
  const yes = new Set<string>();
  for (const operation of operations) if (view.operations.has(operation)) yes.add(operation);
  for (const name of someObjects) {
    const object = view.objects.get(name.toLowerCase());
    if (object === undefined) continue;
    yes.add(name);
    for (const field of [...someFields, 'MiddleName', 'Other__c'].map((each) => each.toLowerCase())) {
      const isAlways = field === object.customerField?.toLowerCase();
      const isListed = object.fields === 'all' || object.fields.has(field);
      if (isAlways || (isListed && !object.denied.has(field))) yes.add(`${name}.${field}`);
    }
    if (object.isReference) yes.add(`${name} beside others`);
    for (const [relationship, target] of view.relationships.get(name.toLowerCase()) ?? []) {
      yes.add(`${name} ${relationship} ${target}`);
    }
    // Another way to count customers can let more leave; none at all never does.
    if (object.customerField !== undefined) yes.add(`${name} counts by ${object.customerField}`);
  }
  const always = viewPolicy({ ...policy, networks: 'any' }, 1);
  for (const at of weekOfQuarters) if (always.refuses(at, '10.1.2.3') === undefined) yes.add(`at ${at}`);
  const anyTime = viewPolicy({ ...policy, hours: 'always' }, 1);
  for (const address of someAddresses) if (anyTime.refuses(monday, address) === undefined) yes.add(address);
  for (const path of ['stores', 'stores/near', 'stores/near/x', 'storesfront', 'loyalty', 'loyalty/y']) {
    const target = `/services/apexrest/${path}`;
    if (view.openPaths.some((each) => target === each.path || target.startsWith(`${each.path}/`))) yes.add(target);
  }
  if (view.isDryRun) yes.add('dry run');
  return yes;
}

const isZoneMove = (a: Policy, b: Policy): boolean =>
  a.hours !== 'always' && b.hours !== 'always' && a.hours.zone !== b.hours.zone;
/** In the small universe, networks beyond its addresses do not show. */
const showsAll = (kinds: readonly string[]): boolean => kinds.some((kind) => !['budget', 'network'].includes(kind));

test('nothing widens itself, and order, case and overlap make no difference', () => {
  fc.assert(
    fc.property(policyArbitrary, (policy) => {
      const respelled: Policy = {
        ...policy,
        why: 'Other words',
        objects: policy.objects
          .map((object) => ({
            ...object,
            name: object.name.toUpperCase(),
            fields: object.fields === 'all' ? ('all' as const) : object.fields.map((field) => field.toUpperCase()),
            denied: object.denied.map((field) => field.toLowerCase()),
            customer: object.customer?.toUpperCase(),
          }))
          .reverse(),
        operations: [...policy.operations].reverse(),
        networks: policy.networks === 'any' ? ['::/0', '128.0.0.0/1', '0.0.0.0/1'] : [...policy.networks].reverse(),
        budgets: [
          ...policy.budgets,
          ...policy.budgets.map((limit) => ({ ...limit, limit: limit.limit + 1 })),
        ].reverse(),
      };
      assert.deepEqual(widening(policy, policy), []);
      assert.deepEqual(widening(policy, respelled), []);
      assert.deepEqual(widening(respelled, policy), []);
    }),
  );
});

test('what is allowed now and was not is named, and what is named is allowed now', () => {
  fc.assert(
    fc.property(policyArbitrary, policyArbitrary, (before, after) => {
      const [was, is] = [decisionsOf(before), decisionsOf(after)];
      const kinds = widening(before, after).map(({ kind }) => kind);
      const isWider = [...is].some((decision) => !was.has(decision));
      if (isWider) assert.ok(kinds.length > 0, [...is].filter((each) => !was.has(each)).join());
      else if (!isZoneMove(before, after)) assert.ok(!showsAll(kinds), kinds.join());
    }),
    { numRuns: 100 },
  );
});

test('nothing either way means the same decisions; the same decisions mean nothing either way', () => {
  const pair = policyArbitrary.chain((policy) =>
    fc.tuple(
      fc.constant(policy),
      policyArbitrary.map((other) => ({ ...other, objects: policy.objects, hours: policy.hours })),
    ),
  );
  fc.assert(
    fc.property(pair, ([one, other]) => {
      const kinds = [...widening(one, other), ...widening(other, one)].map(({ kind }) => kind);
      const isEqual = decisionsOf(one).symmetricDifference(decisionsOf(other)).size === 0;
      if (kinds.length === 0) assert.ok(isEqual);
      if (isEqual) assert.ok(!showsAll(kinds), kinds.join());
    }),
    { numRuns: 100 },
  );
});

/** Takes something away, as `keeps` says from piece to piece. */
function narrow(policy: Policy, keeps: () => boolean): Policy {
  const objects = policy.objects.filter(keeps).map((object) => ({
    ...object,
    fields: object.fields === 'all' ? object.fields : object.fields.filter(keeps),
    denied: keeps() ? object.denied : [...object.denied, 'MiddleName'],
    // Without it reference data would count as records alone.
    customer: object.isReference || keeps() ? object.customer : undefined,
    relationships: new Map([...object.relationships].filter(keeps)),
    isReference: object.isReference && keeps(),
  }));
  return {
    ...policy,
    objects,
    operations: policy.operations.filter(keeps),
    hours: policy.hours === 'always' ? 'always' : { ...policy.hours, open: policy.hours.open.filter(keeps) },
    networks: policy.networks === 'any' ? ['10.0.0.0/8'] : policy.networks.filter(keeps),
    budgets: policy.budgets.map((limit) => ({ ...limit, limit: keeps() ? limit.limit : Math.floor(limit.limit / 2) })),
    uncounted: policy.uncounted.filter(keeps).map((open) => (keeps() ? open : { ...open, path: `${open.path}/near` })),
    dryRun: policy.dryRun && keeps(),
  };
}

test('what only takes away widens nothing, however often; to give it back does', () => {
  fc.assert(
    fc.property(policyArbitrary, fc.infiniteStream(fc.boolean()), (policy, choices) => {
      const keeps = () => choices.next().value;
      const once = narrow(policy, keeps);
      const twice = narrow(once, keeps);
      assert.deepEqual(widening(policy, once), []);
      assert.deepEqual(widening(once, twice), []);
      assert.deepEqual(widening(policy, twice), []);
      const lost = [...decisionsOf(policy)].some((decision) => !decisionsOf(twice).has(decision));
      if (lost) assert.notDeepEqual(widening(twice, policy), []);
    }),
    { numRuns: 50 },
  );
});

interface Read {
  readonly at: number;
  readonly object: string;
  readonly customer: number;
}

function holds(budgets: readonly BudgetLimit[], reads: readonly Read[]): boolean {
  return budgets
    .filter(({ kind }) => kind !== 'counts')
    .every(({ kind, limit, object, windowMs }) =>
      reads.every(({ at: end }) => {
        const within = reads.filter(
          ({ at, object: of }) => at > end - windowMs && at <= end && (object === undefined || of === object),
        );
        return (kind === 'records' ? within.length : new Set(within.map(({ customer }) => customer)).size) <= limit;
      }),
    );
}

const base: Policy = {
  integration: 'crm-sync',
  why: 'Because it must',
  objects: someObjects.map((name) => ({
    name,
    fields: 'all',
    denied: [],
    customer: 'Id',
    relationships: new Map(),
    isReference: false,
  })),
  operations,
  hours: 'always',
  networks: 'any',
  budgets: [],
  uncounted: [],
  dryRun: false,
};
const withBudgets = (budgets: readonly BudgetLimit[]): Policy => ({ ...base, budgets });

test('no traffic passes the new budgets and not the old ones without being told', () => {
  const budgets = fc.array(budgetArbitrary, { maxLength: 4 });
  const reads = fc.array(
    fc.tuple(fc.constantFrom(0, 1, 500, 999, 1000, 2000), fc.constantFrom(...someObjects), fc.nat({ max: 6 })),
    { maxLength: 25 },
  );
  let told = 0;
  fc.assert(
    fc.property(budgets, budgets, reads, (before, after, steps) => {
      let at = monday;
      const passed: Read[] = [];
      for (const [wait, object, customer] of steps) {
        at += wait;
        const more = [...passed, { at, object, customer }];
        if (holds(after, more)) passed.push(more.at(-1)!);
      }
      if (holds(before, passed)) return;
      told++;
      assert.ok(widening(withBudgets(before), withBudgets(after)).some(({ kind }) => kind === 'budget'));
    }),
    { numRuns: 1500 },
  );
  assert.ok(told > 100, `only ${told} cases were wider`);
});

test('where one budget stands against one, it is named only when some traffic shows it', () => {
  const overAll = budgetArbitrary.map((limit) => ({ ...limit, kind: 'records' as const, object: undefined }));
  fc.assert(
    fc.property(overAll, overAll, (before, after) => {
      const bursts = Array.from({ length: Math.ceil(before.windowMs / after.windowMs) }, (_, index) =>
        Array.from({ length: after.limit }, (_, customer) => ({
          at: monday + index * after.windowMs,
          object: 'Case',
          customer,
        })),
      ).flat();
      assert.ok(holds([after], bursts));
      const isWider = widening(withBudgets([before]), withBudgets([after])).length > 0;
      assert.equal(isWider, !holds([before], bursts));
    }),
  );
});

test('budgets are compared by what they let leave, not by how they are written', () => {
  const isWider = (before: readonly string[], after: readonly string[]): boolean => {
    const [was, is] = [before, after].map((texts) => withBudgets(texts.map((text) => parseBudgetLimit(text)!)));
    return widening(was, is).length > 0;
  };
  assert.equal(isWider(['24,000 records per day'], ['1,000 records per hour']), false);
  assert.equal(isWider(['23,999 records per day'], ['1,000 records per hour']), true);
  assert.equal(isWider(['1,000 records per hour'], ['1,000 records per day']), false);
  assert.equal(isWider(['10 customers per day'], ['10 records per day']), false);
  assert.equal(isWider(['10 records per day'], ['10 customers per day']), true);
  assert.equal(isWider(['10 records of Case per day'], ['10 records per day']), false);
  assert.equal(isWider(['10 records per day'], ['10 records of Case per day']), true);
  assert.equal(
    isWider(
      ['9 records per day'],
      someObjects.map((name) => `3 records of ${name} per day`),
    ),
    false,
  );
  assert.equal(isWider([], ['10 records per day']), false);
  assert.equal(isWider(['10 records per day'], []), true);
});

test('reference data that no longer counts as customers is told, however it comes about', () => {
  const user = { ...base.objects[0]!, customer: undefined };
  const policyOf = (object: Policy['objects'][number], ...budgets: readonly string[]): Policy => ({
    ...withBudgets(budgets.map((text) => parseBudgetLimit(text)!)),
    objects: [object],
  });
  const reference = { ...user, isReference: true };
  const freed = (before: Policy, after: Policy): boolean =>
    widening(before, after).some(({ what }) => what.endsWith('that count under no budget of customers'));
  const both = ['10 customers per day', '900 records per day'];
  assert.equal(freed(policyOf(user, ...both), policyOf(reference, ...both)), true);
  assert.equal(freed(policyOf(reference, both[0]!), policyOf(reference, ...both)), true, 'by a budget that is added');
  assert.equal(freed(policyOf({ ...reference, customer: 'Id' }, ...both), policyOf(reference, ...both)), true);
  assert.equal(freed(policyOf(reference, ...both), policyOf(reference, ...both)), false);
  assert.equal(freed(policyOf(user, both[0]!), policyOf(reference, both[0]!)), false);
  assert.equal(freed(policyOf(user, both[1]!), policyOf(reference, both[1]!)), false, 'no customers were counted');
});

test('a change is told in words that a second person can judge', () => {
  const contact = base.objects[0]!;
  const before: Policy = {
    ...base,
    objects: [{ ...contact, fields: ['Email', 'Phone'], customer: undefined }],
    operations: ['query'],
    hours: { zone: 'Europe/Paris', open: [{ from: 420, to: 1200 }] },
    networks: ['10.1.0.0/16'],
    budgets: [parseBudgetLimit('10,000 customers per day')!],
  };
  const after: Policy = {
    ...before,
    objects: [
      { ...contact, fields: ['Email', 'FirstName'] },
      { ...base.objects[1]!, denied: ['Description'] },
    ],
    operations: ['query', 'bulk'],
    hours: { zone: 'Europe/Paris', open: [{ from: 480, to: 1320 }] },
    networks: ['10.1.0.0/20', '203.0.113.7/32'],
    budgets: [parseBudgetLimit('20,000 customers per day')!],
    uncounted: [{ path: '/services/apexrest/stores', why: 'Shops' }],
    dryRun: true,
  };
  assert.deepEqual(describeChange(before, after), [
    'allows reading Contact.FirstName',
    'allows counting the customers of Contact by Id',
    'allows reading Case: all fields but Description',
    'allows counting the customers of Case by Id',
    'allows the operation bulk',
    'allows calls Mon 20:00-22:00 (Europe/Paris)',
    'allows calls from 203.0.113.7/32',
    'allows more than 10,000 customers per day: up to 20,000',
    'allows /services/apexrest/stores uncounted, which makes the exposure unbounded',
    'allows whatever it refuses, as a dry run that only reports',
    'no longer allows reading Contact.Phone',
    'no longer allows calls Mon 07:00-08:00 (Europe/Paris)',
    'no longer allows calls from 10.1.0.0/16',
  ]);
  assert.deepEqual(describeChange(before, undefined).at(-1), 'no longer allows up to 10,000 customers per day');
});
