import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html } from './html.ts';

test('an app named like a script is text', () => {
  assert.equal(
    html`<td title="${'" onmouseover="x'}">${'<img src=x onerror=alert(1)>'}</td>`.markup,
    '<td title="&#34; onmouseover=&#34;x">&#60;img src=x onerror=alert(1)&#62;</td>',
  );
});

test('only html is markup', () => {
  assert.equal(
    html`<ul>${[html`<li>${1}</li>`, html`<li>${undefined}</li>`]}</ul>`.markup,
    '<ul><li>1</li><li></li></ul>',
  );
});

test('whatever the words, no tag or attribute can begin', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (words) => {
      assert.ok(!/[<>"'`]/.test(html`${words}`.markup));
    }),
  );
});
