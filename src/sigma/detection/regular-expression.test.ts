import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRegularExpression } from './regular-expression.ts';
import { requiredTexts } from './required-texts.ts';

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
      'abc',
      'k',
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
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'k', 'K', '1', ' ', 'A', '.', '-', 'é'), { maxLength: 8 });
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

test('expressions that hang other engines take linear time, on texts that hold what is looked for first', () => {
  const many = 'a'.repeat(50_000);
  const cases: readonly (readonly [source: string, text: string])[] = [
    ['^(a+)+$', `${many}!`],
    ['^(a|aa)*$', `${many}!`],
    ['^(a|a)*b', `${many}!b`],
    ['^(x.*)+y$', `${'x'.repeat(50_000)}y!`],
    ['^(a*)*(a*)*(a*)*b$', `${many}b!`],
    ['a.*a.*a.*a.*a.*b', `b${many}`],
    ['(a?){200}c[bd]', `c${many}`],
    ['^([a-c]+[b-d]+)*y', `${many}y`],
  ];
  for (const [source, text] of cases) {
    const from = process.cpuUsage().user;
    assert.equal(find(source, text), false, source);
    const micros = process.cpuUsage(undefined).user - from;
    assert.ok(micros < 5_000_000, `${source}: ${micros} us`);
  }
});

test('what means something else elsewhere, and what cannot be searched in linear time, is refused by its construct', () => {
  const refused: readonly (readonly [source: string, expected: RegExp])[] = [
    ['(?=a)', /look-around: no \(\?=/],
    ['a(?!b)', /look-around: no \(\?!/],
    ['(?<=a)b', /look-around: no \(\?<=a\)/],
    ['(?<!a)b', /look-around: no \(\?<!/],
    ['(a)\\1', /back references: no \\1/],
    ['a++', /not \+\+/],
    ['(?>a)', /not \(\?>/],
    ['a**', /not \*\*/],
    ['(a', /RE2 syntax/],
    ['a)', /RE2 syntax/],
    ['[a', /not \[a/],
    ['[b-a]', /not b-a/],
    ['*a', /not \*/],
    ['a{3,2}', /not \{3,2\}/],
    ['a{2000}', /not \{2000\}/],
    ['(((a{100}){100}){100})', /not \{100\}/],
    ['\\', /RE2 syntax/],
    ['a\\Z', /not \\Z/],
    ['\\v', /\\v/],
  ];
  for (const [source, expected] of refused) {
    const compiled = compileRegularExpression(source, '');
    assert.ok(!compiled.ok, source);
    assert.equal(compiled.failure.found, source);
    assert.match(compiled.failure.expected, expected, source);
  }
});

test('what must stand in a text is found in the expression', () => {
  const cases: readonly (readonly [source: string, texts: readonly string[] | undefined])[] = [
    ['abc', ['abc']],
    ['^C:\\\\Users\\\\.*\\.exe$', ['C:\\Users\\']],
    ['(?:union|select).{1,20}from', ['union', 'select']],
    ['a|(b|c)d', ['a', 'b', 'c']],
    ['(long)(er)?x*', ['long']],
    ['ab?c+d', ['a']],
    ['ab{0,2}', ['a']],
    ['ab{2}', ['ab']],
    ['[0-9a-f]{32}', undefined],
    ['a|.', undefined],
    ['', undefined],
    ['[]a]b', ['b']],
    ['[^\\]]b', ['b']],
    ['[[:alpha:]]b', undefined],
    ['\\x41b', undefined],
    ['\\Qa*b\\E', undefined],
    ['(?i)ab', undefined],
    ['\\d+ab\\b', ['ab']],
  ];
  for (const [source, texts] of cases) assert.deepEqual(requiredTexts(source, false), texts, source);
  assert.deepEqual(requiredTexts('ABé', true), ['ab']);
});

test('no case of Unicode is lost by looking for ASCII first', () => {
  assert.ok(find('disk', 'DIſK', 'i'));
  assert.ok(find('ς', 'Σ', 'i'));
  assert.ok(find('éa', 'ÉA', 'i'));
});
