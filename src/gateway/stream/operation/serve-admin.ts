import { createServer } from 'node:http';
import { type Listening, type ListenOn, listen } from '../ingress/listen.ts';
import type { Tally } from './tally.ts';

/** Why calls are not taken now; empty: they are. */
export type Readiness = () => readonly string[];

/** Health, readiness and metrics, apart from where integrations call: `/cordon/health`, `/cordon/ready`, `/cordon/metrics`. */
export async function serveAdmin(on: ListenOn, readiness: Readiness, tally: Tally): Promise<Listening> {
  const pages: Readonly<Record<string, () => Promise<Page> | Page>> = {
    '/cordon/health': () => json(200, { status: 'ok' }),
    '/cordon/ready': () => {
      const obstacles = readiness();
      return json(obstacles.length === 0 ? 200 : 503, { ready: obstacles.length === 0, obstacles });
    },
    '/cordon/metrics': async () => ({ status: 200, type: tally.contentType, text: await tally.text() }),
  };
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
    const page = request.method === 'GET' ? pages[request.url ?? ''] : undefined;
    Promise.resolve(page?.() ?? json(404, { status: 'unknown page' })).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return listen(server, on);
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const json = (status: number, value: unknown): Page => ({
  status,
  type: 'application/json',
  text: JSON.stringify(value),
});
