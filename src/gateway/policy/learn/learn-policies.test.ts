import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Wanted } from '../../parts.ts';
import { operations } from '../../requests/policy-view.ts';
import { printBudgetLimit } from '../budget-limit.ts';
import { printStretches } from '../hours.ts';
import { readPolicy } from '../read-policy.ts';
import { describeVerdict, judgeTraffic } from './judge-traffic.ts';
import { type Learned, learnPolicies } from './learn-policies.ts';
import type { LeftOutWindow, SeenCall, SeenRead } from './seen-call.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A Monday, midnight in UTC. */
const start = Date.UTC(2026, 10, 2);

const contacts = (from: number, count: number): Wanted => ({
  object: 'Contact',
  prefix: [{ from: 0, prefix: '003Jx0' }],
  numbers: BigUint64Array.from({ length: count }, (_, index) => BigInt(from + index)),
  customers: undefined,
});
const readOf = (wanted: Wanted, ...fields: readonly string[]): SeenRead => ({
  object: wanted.object,
  fields,
  customerField: undefined,
  records: wanted.numbers.length,
  wanted,
});
const call = (at: number, reads: readonly SeenRead[], more: Partial<SeenCall> = {}): SeenCall => ({
  integration: 'newsletter',
  at,
  address: '203.0.113.20',
  operation: 'query',
  reads,
  counts: 0,
  ...more,
});

/** Two weeks: each working day at 08:30 the same 400 customers, and 100 new ones. */
const ordinary: readonly SeenCall[] = Array.from({ length: 14 }, (_, day) => day)
  .filter((day) => day % 7 < 5)
  .flatMap((day) => {
    const at = start + day * dayMs + 8.5 * hourMs;
    return [
      call(at, [readOf(contacts(0, 400), 'Id', 'Email', 'Account.Name')]),
      call(at + 1000, [readOf(contacts(1000 + 100 * day, 100), 'Id', 'Email', 'FirstName')], {
        address: '203.0.113.77',
      }),
    ];
  });

function learnOne(calls: readonly SeenCall[], without: readonly LeftOutWindow[] = []): Learned {
  const all = learnPolicies(calls, { without, zone: 'UTC', headroom: 1.5 });
  assert.equal(all.length, 1);
  return all[0]!;
}

test('what the policy called reference data stays so, and needs no budget of customers', () => {
  const stores = { ...contacts(0, 900), object: 'Store__c' };
  const reads = [{ ...readOf(stores, 'Name', 'ContactId'), customerField: '' }];
  const { policy, yaml } = learnOne([...ordinary, call(start + 14 * dayMs, reads)]);
  const store = policy.objects.find(({ name }) => name === 'Store__c')!;
  assert.deepEqual([store.isReference, store.customer], [true, undefined]);
  assert.ok(policy.budgets.map(printBudgetLimit).includes('750 customers per day'), 'the 900 are nobody’s');
  assert.doesNotMatch(yaml, /customer of (Account and )?Store__c/);
});

test('objects, fields, hours, networks and budgets are what was seen, with headroom', () => {
  const { policy, yaml, calls, wouldRefuse } = learnOne(ordinary);
  assert.deepEqual(
    policy.objects.map(({ name, fields, customer }) => [name, fields, customer]),
    [
      ['Contact', ['Email', 'FirstName'], 'Id'],
      ['Account', ['Name'], undefined],
    ],
  );
  assert.deepEqual(policy.operations, ['query']);
  assert.ok(policy.hours !== 'always');
  assert.deepEqual(printStretches(policy.hours.open), ['Mon-Fri 07:00-10:00']);
  assert.deepEqual(policy.networks, ['203.0.113.0/24']);
  assert.deepEqual(policy.budgets.map(printBudgetLimit), [
    '750 customers per hour',
    '750 customers per day',
    '750 records per hour',
    '750 records per day',
    '750 records of Contact per hour',
    '750 records of Contact per day',
  ]);
  assert.deepEqual([calls, wouldRefuse], [20, 0]);
  assert.match(yaml, /^# At most 500 customers in any day; times 1\.5 is 750\.$/m);
  assert.match(yaml, /^# Of 20 calls all would pass\.$/m);
  assert.match(yaml, /^# No field leads to the customer of Account/m);
});

test('the YAML is a policy, the one that was judged', () => {
  const { policy, yaml } = learnOne(ordinary);
  assert.deepEqual(readPolicy(yaml, 'learned.yaml'), { ok: true, value: policy });
});

test('customers who are read again count once in a day; records do not', () => {
  const hourly = Array.from({ length: 24 * 8 }, (_, hour) =>
    call(start + hour * hourMs, [readOf(contacts(0, 100), 'Email')]),
  );
  const { policy } = learnOne(hourly);
  assert.equal(policy.hours, 'always');
  assert.deepEqual(policy.budgets.map(printBudgetLimit), [
    '150 customers per hour',
    '150 customers per day',
    '150 records per hour',
    '3,600 records per day',
  ]);
});

const theftAt = start + 10 * dayMs + 3 * hourMs;
const theft = Array.from({ length: 30 }, (_, page) =>
  call(theftAt + page * 1000, [readOf(contacts(page * 2000, 2000), 'Id', 'Email', 'Phone', 'TotalSpend__c')], {
    address: '208.68.36.90',
    operation: 'bulk',
  }),
);
const mixed = [...ordinary, ...theft].sort((a, b) => a.at - b.at);

test('what happened under a finding is not learned, and would not pass', () => {
  const window = { integration: undefined, from: theftAt, to: theftAt + hourMs, why: 'stolen token' };
  const { policy, leftOut, yaml, calls } = learnOne(mixed, [window]);
  assert.deepEqual(policy, learnOne(ordinary).policy);
  assert.equal(calls, 20);
  assert.deepEqual(leftOut, [{ ...window, calls: 30, wouldRefuse: 30 }]);
  assert.match(yaml, /Left out: 30 calls from 12 Nov 2026 \(stolen token\); the proposal would refuse 30 of them\./);
  const elsewhere = learnOne(mixed, [{ ...window, integration: 'another' }]);
  assert.deepEqual([elsewhere.calls, elsewhere.leftOut], [50, []]);
  assert.ok(elsewhere.policy.operations.includes('bulk'));
});

test('an integration of which everything is left out gets no proposal', () => {
  const window = { integration: undefined, from: 0, to: theftAt * 2, why: 'stolen token' };
  assert.deepEqual(learnPolicies(mixed, { without: [window], zone: 'UTC', headroom: 1.5 }), []);
});

test('a dry run of a policy against traffic names the first reason of each refusal', () => {
  const { policy } = learnOne(ordinary);
  const at = start + 14 * dayMs + 9 * hourMs;
  const few = [readOf(contacts(0, 1), 'Email')];
  const unwanted: readonly SeenCall[] = [
    call(at, few),
    call(at, few, { address: '198.51.100.1' }),
    call(at, few, { operation: 'retrieve' }),
    call(at, [{ ...few[0]!, object: 'Case' }]),
    call(at, [readOf(contacts(0, 1), 'Phone')]),
    call(at, [readOf(contacts(0, 1), 'Account.Industry')]),
    call(at, [{ ...few[0]!, fields: undefined }]),
    call(at, [readOf(contacts(5000, 800), 'Email')]),
    call(at + 12 * hourMs, few),
  ];
  const verdict = judgeTraffic(policy, unwanted);
  assert.deepEqual(Object.fromEntries(verdict.reasons), {
    network: 1,
    operation: 1,
    object: 1,
    field: 3,
    budget: 1,
    hours: 1,
  });
  assert.equal(
    describeVerdict(verdict),
    'Of 9 calls 8 would not pass: 3 by field, 1 by network, 1 by operation, 1 by object, 1 by budget, 1 by hours.',
  );
});

test('what cannot be told apart is not called customers', () => {
  const unknown = ordinary.map((each) => ({
    ...each,
    reads: each.reads.map((read) => ({ ...read, wanted: undefined })),
  }));
  const { policy, wouldRefuse } = learnOne(unknown);
  assert.ok(policy.budgets.every(({ kind }) => kind === 'records'));
  assert.equal(wouldRefuse, 0);
});

test('counts and relationships that no standard knows are told', () => {
  const { policy, yaml, wouldRefuse } = learnOne([
    call(start, [readOf(contacts(0, 1), 'FavouriteStore__r.Name')]),
    call(start + 1, [{ ...readOf(contacts(0, 0)), records: 0 }], { operation: 'count', counts: 7 }),
  ]);
  assert.equal(wouldRefuse, 1);
  assert.match(yaml, /Say under relationships where these lead: Contact\.FavouriteStore__r/);
  assert.ok(policy.budgets.some(({ kind, limit }) => kind === 'counts' && limit === 11));
  assert.match(yaml, /Seen for 1 day only/);
});

test('whatever is learned can be read, and lets pass all that it was learned from', () => {
  const seen = fc.record({
    integration: fc.constantFrom('one', 'other'),
    wait: fc.nat({ max: 2 * dayMs }),
    address: fc.constantFrom('10.1.2.3', '2001:db8::7', '198.51.100.9'),
    operation: fc.constantFrom(...operations),
    first: fc.nat({ max: 50 }),
    count: fc.nat({ max: 30 }),
    fields: fc.option(fc.subarray(['Id', 'Email', 'Phone', 'Account.Name', 'MailingCity', 'Name']), {
      nil: undefined,
    }),
    isCase: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1, maxLength: 25 }), fc.constantFrom(1, 1.5), (steps, headroom) => {
      let at = start;
      const calls = steps.map(({ wait, first, count, fields, isCase, ...rest }): SeenCall => {
        at += wait;
        const wanted = { ...contacts(first, count), object: isCase ? 'Case' : 'Contact' };
        const counts = rest.operation === 'count' ? 3 : 0;
        return call(at, [{ ...readOf(wanted), fields }], { ...rest, counts });
      });
      for (const learned of learnPolicies(calls, { without: [], zone: 'Europe/Paris', headroom })) {
        assert.equal(learned.wouldRefuse, 0, learned.yaml);
        const read = readPolicy(learned.yaml, 'learned.yaml');
        assert.ok(read.ok, `${JSON.stringify(read)}\n${learned.yaml}`);
        assert.deepEqual(read.value, learned.policy);
      }
    }),
    { numRuns: 100 },
  );
});
