import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMarkdown } from './read-markdown.ts';

test('a runbook becomes headings, lists, code and paragraphs', () => {
  const text =
    '# First\n\nRevoke the **grant** of\nthe app.\n\n1. Open `Setup`\n   and look\n2. Revoke\n\n- a\n\n```\nx <b>\n```';
  assert.deepEqual(readMarkdown(text), [
    { kind: 'heading', spans: [{ kind: 'text', text: 'First' }] },
    {
      kind: 'paragraph',
      spans: [
        { kind: 'text', text: 'Revoke the ' },
        { kind: 'strong', text: 'grant' },
        { kind: 'text', text: ' of the app.' },
      ],
    },
    {
      kind: 'list',
      ordered: true,
      items: [
        [
          { kind: 'text', text: 'Open ' },
          { kind: 'code', text: 'Setup' },
          { kind: 'text', text: ' and look' },
        ],
        [{ kind: 'text', text: 'Revoke' }],
      ],
    },
    { kind: 'list', ordered: false, items: [[{ kind: 'text', text: 'a' }]] },
    { kind: 'code', text: 'x <b>' },
  ]);
});

test('markup stays text', () => {
  const text = '<img src=x onerror=alert(1)> [a](javascript:alert(1))';
  assert.deepEqual(readMarkdown(text), [{ kind: 'paragraph', spans: [{ kind: 'text', text }] }]);
});

test('any text ends, and keeps every letter', () => {
  const line = fc.constantFrom('# h', '- a', '1. b', '```', 'text', '', '`', '**', '  more');
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const shown = JSON.stringify(readMarkdown(lines.join('\n')));
      for (const word of ['text', 'more']) {
        const wanted = lines.filter((each) => each.trim() === word).length;
        assert.ok(shown.split(word).length - 1 >= wanted);
      }
    }),
  );
});
