import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toLongId } from './salesforce-id.ts';
import { joinId, splitId } from './salesforce-id-number.ts';

const shortId = fc.stringMatching(/^[0-9A-Za-z]{15}$/);

test('an id is its prefix and its number, whatever its length', () => {
  fc.assert(
    fc.property(shortId, (short) => {
      const split = splitId(short)!;
      assert.equal(joinId(split.prefix, split.number), toLongId(short));
      assert.deepEqual(splitId(toLongId(short)), split);
    }),
  );
  assert.equal(splitId('003Jx0zzzzzzzzz')!.number, 62n ** 9n - 1n);
});

test('what is no id, or has wrong check characters, is refused', () => {
  assert.equal(splitId('003Jx0000000001'.slice(1)), undefined);
  assert.equal(splitId('003Jx000000000!'), undefined);
  const right = toLongId('003Jx00000aBcDe');
  assert.ok(splitId(right));
  assert.equal(splitId(`${right.slice(0, 17)}${right[17] === 'A' ? 'B' : 'A'}`), undefined);
});
