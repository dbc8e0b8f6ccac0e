import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vendorField } from './vendor-field.ts';

test('a branch of a record can be had as text', () => {
  const record = { a: { b: [], c: { d: null } }, list: [{ name: 'Admins' }], words: 'as written', 'text(odd': 1 };
  const cases: readonly (readonly [string, unknown])[] = [
    ['words', 'as written'],
    ['text(words)', 'as written'],
    ['text(a.c)', '{"d":null}'],
    ['text(a.b)', '[]'],
    ['text(LIST)', '[{"name":"Admins"}]'],
    ['text(absent)', undefined],
    ['text(odd', 1],
    ['text()', JSON.stringify(record)],
  ];
  for (const [name, expected] of cases) assert.deepEqual(vendorField(record, name), expected, name);
});
