import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultPlace, indexOfPlace } from './fault-place.ts';

test('line and column of a fault, whatever the path holds', () => {
  assert.deepEqual(faultPlace('policy.yaml:12:28 networks.1'), { line: 12, column: 28 });
  assert.deepEqual(faultPlace('a:1:2 b.yaml:3:4'), { line: 1, column: 2 });
  assert.deepEqual(
    [faultPlace('kind'), faultPlace('policy.yaml:12'), faultPlace(undefined)],
    [undefined, undefined, undefined],
  );
});

test('the place in the text, never beyond it', () => {
  assert.equal(indexOfPlace('ab\ncd\n', { line: 2, column: 2 }), 4);
  assert.equal(indexOfPlace('ab', { line: 9, column: 9 }), 2);
});
