import type { LiveMessage } from '#model/wire.ts';
import { sendFailure } from './answer-error.ts';
import type { Operation } from './operation.ts';

const heartbeatMs = 15_000;
/** A reader that does not keep up is let go; its browser comes back and begins with a fresh view. */
const mostBufferedBytes = 1_000_000;

/** Server-sent events (HTML Living Standard §9.2): what happens, as far as the asker may know. */
export const live: Operation = {
  kind: 'own',
  summary: 'Server-sent events: now, incident, finding',
  run({ desk, stillIn, closing }, reply) {
    const { raw } = reply;
    const send = (message: LiveMessage): void => {
      if (raw.writableEnded) return;
      if (raw.writableLength > mostBufferedBytes) raw.destroy();
      else raw.write(`event: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`);
    };
    const listening = desk.listen(send);
    if (!listening.ok) return sendFailure(reply, listening.failure);
    reply.hijack();
    raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    raw.write('retry: 3000\n\n');
    // A session that ended, or lost its rights, must not go on hearing.
    const heartbeat = setInterval(() => {
      raw.write(': still here\n\n');
      void stillIn().then(
        (is) => is || endStream(),
        // Whose right cannot be asked has none.
        endStream,
      );
    }, heartbeatMs);
    const endStream = (): void => void raw.end();
    closing.addEventListener('abort', endStream, { once: true });
    raw.on('close', () => {
      clearInterval(heartbeat);
      listening.value();
      closing.removeEventListener('abort', endStream);
    });
  },
};
