import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fires, ruleOf } from '../rule.fixture.ts';

test('keywords are looked for in the whole line', () => {
  assert.ok(fires(ruleOf("k: ['EVIL', 'worse']\ncondition: k"), {}, 'this is Evil'));
  assert.ok(!fires(ruleOf("k: ['EVIL', 'worse']\ncondition: k"), {}, 'this is good'));
  assert.ok(fires(ruleOf("k: {'|all': [is, 'e?il']}\ncondition: k"), {}, 'this is evil'));
  assert.ok(!fires(ruleOf("k: {'|all': [is, evil]}\ncondition: k"), {}, 'evil'));
  assert.ok(fires(ruleOf('k: 4711\ncondition: k'), {}, 'id=4711;'));
  assert.ok(fires(ruleOf('k:\n  - f: a\n  - evil\ncondition: k'), { f: 'a' }, 'good'));
});

test('a keyword is compared with what a JSON record means, and with how it is written', () => {
  const finds = (keyword: string, raw: string): boolean => fires(ruleOf(`k: ['${keyword}']\ncondition: k`), {}, raw);
  const raw = JSON.stringify({ path: 'C:\\Windows\\x', said: 'a "b"\n\u0001', name: 'é' }).replace('é', '\\u00e9');
  for (const keyword of ['C:\\Windows\\x', 'C:\\\\\\\\Windows', 'a "b"', 'É', '"name":"', 'dows?x'])
    assert.ok(finds(keyword, raw), keyword);
  assert.ok(!finds('C:/Windows', raw));
});

test('modifiers of keywords', () => {
  const finds = (item: string): boolean => fires(ruleOf(`k: {${item}}\ncondition: k`), {}, 'Run CMD /enc cGluZw== now');
  for (const item of [
    "'|contains': cmd",
    "'|cased': CMD",
    "'|re': 'C.D'",
    "'|re|i': 'c.d'",
    "'|windash': ' -enc'",
    "'|base64': ping",
    "'|base64offset|contains': ping",
    "'|neq': absent",
    "'|all': [cmd, now]",
  ])
    assert.ok(finds(item), item);
  for (const item of ["'|cased': cmd", "'|re': 'c.d'", "'|neq': cmd", "'|all': [cmd, then]"])
    assert.ok(!finds(item), item);
});

test('any part of any value is found, however JSON escapes it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '/', '\n', 'é', '\u0007', '💥') });
  fc.assert(
    fc.property(
      text,
      text.filter((part) => part !== ''),
      text,
      (before, part, after) => {
        const keyword = part.replace(/[\\*?]/g, '\\$&');
        const rule = ruleOf(`k: [${JSON.stringify(keyword)}]\ncondition: k`);
        assert.ok(fires(rule, {}, JSON.stringify({ field: before + part + after })));
      },
    ),
  );
});
