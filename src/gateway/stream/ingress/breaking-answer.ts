import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * An answer that is given up midway resets its connection: closed in order, a reader who lags would still get what the
 * kernel holds, and over TLS see it end well. `reset` breaks off the connection that the socket stands on.
 */
export function breakingAnswers(reset: (socket: Socket) => void): typeof ServerResponse {
  return class BreakingAnswer<Request extends IncomingMessage> extends ServerResponse<Request> {
    override destroy(error?: Error): this {
      if (this.headersSent && !this.writableFinished && this.socket !== null) reset(this.socket);
      return super.destroy(error);
    }
  };
}
