import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Caller } from '../../parts.ts';

/** Remembers for each connection who is at its other end: the thumbprint of a certificate is computed once. */
export function openCallers(): (socket: Socket) => Caller {
  const known = new WeakMap<Socket, Caller>();
  return (socket) => {
    const before = known.get(socket);
    if (before !== undefined) return before;
    const caller = { address: plainAddress(socket.remoteAddress ?? ''), certificate: thumbprintOf(socket) };
    known.set(socket, caller);
    return caller;
  };
}

/** Base64url SHA-256 of the client certificate's DER: `x5t#S256` of RFC 8705 section 3.1. */
function thumbprintOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
}

/** `::ffff:192.0.2.1` → `192.0.2.1`; a zone is dropped. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address.replace(/%.*$/, '');
}
