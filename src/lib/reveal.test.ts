import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reveal, revealed } from './reveal.ts';

test('a right-to-left override in an app name is shown, not obeyed', () => {
  assert.equal(revealed('invoice\u202Efdp.exe'), 'invoice[U+202E]fdp.exe');
});

test('zero-width, tag and filler characters are shown', () => {
  assert.equal(revealed('Dri\u200Bft'), 'Dri[U+200B]ft');
  assert.equal(revealed('a\u{E0041}b'), 'a[U+E0041]b');
  assert.equal(revealed('\u3164'), '[U+3164]');
  assert.equal(revealed('\ud800x'), '[U+D800]x');
});

test('ordinary text in any script stays as it is', () => {
  for (const text of ['Maison Orfèvre', 'שלום', '客户服务', '<img src=x onerror=alert(1)>', '👜']) {
    assert.deepEqual(reveal(text), [{ text, isEscape: false }]);
  }
});

test('lines are kept only where asked', () => {
  assert.equal(revealed('a\nb'), 'a[U+000A]b');
  assert.deepEqual(
    reveal('a\nb', true).map((piece) => piece.isEscape),
    [false, false, false],
  );
});

test('nothing unseen survives and nothing seen is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const pieces = reveal(text);
      const plain = pieces.filter((piece) => !piece.isEscape).map((piece) => piece.text);
      assert.ok(plain.every((piece) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(piece)));
      const rebuilt = pieces
        .map((piece) => (piece.isEscape ? String.fromCodePoint(Number.parseInt(piece.text.slice(2), 16)) : piece.text))
        .join('');
      assert.equal(rebuilt, text);
    }),
  );
});
