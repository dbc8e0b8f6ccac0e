import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { AtTurnEnd } from '../turn-end.ts';
import { type AnswerHead, parseAnswerHead } from './answer-head.ts';
import { Dechunker } from './dechunker.ts';

/** Why no whole answer came. `isUntouched`: not one byte of it had, on a connection that had been kept alive. */
export interface UpstreamFault {
  readonly kind: 'unreachable' | 'timeout' | 'malformed' | 'broken' | 'dropped' | 'crowded';
  readonly why: string;
  readonly isUntouched: boolean;
}

/** Where the body of an answer goes, without its framing. */
export interface BodySink {
  /** Room to be written at once, from its start; undefined: no more until `Flow.resume`. */
  room(): Uint8Array | undefined;
  /** Like `room`, but the sink promises to leave it alone until the next `took`: the socket reads straight into it. */
  lend(): Uint8Array | undefined;
  /** So many bytes were written at the start of the room last given. */
  took(bytes: number): void;
}

/** The answer under way, as its reader steers it. */
export interface Flow {
  /** There is room again. */
  resume(): void;
  /** The rest is not wanted: the connection is given up. */
  drop(): void;
}

/** Takes the head of an answer and says where its body goes; undefined: it is not wanted. */
export type ReceiveHead = (head: AnswerHead, flow: Flow) => BodySink | undefined;

export interface UpstreamRequest {
  readonly method: string;
  /** The whole head with its last empty line, Latin-1. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
}

export interface UpstreamAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: without TLS. `authorities`: PEM of roots trusted besides none other; undefined: those of Node. */
  readonly tls: { readonly authorities: string | undefined } | undefined;
}

export interface UpstreamTimeouts {
  readonly connectMs: number;
  /** From the request to the last byte of the answer's head. */
  readonly headMs: number;
  /** Between two arrivals of the body while it is wanted. */
  readonly bodyMs: number;
}

interface Exchange {
  readonly receive: ReceiveHead;
  readonly settle: (fault: UpstreamFault | undefined) => void;
  sink: BodySink | undefined;
  dechunker: Dechunker | undefined;
  /** Of a body whose length is known: bytes still to come. */
  left: number;
  keepsAlive: boolean;
  hasBytes: boolean;
}

const ownBytes = 64 * 1024;
const mostHeadBytes = 32 * 1024;

/**
 * One HTTP/1.1 connection to the CRM: one exchange at a time. Body bytes are read by the kernel into the sink's own
 * memory where it lends it. What the socket will write to next can only be changed from within its callback (Node hands
 * a stale view otherwise), so that everything which arrives while there is no room lands in `#own` and waits in `#backlog`.
 */
export class UpstreamConnection {
  isReused = false;
  /** When it last fell idle, ms of the clock given to `watch`. */
  idleSince = 0;
  readonly #socket: Socket;
  readonly #timeouts: UpstreamTimeouts;
  readonly #atTurnEnd: AtTurnEnd;
  readonly #onIdle: (connection: UpstreamConnection) => void;
  readonly #onGone: (connection: UpstreamConnection) => void;
  readonly #own = Buffer.allocUnsafeSlow(ownBytes);
  #headBytes = 0;
  #lent: Uint8Array;
  #backlog: Uint8Array[] = [];
  /** Why it broke while bytes waited: over TLS the end comes with the last of them. */
  #brokeWith: string | undefined;
  #isPaused = false;
  #isConnected = false;
  #isGone = false;
  #exchange: Exchange | undefined;
  #touchedAt = Date.now();

  constructor(
    address: UpstreamAddress,
    timeouts: UpstreamTimeouts,
    atTurnEnd: AtTurnEnd,
    events: {
      readonly onIdle: (connection: UpstreamConnection) => void;
      readonly onGone: (connection: UpstreamConnection) => void;
    },
  ) {
    this.#timeouts = timeouts;
    this.#atTurnEnd = atTurnEnd;
    this.#onIdle = events.onIdle;
    this.#onGone = events.onGone;
    this.#lent = this.#own;
    this.#socket = this.#open(address);
    this.#socket.setNoDelay(true);
    this.#socket.on(address.tls ? 'secureConnect' : 'connect', () => {
      this.#isConnected = true;
      this.#touchedAt = Date.now();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#isConnected) this.#broke(error.code ?? 'the connection failed');
      else this.#fail('unreachable', error.code ?? 'the connection failed');
    });
    this.#socket.on('end', () => this.#broke('the CRM ended the connection'));
    this.#socket.on('close', () => this.#broke('the connection closed'));
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isUsable(): boolean {
    return !this.#isGone && this.#exchange === undefined;
  }

  /** Sends a request; resolves when the answer's body has ended, or with what prevented it. */
  send(request: UpstreamRequest, receive: ReceiveHead): Promise<UpstreamFault | undefined> {
    if (this.#isGone) {
      return Promise.resolve({ kind: 'broken', why: 'the connection closed', isUntouched: true });
    }
    this.#touchedAt = Date.now();
    return new Promise((settle) => {
      const exchange: Exchange = {
        receive,
        settle,
        sink: undefined,
        dechunker: undefined,
        left: 0,
        keepsAlive: false,
        hasBytes: false,
      };
      this.#exchange = exchange;
      this.#atTurnEnd(() => {
        if (this.#exchange === exchange) this.#write(request);
      });
    });
  }

  #write({ head, body }: UpstreamRequest): void {
    if (body === undefined) {
      this.#socket.write(head, 'latin1');
      return;
    }
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #resume(exchange: Exchange): void {
    if (this.#exchange !== exchange || !this.#isPaused || this.#isGone) return;
    this.#isPaused = false;
    this.#touchedAt = Date.now();
    const waiting = this.#backlog;
    this.#backlog = [];
    for (const bytes of waiting) this.#give(bytes);
    if (this.#isPaused || this.#isGone) return;
    if (this.#brokeWith === undefined) this.#socket.resume();
    else this.#fail('broken', this.#brokeWith);
  }

  /** What the reader of one answer may do; of no effect once that answer has ended and another one uses the connection. */
  #flowOf(exchange: Exchange): Flow {
    return {
      resume: () => this.#resume(exchange),
      drop: () => {
        if (this.#exchange === exchange) this.#fail('dropped', 'the rest of the answer was not wanted');
      },
    };
  }

  close(): void {
    this.#fail('broken', 'the gateway closed the connection');
  }

  /** Called about every second: ends what takes too long. */
  watch(now: number): void {
    if (this.#exchange === undefined || this.#isPaused) return;
    const { connectMs, headMs, bodyMs } = this.#timeouts;
    const waitedMs = now - this.#touchedAt;
    const mostMs = !this.#isConnected ? connectMs : this.#exchange.sink === undefined ? headMs : bodyMs;
    if (waitedMs > mostMs) this.#fail(this.#isConnected ? 'timeout' : 'unreachable', `no answer for ${waitedMs} ms`);
  }

  #open({ host, port, tls }: UpstreamAddress): Socket {
    const onread = {
      buffer: () => this.#lent,
      callback: (count: number, buffer: Uint8Array): boolean => {
        this.#arrived(buffer, count);
        this.#lent = this.#next();
        return !this.#isPaused;
      },
    };
    if (tls === undefined) return connectPlain({ host, port, onread });
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const ca = tls.authorities === undefined ? {} : { ca: tls.authorities };
    const options = {
      host,
      port,
      onread,
      ...servername,
      ...ca,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
    } as const;
    return connectSecure(options);
  }

  #arrived(buffer: Uint8Array, count: number) {
    this.#touchedAt = Date.now();
    const exchange = this.#exchange;
    if (this.#isGone) return;
    if (exchange === undefined) return this.#fail('malformed', 'bytes came that nobody asked for');
    exchange.hasBytes = true;
    if (exchange.sink === undefined) return this.#readHead(exchange, count);
    if (this.#isPaused) this.#backlog.push(Buffer.from(buffer.subarray(0, count)));
    else if (buffer.buffer === this.#own.buffer) this.#give(buffer.subarray(0, count));
    else this.#takeInPlace(exchange, buffer, count);
  }

  /** What the socket writes to next: the rest of a head, the sink's own memory, or ours. */
  #next(): Uint8Array {
    const exchange = this.#exchange;
    if (exchange === undefined || this.#isPaused) return this.#own;
    if (exchange.sink === undefined) return this.#headBytes === 0 ? this.#own : this.#own.subarray(this.#headBytes);
    const room = exchange.sink.lend();
    if (room === undefined) return this.#own;
    return exchange.dechunker === undefined && room.length > exchange.left ? room.subarray(0, exchange.left) : room;
  }

  #readHead(exchange: Exchange, count: number) {
    const before = Math.max(0, this.#headBytes - 3);
    this.#headBytes += count;
    const bytes = this.#own.subarray(0, this.#headBytes);
    const end = bytes.indexOf('\r\n\r\n', before, 'latin1');
    if (end > mostHeadBytes || (end < 0 && this.#headBytes > mostHeadBytes)) {
      return this.#fail('malformed', 'the head of the answer is too long');
    }
    if (end < 0) return;
    const head = parseAnswerHead(bytes.toString('latin1', 0, end));
    if (typeof head === 'string') return this.#fail('malformed', head);
    this.#headBytes = 0;
    exchange.keepsAlive = head.keepsAlive;
    const flow = this.#flowOf(exchange);
    exchange.sink = exchange.receive(head, flow);
    if (this.#isGone) return;
    if (exchange.sink === undefined) return flow.drop();
    if (head.framing.kind === 'chunked') exchange.dechunker = new Dechunker();
    if (head.framing.kind === 'length') exchange.left = head.framing.bytes;
    if (end + 4 < bytes.length) this.#give(bytes, end + 4);
    else if (head.framing.kind === 'none') this.#finish(exchange);
  }

  /** Copies into the sink's rooms as far as there are any; the rest waits. */
  #give(bytes: Uint8Array, from = 0) {
    let at = from;
    while (at < bytes.length && !this.#isGone) {
      const exchange = this.#exchange;
      if (exchange?.sink === undefined || (exchange.dechunker === undefined && exchange.left === 0)) {
        return this.#fail('malformed', 'bytes stand behind the end of the answer');
      }
      const room = this.#isPaused ? undefined : exchange.sink.room();
      if (room === undefined) {
        this.#isPaused = true;
        this.#backlog.push(Buffer.from(bytes.subarray(at)));
        return;
      }
      const most = exchange.dechunker === undefined ? exchange.left : bytes.length;
      const count = Math.min(bytes.length - at, room.length, most);
      room.set(at === 0 && count === bytes.length ? bytes : bytes.subarray(at, at + count));
      at += count;
      this.#takeInPlace(exchange, room, count, at < bytes.length);
    }
  }

  #takeInPlace(exchange: Exchange, room: Uint8Array, count: number, hasMore = false) {
    if (exchange.dechunker === undefined) {
      exchange.left -= count;
      exchange.sink!.took(count);
      if (exchange.left === 0 && !hasMore) this.#finish(exchange);
      return;
    }
    const payload = exchange.dechunker.decode(room, count);
    if (payload > 0) exchange.sink!.took(payload);
    if (exchange.dechunker.fault !== undefined) this.#fail('malformed', exchange.dechunker.fault);
    else if (exchange.dechunker.isDone && !hasMore) this.#finish(exchange);
  }

  #finish(exchange: Exchange): void {
    if (this.#isGone || this.#exchange !== exchange) return;
    this.#exchange = undefined;
    this.isReused = true;
    if (exchange.keepsAlive && this.#brokeWith === undefined) this.#onIdle(this);
    else this.close();
    exchange.settle(undefined);
  }

  /** What waits for room came before: the answer may be whole with it. */
  #broke(why: string): void {
    if (this.#backlog.length > 0) this.#brokeWith ??= why;
    else this.#fail('broken', why);
  }

  #fail(kind: UpstreamFault['kind'], why: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#backlog = [];
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#socket.destroy();
    this.#onGone(this);
    exchange?.settle({ kind, why, isUntouched: this.isReused && kind === 'broken' && !exchange.hasBytes });
  }
}
