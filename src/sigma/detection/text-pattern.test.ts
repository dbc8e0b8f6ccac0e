import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTextPatterns, looseDashes, parseTextPattern } from './text-pattern.ts';

/** Sigma's wildcards and escapes, as directly as they can be said, and as slowly. */
function matchesSlowly(pattern: string, text: string): boolean {
  const [character = '', next = ''] = pattern;
  if (pattern === '') return text === '';
  if (character === '\\' && ['*', '?', '\\'].includes(next))
    return text.startsWith(next) && matchesSlowly(pattern.slice(2), text.slice(1));
  if (character === '*')
    return matchesSlowly(pattern.slice(1), text) || (text !== '' && matchesSlowly(pattern, text.slice(1)));
  if (character === '?') return text !== '' && matchesSlowly(pattern.slice(1), text.slice(1));
  return text.startsWith(character) && matchesSlowly(pattern.slice(1), text.slice(1));
}

const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\'), maxLength: 9 });
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\'), maxLength: 9 });

test('patterns match what the slow matcher matches, alone and together', () => {
  fc.assert(
    fc.property(patterns, patterns, texts, (one, other, text) => {
      const expected = matchesSlowly(one, text);
      assert.equal(compileTextPatterns([parseTextPattern(one)], true)(text), expected, `${one} on ${text}`);
      const together = compileTextPatterns(
        [one, other].map((each) => parseTextPattern(each)),
        false,
      )(text);
      assert.equal(together, expected || matchesSlowly(other, text), `${one}, ${other} on ${text}`);
    }),
    { numRuns: 3000 },
  );
});

test('the escapes of the specification', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    // Written, matched, not matched.
    ['C:\\Windows', 'C:\\Windows', 'C:\\\\Windows'],
    ['C:\\\\Windows', 'C:\\Windows', 'C:\\\\Windows'],
    ['\\*', '*', 'a'],
    ['\\?', '?', 'a'],
    ['\\\\*', '\\abc', 'abc'],
    ['\\\\\\*', '\\*', '\\a'],
    ['\\\\\\', '\\\\', '\\'],
    ['\\\\\\\\', '\\\\', '\\'],
    ['prog?.exe', 'progA.exe', 'prog.exe'],
    ['antivirus_V*.exe', 'antivirus_V21.2.1.exe', 'antivirus_V1.dll'],
  ];
  for (const [written, matched, other] of cases) {
    const matches = compileTextPatterns([parseTextPattern(written)], false);
    assert.ok(matches(matched), `${written} on ${matched}`);
    assert.ok(!matches(other), `${written} on ${other}`);
  }
});

test('windash matches every permutation of the five characters, and nothing else', () => {
  const unit = fc.constantFrom('-', '/', '–', '—', '―', 'a');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 6 }), fc.string({ unit, maxLength: 6 }), (written, text) => {
      const sameDash = (value: string): string => value.replace(/[-/–—―]/g, '-');
      const matches = compileTextPatterns([looseDashes(parseTextPattern(written))], false);
      assert.equal(matches(text), sameDash(written) === sameDash(text));
      assert.ok(matches(written.replace(/[-/–—―]/g, '—')));
    }),
  );
});

test('many wildcards take no time', () => {
  const matches = compileTextPatterns([parseTextPattern(`${'*a'.repeat(50)}*b`)], false);
  const from = process.cpuUsage().user;
  assert.ok(!matches('a'.repeat(20_000)));
  assert.ok(process.cpuUsage().user - from < 2_000_000);
});
