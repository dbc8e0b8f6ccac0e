import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBudgetLimit, printBudgetLimit } from './budget-limit.ts';
import type { Policy } from './policy.ts';
import { policyArbitrary } from './policy-arbitrary.fixture.ts';
import { printPolicy } from './print-policy.ts';
import { readPolicy } from './read-policy.ts';

const folder = join(import.meta.dirname, 'samples');
const sample = (name: string): string => readFileSync(join(folder, `${name}.yaml`), 'utf8');

function policyOf(text: string): Policy {
  const read = readPolicy(text, 'policy.yaml');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function faultsOf(text: string): readonly string[] {
  const read = readPolicy(text, 'policy.yaml');
  assert.ok(!read.ok);
  return read.failure.map((each) => {
    assert.ok(each.kind === 'invalid');
    return `${each.where}: found ${each.found}, expected ${each.expected}`;
  });
}

test('every sample is a policy, and says the same when printed and read again', () => {
  const files = readdirSync(folder);
  assert.ok(files.length >= 3);
  for (const file of files) {
    const policy = policyOf(readFileSync(join(folder, file), 'utf8'));
    assert.deepEqual(policyOf(printPolicy(policy)), policy, file);
  }
});

test('the newsletter’s policy says what it reads like', () => {
  const policy = policyOf(sample('newsletter'));
  assert.deepEqual(policy.budgets[1], { kind: 'customers', limit: 20_000, object: undefined, windowMs: 86_400_000 });
  assert.deepEqual(policy.networks, ['203.0.113.0/24', '2001:db8:17::/48']);
  assert.ok(policy.hours !== 'always');
  assert.equal(policy.hours.zone, 'Europe/Paris');
  // Sunday 22:00 to Monday 02:00 lies at both ends of the week.
  assert.deepEqual(policy.hours.open[0], { from: 0, to: 120 });
  assert.deepEqual(policy.hours.open.at(-1), { from: 6 * 1440 + 22 * 60, to: 7 * 1440 });
  assert.deepEqual([...policy.objects[0]!.relationships], [['FavouriteStore__r', 'Store__c']]);
  assert.equal(policy.objects[1]!.isReference, true);
});

test('any policy is read back as it was printed', () => {
  fc.assert(
    fc.property(policyArbitrary, (policy) => {
      // Reading asks more of a policy than its meaning: that everything has a bound.
      const bounded: Policy = {
        ...policy,
        budgets: [
          ...policy.budgets.filter(({ object }) => policy.objects.some(({ name }) => name === (object ?? name))),
          { kind: 'records', limit: 1_234_567, object: undefined, windowMs: 90_000 },
          { kind: 'counts', limit: 1, object: undefined, windowMs: 604_800_000 },
        ],
        objects: policy.objects.map((object) => ({ ...object, customer: object.customer && 'Id' })),
      };
      assert.deepEqual(policyOf(printPolicy(bounded)), bounded);
    }),
  );
});

test('each fault names line, what was found and what is expected; all at once', () => {
  const text = `integration: newsletter
why: Sends the newsletter
objects:
  Contact:
    field: all
  Case:
    fields: all
    customer: ContactId
    denied: [ContactId, 7]
operations: [query, export]
hours: { zone: Europe/Pariss, open: [Mon-Fri 7-20] }
networks: [203.0.113.0/33, nowhere]
budgets:
  - 20.000 customers per day
  - 5 customers per fortnight
`;
  assert.deepEqual(faultsOf(text), [
    'policy.yaml:4:3 objects.Contact.fields: found nothing, expected all, or a list of fields',
    'policy.yaml:5:5 objects.Contact.field: found the unknown key "field", expected one of fields, denied, customer, relationships, reference',
    'policy.yaml:9:25 objects.Case.denied.1: found 7, expected string',
    'policy.yaml:10:21 operations.1: found "export", expected one of describe, count, query, query-all, retrieve, bulk',
    'policy.yaml:11:10 hours.zone: found "Europe/Pariss", expected a time zone like Europe/Paris',
    'policy.yaml:11:38 hours.open.0: found "Mon-Fri 7-20", expected hours like "Mon-Fri 07:00-20:00" or "every day 01:00-05:00"',
    'policy.yaml:12:12 networks.0: found "203.0.113.0/33", expected a network like 203.0.113.0/24',
    'policy.yaml:12:28 networks.1: found "nowhere", expected a network like 203.0.113.0/24',
    'policy.yaml:14:5 budgets.0: found "20.000 customers per day", expected a budget like "20,000 customers per day", "500 records of Case per 15 minutes" or "100 counts per hour"',
    'policy.yaml:15:5 budgets.1: found "5 customers per fortnight", expected a budget like "20,000 customers per day", "500 records of Case per 15 minutes" or "100 counts per hour"',
  ]);
});

test('contradictions and missing bounds are faults', () => {
  const text = `integration: newsletter
why: Sends the newsletter
objects:
  Contact:
    customer: AccountId
    fields: [Email, MailingAddress, Phone]
    denied: [MailingCity, phone, accountid]
    relationships: { Store__r: Store__c }
  contact:
    fields: all
operations: [query, count]
hours: always
networks: any
budgets:
  - 5 records of Lead per day
`;
  assert.deepEqual(faultsOf(text), [
    'policy.yaml:9:3 objects.contact: found {"fields":"all"}, expected each object once',
    'policy.yaml:7:34 objects.Contact.denied.2: found "accountid", expected neither Id nor the field that leads to the customer',
    'policy.yaml:6:21 objects.Contact.fields.1: found "MailingAddress", expected no field that is denied, nor a part or the whole of one',
    'policy.yaml:6:37 objects.Contact.fields.2: found "Phone", expected no field that is denied, nor a part or the whole of one',
    'policy.yaml:8:22 objects.Contact.relationships.Store__r: found "Store__c", expected one of the objects of this policy',
    'policy.yaml:15:5 budgets.0: found "5 records of Lead per day", expected a budget of Contact, or over all',
    'policy.yaml:14:1 budgets: found ["5 records of Lead per day"], expected a budget of records or customers that holds for Contact, or the word unlimited',
    'policy.yaml:14:1 budgets: found ["5 records of Lead per day"], expected with the operation count, a budget like "100 counts per hour" that holds for Contact',
  ]);
});

test('a budget is read as people say it, and nothing else is', () => {
  const said = (text: string) => {
    const limit = parseBudgetLimit(text);
    return limit && printBudgetLimit(limit);
  };
  assert.equal(said('1 customer per hour'), '1 customer per hour');
  assert.equal(said('20000  records of Case per 90 minutes'), '20,000 records of Case per 90 minutes');
  assert.equal(said('0 counts per 1 week'), '0 counts per week');
  for (const wrong of [
    '-1 records per day',
    '1,00 records per day',
    '5 rows per day',
    '5 records per 400 days',
    '5 records',
  ]) {
    assert.equal(said(wrong), undefined, wrong);
  }
});
