import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSalesforceId, toLongId } from './salesforce-id.ts';

test('the three check characters are those that Salesforce gives', () => {
  assert.equal(toLongId('0055j00000AT6I1'), '0055j00000AT6I1AAL');
  assert.equal(toLongId('0053X00000BoLQR'), '0053X00000BoLQRQA3');
  assert.equal(toLongId('00O3X00000C8gq9'), '00O3X00000C8gq9UAB');
  assert.equal(toLongId('0693X00000HKWgj'), '0693X00000HKWgjQAH');
});

test('what is no 15-character id stays as it is', () => {
  for (const id of ['', '0055j00000AT6I1AAL', '0055j00000AT6I', '0055j00000AT6-1', 'äöü345678901234'])
    assert.equal(toLongId(id), id);
});

test('ids that differ by case alone get long forms that differ without case', () => {
  const id = fc.stringMatching(/^00[A-Za-z0-9]{13}$/);
  fc.assert(
    fc.property(id, (short) => {
      const long = toLongId(short);
      assert.ok(isSalesforceId(short) && isSalesforceId(long));
      assert.equal(long.slice(0, 15), short);
      const swapped = short.replace(/[a-z]/i, (letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      );
      if (swapped !== short) assert.notEqual(toLongId(swapped).toLowerCase(), long.toLowerCase());
    }),
  );
});
