import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { repeatsMember } from './repeats-member.ts';

test('a member that stands twice is seen, in whatever case, at whatever depth', () => {
  for (const json of [
    '{"a":1,"a":1}',
    '{"a":1,"A":2}',
    '{ "a" : {"a":1} , "b":[{}],\n"a" :null}',
    '{"x":[{"Email":"{","Name":"}","email":[]}]}',
    '{"a":"\\"","b":"\\\\","a":1}',
    '[{"a":1},{"b":1,"b":2}]',
  ])
    assert.equal(repeatsMember(json), true, json);
});

test('the same name in another object, and what values hold, are no repetition', () => {
  for (const json of [
    '1',
    '"a"',
    '{}',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    '{"a":"a\\":1,\\"a","b":"{\\"a"}',
  ]) {
    assert.equal(repeatsMember(json), false, json);
  }
});

test('whatever JSON is written from a value repeats nothing; one member more of a name that is there does', () => {
  const name = fc.constantFrom('Id', 'Email', 'Account', 'x');
  const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ':', ',', 'a', '\n') }),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(value, name, fc.constantFrom(undefined, 1), (written, again, space) => {
      const json = JSON.stringify(written, undefined, space);
      assert.equal(repeatsMember(json), false);
      const wrapped = `[${json},{"${again}":${json},"x1":${json},"${again.toUpperCase()}":0}]`;
      assert.equal(repeatsMember(wrapped), true);
    }),
  );
});
