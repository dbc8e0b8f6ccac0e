import { existsSync } from 'node:fs';
import { join } from 'node:path';
import serveFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const notBuilt = `Cordon runs, but its console is not built yet.

  npm run console:build

builds it; then reload this page. The API answers at /api, described at /api/openapi.json.
`;

/** The console's static files; every other path is its page too, since it has its own routes. */
export async function serveConsole(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(serveFiles, {
    root: directory,
    wildcard: true,
    index: false,
    // The page names its files by hash: they never change; the page itself always may.
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const sendPage = async (reply: FastifyReply) =>
    existsSync(join(directory, 'index.html'))
      ? reply.sendFile('index.html')
      : reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
  app.get('/', { schema: { hide: true } }, (_request, reply) => sendPage(reply));
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    return isPage ? sendPage(reply) : reply.code(404).type('text/plain; charset=utf-8').send('Nothing is here.\n');
  });
}
