import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fires, refusalOf, ruleOf, select } from '../rule.fixture.ts';

const placeholders = { names: ['ann', 'b*'], servers: ['srv?'], none: [], odd: ['50%', 'a\\*'] };

const finds = (item: string, f: string): boolean => fires(select(item), { f }, f, { placeholders });

test('placeholders take their configured values, in which wildcards are allowed', () => {
  const item = "f|expand: 'x-%names%-\\%plain'";
  assert.ok(finds(item, 'x-ann-%plain'));
  assert.ok(finds(item, 'x-bob-%plain'));
  assert.ok(!finds(item, 'x-carl-%plain'));
});

test('the examples of the specification', () => {
  assert.ok(finds("f: '%names%'", '%NAMES%'));
  assert.ok(!finds("f: '%names%'", 'ann'));
  assert.ok(finds("f|expand: '%names%'", 'ann'));
  assert.ok(finds("f|expand: '\\%plain%names%'", '%plainann'));
});

test('placeholders go with other modifiers in either order', () => {
  for (const item of ["f|expand|contains: '%servers%'", "f|contains|expand: '%servers%'"])
    assert.ok(finds(item, 'on srv7 now'), item);
  assert.ok(finds("f|expand|base64: '%names%'".replace('names', 'odd').replace('base64', 'cased'), '50%'));
  assert.ok(finds("f|expand|contains|all: ['%names%', '%servers%']", 'srv1 ann'));
  assert.ok(!finds("f|expand|contains|all: ['%names%', '%servers%']", 'srv ann'.replace('ann', 'x')));
  assert.ok(fires(ruleOf("k: {'|expand': ['%servers%']}\ncondition: k"), {}, 'at srv1', { placeholders }));
});

test('a backslash in front of a placeholder is written twice', () => {
  assert.ok(finds("f|expand: 'C:\\\\%names%'", 'C:\\ann'));
  assert.ok(finds("f|expand: 'C:\\%names%'", 'C:%names%'));
  assert.ok(finds("f|expand: '%odd%'", 'a*'));
  assert.ok(!finds("f|expand: '%odd%'", 'ab'));
});

test('a placeholder without values matches nothing, under all as well', () => {
  assert.ok(!finds("f|expand: '%none%'", ''));
  assert.ok(!finds("f|expand|contains|all: ['%none%', 'a']", 'a'));
  assert.ok(finds("f|expand: ['%none%', 'a']", 'a'));
  assert.ok(finds("f|expand|neq: '%none%'", 'a'));
});

test('a placeholder that nobody configured refuses the rule', () => {
  assert.match(refusalOf(select("f|expand:\n  - 'a'\n  - '%toString%'"), { placeholders }), /test\.yml:7 .*%toString%/);
  assert.match(refusalOf(select("f|expand|base64: '%names%'"), { placeholders }), /without wildcards/);
});
