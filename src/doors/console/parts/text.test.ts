import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { createServer, type ViteDevServer } from 'vite';

let vite: ViteDevServer;
let Text: FunctionComponent<{ readonly words: string; readonly keepLines?: boolean }>;

before(async () => {
  vite = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
  });
  ({ Text } = await vite.ssrLoadModule('/parts/text.tsx'));
});
after(() => vite.close());

const rendered = (words: string, keepLines = false) => renderToStaticMarkup(createElement(Text, { words, keepLines }));

test('markup in the name of an app stays text', () => {
  const html = rendered('<img src=x onerror=alert(1)>"\'&');
  assert.doesNotMatch(html, /<img/);
  assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
});

test('what would not be seen is seen, and its direction stays inside', () => {
  const html = rendered('Tic\u202Eket\u200B');
  assert.match(html, /^<bdi>Tic<span[^>]*>U\+202E<\/span>ket<span[^>]*>U\+200B<\/span><\/bdi>$/);
});

test('lines of a raw record are kept where asked, and shown where not', () => {
  assert.equal(rendered('a\nb', true), '<bdi>a\nb</bdi>');
  assert.match(rendered('a\nb'), /U\+000A/);
});
