import { Server } from 'node:net';

/** An address, or the path of a local socket. */
export type ListenOn = { readonly host: string; readonly port: number } | { readonly socket: string };

export interface Listening {
  /** `127.0.0.1:8440`, or the socket's path. */
  readonly address: string;
  /** 0 for a local socket. */
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when the server listens; rejects with Node's own error when it cannot. */
export function listen(server: Server, on: ListenOn): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen('socket' in on ? { path: on.socket } : { host: on.host, port: on.port }, () => {
      server.off('error', reject);
      const bound = server.address();
      const isNetwork = typeof bound === 'object' && bound !== null;
      const host = isNetwork && bound.family === 'IPv6' ? `[${bound.address}]` : isNetwork ? bound.address : '';
      resolve({
        address: isNetwork ? `${host}:${bound.port}` : String(bound),
        port: isNetwork ? bound.port : 0,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}

/** Takes no further connections and leaves those that are open alone: HTTP's own `close` destroys idle ones at once. */
export function stopListening(server: Server): void {
  Server.prototype.close.call(server);
}
