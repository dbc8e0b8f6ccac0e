import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMirrors } from './mirrors.ts';
import type { Policy } from './policy.ts';
import { readPolicy } from './read-policy.ts';
import { warnOf } from './warn-of.ts';

function warningsOf(sample: string): readonly string[] {
  const read = readPolicy(readFileSync(join(import.meta.dirname, 'samples', `${sample}.yaml`), 'utf8'), sample);
  assert.ok(read.ok);
  return warnOf(read.value);
}

test('a policy that bounds everything is quiet', () => {
  assert.deepEqual(warningsOf('newsletter'), []);
});

test('uncounted paths and records without customer are said', () => {
  const warnings = warningsOf('warehouse');
  assert.equal(warnings.length, 3);
  assert.match(warnings[0]!, /^Uncounted: .*\/services\/apexrest\/stores .*unbounded\.$/);
  assert.match(
    warnings[1]!,
    /^Mirrored: Account\.PersonMobilePhone shows what is left out of Contact \(MobilePhone\)\./,
  );
  assert.match(warnings[2]!, /customer of Order: every record/);
});

test('a dry run, no limit and any network are said', () => {
  const warnings = warningsOf('new-vendor');
  assert.deepEqual(
    warnings.map((each) => each.split(/[: ]/)[0]),
    ['Dry', 'Unlimited', 'Calls'],
  );
});

const objectsOf = (objects: string): Policy => {
  const yaml = `integration: a\nwhy: because\nobjects:\n${objects}operations: [query]\nhours: always\nnetworks: any\nbudgets: [5 records per day]\n`;
  const read = readPolicy(yaml, 'a.yaml');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
};

for (const [what, objects, mirrors] of [
  [
    'a field not named',
    '  Contact: { fields: [LastName] }\n  Case: { fields: [Status, contactemail] }\n',
    'Case.ContactEmail',
  ],
  [
    'a field denied',
    '  Contact: { fields: all, denied: [Email, Phone] }\n  Case: { fields: all }\n',
    'Case.ContactEmail, Case.SuppliedEmail, Case.ContactPhone, Case.SuppliedPhone',
  ],
  [
    'a custom field of person accounts',
    '  Contact: { fields: all, denied: [Spend__c] }\n  Account: { fields: all }\n',
    'Account.Spend__pc',
  ],
  [
    'part of an address',
    '  Contact: { fields: [LastName] }\n  Account: { fields: [PersonMailingCity] }\n',
    'Account.PersonMailingAddress',
  ],
  ['what may be read at home too', '  Contact: { fields: [Email] }\n  Case: { fields: [ContactEmail] }\n', ''],
  [
    'an address whose part may be read',
    '  Contact: { fields: [MailingCity] }\n  Account: { fields: [PersonMailingCity] }\n',
    '',
  ],
  [
    'a mirror denied too',
    '  Contact: { fields: all, denied: [Email] }\n  Case: { fields: all, denied: [ContactEmail, SuppliedEmail] }\n',
    '',
  ],
  ['what has no home in the policy', '  Case: { fields: [ContactEmail] }\n', ''],
] as const)
  test(`mirrors: ${what}`, () => {
    assert.equal(
      openMirrors(objectsOf(objects))
        .map(({ mirror }) => mirror)
        .join(', '),
      mirrors,
    );
  });
