import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRegularExpression } from './regular-expression.ts';

function find(source: string, text: string, flags = ''): boolean {
  const compiled = compileRegularExpression(source, flags);
  assert.ok(compiled.ok, source);
  return compiled.value(text);
}

/** Expressions that mean the same to JavaScript as to PCRE, on texts without line ends. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      '.',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\d',
      '\\W',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '[\\w-]',
      '\\x41',
      'é',

      '\\.',
    ),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => left + right),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?', '+?'))
      .map(([part, quantifier]) => `(${part})${quantifier}`),
  ),
}));

test('finds what JavaScript’s own engine finds', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', '1', ' ', 'A', '.', '-', 'é'), { maxLength: 8 });
  fc.assert(
    fc.property(expression, texts, fc.constantFrom('', 'i'), (source, characters, flags) => {
      const text = characters.join('');
      // Without \w under `i`: JavaScript's `iu` adds two letters to it that PCRE does not know.
      assert.equal(find(source, text, flags), new RegExp(source, `u${flags}`).test(text));
    }),
    { numRuns: 3000 },
  );
});

test('PCRE where JavaScript differs', () => {
  assert.ok(find('^a.c$', 'a💥c'));
  assert.ok(find('a$', 'a\n'));
  assert.ok(!find('a$', 'a\nb'));
  assert.ok(find('a$', 'a\nb', 'm'));
  assert.ok(find('[]a]', ']'));
  assert.ok(find('a{,2}', 'a{,2}'));
  assert.ok(find('\\-\\"\\/', '-"/'));
});

test('expressions that hang other engines take linear time', () => {
  const text = `${'a'.repeat(50_000)}!`;
  for (const source of [
    '^(a+)+$',
    '^(a|aa)*$',
    '^(a|a)*b',
    '(.*)*x',
    '^(a*)*(a*)*(a*)*b$',
    'a.*a.*a.*a.*a.*b',
    '(a?){200}b',
  ]) {
    const from = process.cpuUsage().user;
    assert.equal(find(source, text), false, source);
    const micros = process.cpuUsage(undefined).user - from;
    assert.ok(micros < 10_000_000, `${source}: ${micros} us`);
  }
});

test('what would be understood otherwise is refused', () => {
  for (const source of [
    '(?=a)',
    '(?<n>a)',
    '(?i)a',
    '\\1',
    '\\Aa',
    '\\pL',
    'a++',
    'a**',
    '(a',
    'a)',
    '[a',
    '[b-a]',
    '[[:alpha:]]',
    '*a',
    'a{3,2}',
    'a{2000}',
    '(((a{100}){100}){100})',
    '\\',
  ])
    assert.ok(!compileRegularExpression(source, '').ok, source);
});
