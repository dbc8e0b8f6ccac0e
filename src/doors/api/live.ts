import type { LiveMessage } from '#model/wire.ts';
import type { Operation } from './operation.ts';

const heartbeatMs = 15_000;
/** A reader that does not keep up is let go; its browser comes back and begins with a fresh view. */
const mostBufferedBytes = 1_000_000;

/** Server-sent events (HTML Living Standard §9.2): what happens, as far as the asker may know. */
export const live: Operation = {
  kind: 'own',
  summary: 'Server-sent events: now, incident, finding',
  run({ desk, stillIn, closing }, reply) {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    raw.write('retry: 3000\n\n');
    const send = (message: LiveMessage): void => {
      if (raw.writableLength > mostBufferedBytes) raw.destroy();
      else raw.write(`event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`);
    };
    const stop = desk.listen(send);
    // A session that ended, or lost its rights, must not go on hearing.
    const heartbeat = setInterval(() => {
      raw.write(': still here\n\n');
      void stillIn().then((is) => is || raw.end());
    }, heartbeatMs);
    const endStream = (): void => void raw.end();
    closing.addEventListener('abort', endStream, { once: true });
    raw.on('close', () => {
      clearInterval(heartbeat);
      stop();
      closing.removeEventListener('abort', endStream);
    });
  },
};
