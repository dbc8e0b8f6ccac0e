import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keysPerGeneration, SeenKeys } from './seen-keys.ts';

describe('seen keys', () => {
  it('agree with a set, whatever the salt', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), fc.nat(), fc.nat(), (keys, high, low) => {
        const seen = new SeenKeys([high, low]);
        const truth = new Set<string>();
        for (const key of keys) {
          assert.equal(seen.add(key), !truth.has(key));
          truth.add(key);
        }
      }),
    );
  });

  it('tell apart keys that differ in one digit, by the hundred thousand', () => {
    const seen = new SeenKeys([0, 0]);
    for (let index = 0; index < 300_000; index++) assert.ok(seen.add(`salesforce-event-log-file:4exLFFQZ${index}`));
    for (let index = 0; index < 300_000; index++) assert.ok(!seen.add(`salesforce-event-log-file:4exLFFQZ${index}`));
  });

  it('forget the oldest only, and count them', () => {
    const seen = new SeenKeys([7, 7]);
    const last = keysPerGeneration * 2 - 1;
    for (let index = 0; index < last; index++) seen.add(`k${index}`);
    assert.equal(seen.forgotten, 0);
    assert.equal(seen.add('k0'), false);
    seen.add(`k${last}`);
    assert.equal(seen.forgotten, keysPerGeneration);
    assert.equal(seen.add(`k${last}`), false);
    assert.equal(seen.add(`k${last - keysPerGeneration + 1}`), false);
    assert.equal(seen.add('k0'), true);
  });
});
