import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { judgeNetworks } from '../../policy/networks.ts';
import type { GatewayLimits } from '../limits.ts';
import { refusal, refusalBody, type TransportRefusal } from '../refuse.ts';
import { breakingAnswers } from './breaking-answer.ts';
import { Connections } from './connections.ts';

/** How the gateway shows itself to its clients. */
export interface IngressTls {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Ask clients for a certificate: any that they hold, its thumbprint binds tokens (RFC 8705 section 2.2 and 3). */
  readonly asksCertificate: boolean;
}

/** What the server tells of what never became a call. */
export interface IngressEvents {
  refused(reason: string): void;
  /** An address has all the connections that it may, and another one was reset. Told once until it has none. */
  crowded(address: string): void;
}

/** Node's own strict parser stands on the side that is not trusted; every bound of `limits` is set here. */
export function openServer(
  tls: IngressTls | undefined,
  limits: GatewayLimits,
  handle: RequestListener,
  events: IngressEvents,
): { readonly server: Server; readonly connections: Connections } {
  const options = {
    insecureHTTPParser: false,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: 1000,
    // Checked with the rest of the head, to be refused in the CRM's shape.
    requireHostHeader: false,
    noDelay: true,
    ServerResponse: breakingAnswers((socket) => connections.reset(socket)),
  };
  const server =
    tls === undefined
      ? createPlain(options, handle)
      : createSecure(
          {
            ...options,
            cert: tls.certificate,
            key: tls.key,
            minVersion: 'TLSv1.2',
            ALPNProtocols: ['http/1.1'],
            requestCert: tls.asksCertificate,
            rejectUnauthorized: false,
            handshakeTimeout: limits.headMs,
          },
          handle,
        );
  server.maxConnections = limits.connections;
  server.timeout = limits.stallMs + limits.upstreamHeadMs;
  server.on('checkContinue', handle);
  const connections = new Connections(server, tls !== undefined, {
    perAddress: limits.connectionsPerAddress,
    isShared: judgeNetworks(limits.sharedAddresses),
    refused: () => events.refused('address-connections'),
    crowded: events.crowded,
  });
  server.on('timeout', (socket: Socket) => {
    const { answer } = connections.of(socket);
    if (answer === undefined || answer.writableFinished) socket.destroy();
    else answer.destroy();
  });
  server.on('drop', () => events.refused('connections'));
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    events.refused(error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'slow-handshake' : 'handshake');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = refusalOf(error.code);
    if (answer === undefined) return void socket.destroy();
    events.refused(answer.reason);
    refuseRaw(socket, answer);
  });
  server.on('connect', (_request, socket: Duplex) => socket.destroy());
  server.on('upgrade', (_request, socket: Duplex) => socket.destroy());
  return { server, connections };
}

/** Undefined: the connection broke, and nobody is there to be told. */
function refusalOf(code: string | undefined): TransportRefusal | undefined {
  if (code === 'HPE_HEADER_OVERFLOW')
    return refusal(431, 'HEADER_TOO_LARGE', 'The headers are too long.', 'large-head');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refusal(408, 'REQUEST_TIMEOUT', 'The request took too long.', 'slow');
  if (code?.startsWith('HPE_') !== true) return undefined;
  return refusal(400, 'BAD_REQUEST', 'The request is malformed.', 'malformed-request');
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** For what never became a request: the answer is written by hand, the connection ends. */
function refuseRaw(socket: Duplex, refused: TransportRefusal): void {
  const isAnswering = (socket as Socket & { _httpMessage?: unknown })._httpMessage != null;
  if (!socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const body = refusalBody(refused);
  const head = [
    `HTTP/1.1 ${refused.status} ${phrases[refused.status]}`,
    'content-type: application/json;charset=UTF-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
