import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Caller } from '../../parts.ts';
import { networkOf, plainAddress, thumbprintOf } from './caller.ts';

/** One connection of a client, from its first call on. */
export interface Connection {
  readonly caller: Caller;
  /** Of the last call that came. */
  answer: ServerResponse | undefined;
}

export interface ConnectionBounds {
  /** Open at once from one address (IPv6: one /64), those included that are still shaking hands. */
  readonly perAddress: number;
  /** Addresses behind which many clients are, a NAT's or a proxy's: only what all may have together bounds them. */
  readonly isShared: (address: string) => boolean;
  /** An address has as many as it may, and another one was reset: told once until it has none. */
  readonly crowded: (address: string) => void;
  readonly refused: () => void;
}

interface FromNetwork {
  open: number;
  isTold: boolean;
}

/**
 * The connections of clients: who is at their other ends, how many come from where, how to break one off and how to let
 * all of them end. Under TLS the socket that speaks HTTP is not the one that came in: only the latter can be reset.
 */
export class Connections {
  readonly #bounds: ConnectionBounds;
  /** As they came in. */
  readonly #raw = new Set<Socket>();
  /** Those that may speak HTTP: the same, or what stands over them. */
  readonly #speaking = new Map<Socket, Connection | undefined>();
  readonly #under = new WeakMap<Socket, Socket>();
  /** Raw sockets that shake hands, by both ends. */
  readonly #shaking = new Map<string, Socket>();
  readonly #networks = new Map<string, FromNetwork>();
  #whenNone: (() => void) | undefined;

  constructor(server: Server, isSecure: boolean, bounds: ConnectionBounds) {
    this.#bounds = bounds;
    server.on('connection', (raw: Socket) => this.#came(raw, isSecure));
    server.on('secureConnection', (socket: TLSSocket) => this.#shook(socket));
  }

  get size(): number {
    return this.#raw.size;
  }

  /** Remembered with the connection: the thumbprint of a certificate is computed once. */
  of(socket: Socket): Connection {
    const known = this.#speaking.get(socket);
    if (known !== undefined) return known;
    const caller = { address: plainAddress(socket.remoteAddress ?? ''), certificate: thumbprintOf(socket) };
    const connection = { caller, answer: undefined };
    if (this.#speaking.has(socket)) this.#speaking.set(socket, connection);
    return connection;
  }

  /** Throws away what waits in the kernel: the client sees ECONNRESET, never an end (RFC 9293 section 3.10.5, SO_LINGER 0). */
  reset(socket: Socket): void {
    const raw = this.#under.get(socket) ?? socket;
    if (raw.remotePort === undefined) raw.destroy();
    else raw.resetAndDestroy();
  }

  /** Whoever waits for an answer is told that no other call is taken on this connection. */
  askToClose(): void {
    for (const connection of this.#speaking.values()) {
      if (connection?.answer !== undefined && !connection.answer.headersSent) connection.answer.shouldKeepAlive = false;
    }
  }

  /** Ends those on which no call is under way, with FIN: what the client sends from now on has no answer, but no reset. */
  endIdle(ended: WeakSet<object>): void {
    for (const [socket, connection] of this.#speaking) {
      const answer = connection?.answer;
      if ((answer !== undefined && !answer.writableFinished) || ended.has(socket)) continue;
      ended.add(socket);
      socket.end();
    }
  }

  /** Resolves when none is open, or after `mostMs`. */
  async none(mostMs: number): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#whenNone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  destroyAll(): void {
    for (const raw of [...this.#raw]) raw.destroy();
  }

  #came(raw: Socket, isSecure: boolean): void {
    const address = plainAddress(raw.remoteAddress ?? '');
    const network = networkOf(address);
    const from = this.#networks.get(network) ?? { open: 0, isTold: false };
    if (from.open >= this.#bounds.perAddress && address !== '' && !this.#bounds.isShared(address)) {
      this.#bounds.refused();
      if (!from.isTold) this.#bounds.crowded(network);
      from.isTold = true;
      this.reset(raw);
      return;
    }
    from.open += 1;
    this.#networks.set(network, from);
    this.#raw.add(raw);
    const ends = endsOf(raw);
    if (isSecure) this.#shaking.set(ends, raw);
    else this.#speaking.set(raw, undefined);
    raw.once('close', () => {
      this.#raw.delete(raw);
      this.#speaking.delete(raw);
      if (this.#shaking.get(ends) === raw) this.#shaking.delete(ends);
      from.open -= 1;
      if (from.open === 0) this.#networks.delete(network);
      if (this.size === 0) this.#whenNone?.();
    });
  }

  #shook(socket: TLSSocket): void {
    const ends = endsOf(socket);
    const raw = this.#shaking.get(ends);
    this.#shaking.delete(ends);
    if (raw === undefined) return void socket.destroy();
    this.#under.set(socket, raw);
    this.#speaking.set(socket, undefined);
    socket.once('close', () => this.#speaking.delete(socket));
  }
}

const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
