import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { fakeServer } from './fake/fake-server.ts';

/**
 * `vite build` writes static files to build/console; `vite` alone serves the console for development, answered by the
 * fake server unless CORDON_SERVER names a real one. Nothing is inlined, so that the page lives under a strict CSP.
 */
export default defineConfig(({ command }) => {
  const server = process.env['CORDON_SERVER'];
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss(), ...(command === 'serve' && server === undefined ? [fakeServer()] : [])],
    server: {
      host: '127.0.0.1',
      ...(server === undefined ? {} : { proxy: { '/api': { target: server } } }),
    },
    build: {
      outDir: '../../../build/console',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // light-dark() as written: below these versions the minifier would rewrite it.
      cssTarget: ['chrome123', 'safari17.5', 'firefox120'],
    },
  };
});
