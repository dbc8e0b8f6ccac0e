import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /^Uncounted: .*\/services\/apexrest\/stores .*unbounded\.$/);
  assert.match(warnings[1]!, /customer of Order: every record/);
});

test('a dry run, no limit and any network are said', () => {
  const warnings = warningsOf('new-vendor');
  assert.deepEqual(
    warnings.map((each) => each.split(/[: ]/)[0]),
    ['Dry', 'Unlimited', 'Calls'],
  );
});
