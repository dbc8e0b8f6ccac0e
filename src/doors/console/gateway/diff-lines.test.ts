import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLines, hunksOf } from './diff-lines.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const joined = (lines: readonly { readonly text: string }[]): string => lines.map((line) => `${line.text}\n`).join('');

test('what is not new is the old text, what is not gone the new one', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      assert.equal(joined(lines.filter(({ kind }) => kind !== 'new')), before);
      assert.equal(joined(lines.filter(({ kind }) => kind !== 'gone')), after);
      if (before === after) assert.ok(lines.every(({ kind }) => kind === 'same'));
    }),
  );
});

test('the least is told: one line changed is one gone and one new', () => {
  const kinds = diffLines('a\nb\nc\n', 'a\nB\nc\n').map(({ kind, text: words }) => `${kind} ${words}`);
  assert.deepEqual(kinds, ['same a', 'gone b', 'new B', 'same c']);
});

test('a text too long for the table is told as replaced', () => {
  const many = Array.from({ length: 1_100 }, (_, index) => `line ${index}`).join('\n');
  assert.equal(diffLines(many, many).filter(({ kind }) => kind === 'gone').length, 1_100);
});

test('stretches show what changed with a little around it, each line once', () => {
  const before = Array.from({ length: 20 }, (_, index) => `${index}`);
  const after = before.with(3, 'x').with(5, 'y').with(15, 'z');
  const hunks = hunksOf(diffLines(before.join('\n'), after.join('\n')), 1);
  assert.deepEqual(
    hunks.map((hunk) => hunk.map((line) => line.text)),
    [
      ['2', '3', 'x', '4', '5', 'y', '6'],
      ['14', '15', 'z', '16'],
    ],
  );
  assert.deepEqual(hunksOf(diffLines('a\n', 'a\n')), []);
});
