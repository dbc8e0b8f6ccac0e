import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rememberVerdicts } from './remember-verdicts.ts';

test('remembered verdicts are those of the test', () => {
  const isEven = (text: string): boolean => text.length % 2 === 0;
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 50 }), (texts) => {
      const remembered = rememberVerdicts(isEven);
      for (const text of [...texts, ...texts]) assert.equal(remembered(text), isEven(text));
    }),
  );
});

test('what repeats is asked once; where little repeats, remembering is given up', () => {
  let asked = 0;
  const remembered = rememberVerdicts(() => {
    asked += 1;
    return true;
  });
  for (let round = 0; round < 100; round += 1) remembered('curl/8.7.1');
  assert.equal(asked, 1);
  for (let each = 0; each < 2_000; each += 1) remembered(`agent ${each}`);
  asked = 0;
  for (let round = 0; round < 100; round += 1) remembered('curl/8.7.1');
  assert.equal(asked, 100);
});
