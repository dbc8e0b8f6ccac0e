import fc from 'fast-check';
import { operations } from '../requests/policy-view.ts';
import { type BudgetLimit, budgetKinds } from './budget-limit.ts';
import { isWholeWeek, joinStretches, parseStretches } from './hours.ts';
import type { Hours, ObjectPolicy, Policy } from './policy.ts';

/** Policies over a universe so small that each difference can be met by trying all of it. */
export const someObjects = ['Contact', 'Case', 'Store__c'] as const;
export const someFields = ['Email', 'Phone', 'FirstName', 'Name', 'ContactId', 'AccountId'] as const;
export const someAddresses = ['10.1.2.3', '10.1.9.9', '10.2.0.1', '203.0.113.7', '2001:db8::1'] as const;

const objectArbitrary = (name: string): fc.Arbitrary<ObjectPolicy> =>
  fc
    .record({
      name: fc.constant(name),
      fields: fc.oneof(fc.constant('all' as const), fc.subarray([...someFields])),
      denied: fc.subarray(['Email', 'Phone', 'FirstName']),
      customer: fc.constantFrom(undefined, 'Id', 'ContactId', 'AccountId'),
      relationships: fc
        .uniqueArray(fc.tuple(fc.constantFrom('Store__r', 'Parent__r'), fc.constantFrom(...someObjects)), {
          selector: ([relationship]) => relationship,
        })
        .map((pairs) => new Map(pairs)),
      isReference: fc.boolean(),
    })
    .map((object) => ({
      ...object,
      fields:
        object.fields === 'all' ? object.fields : object.fields.filter((field) => isOutside(field, object.denied)),
    }));

/** `Name` holds `FirstName`. */
const isOutside = (field: string, denied: readonly string[]): boolean =>
  !denied.includes(field) && !(field === 'Name' && denied.includes('FirstName'));

const stretchesArbitrary = fc
  .array(
    fc.constantFrom(
      ['Mon-Fri 07:00-20:00', 'Sat 22:00-04:00', 'Sun 22:30-04:00', 'every day 00:00-24:00'],
      ['Tue 07:00-08:00', 'every day 12:00-13:30', 'Wed, Sat 00:00-24:00'],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((choices) => fc.tuple(...choices.map((lines) => fc.constantFrom(...lines))))
  .map((lines) => joinStretches(lines.flatMap((line) => parseStretches(line)!)));

const hoursArbitrary: fc.Arbitrary<'always' | Hours> = fc.oneof(
  fc.constant('always' as const),
  fc
    .tuple(fc.constantFrom('Europe/Paris', 'Asia/Tokyo'), stretchesArbitrary)
    .map(([zone, open]) => ({ zone, open }))
    .map((hours) => (isWholeWeek(hours.open) ? 'always' : hours)),
);

export const budgetArbitrary: fc.Arbitrary<BudgetLimit> = fc
  .tuple(
    fc.constantFrom(...budgetKinds),
    fc.nat({ max: 8 }),
    fc.constantFrom(undefined, ...someObjects),
    fc.constantFrom(1000, 2000, 3000, 5000),
  )
  .map(([kind, limit, object, windowMs]) => ({ kind, limit, object, windowMs }));

export const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({
    integration: fc.constant('crm-sync'),
    why: fc.constant('Because it must'),
    objects: fc.subarray([...someObjects], { minLength: 1 }).chain((names) => fc.tuple(...names.map(objectArbitrary))),
    operations: fc.subarray([...operations]),
    hours: hoursArbitrary,
    networks: fc.oneof(
      fc.constant('any' as const),
      fc.subarray(['10.1.0.0/16', '10.1.0.0/21', '10.1.8.0/21', '10.0.0.0/8', '2001:db8::/32', '203.0.113.7/32']),
    ),
    budgets: fc.array(budgetArbitrary, { maxLength: 4 }),
    uncounted: fc
      .subarray(['/services/apexrest/stores', '/services/apexrest/stores/near', '/services/apexrest/loyalty'])
      .map((paths) => paths.map((path) => ({ path, why: 'Nobody’s data' }))),
    dryRun: fc.boolean(),
  })
  .map((policy) => ({
    ...policy,
    objects: policy.objects.map((object) => ({
      ...object,
      relationships: new Map(
        [...object.relationships].filter(([, target]) => policy.objects.some(({ name }) => name === target)),
      ),
    })),
  }));
