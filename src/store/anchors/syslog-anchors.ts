import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { failure, type Result, success } from '#model/result.ts';
import type { Anchor, AnchorTarget } from './anchor.ts';

/** Where a syslog server listens: over the network, or a stream socket of this machine. */
export type SyslogPlace =
  | { readonly protocol: 'udp' | 'tcp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'unix'; readonly path: string };

const timeoutMs = 10_000;

/**
 * One RFC 5424 message per anchor, facility log audit (13), severity notice (5). Syslog answers nothing: over UDP
 * (RFC 5426) a sent message may be lost, over streams (RFC 6587, octet counting) it was handed to the other side.
 */
export function createSyslogAnchors(place: SyslogPlace, host: string = hostname()): AnchorTarget {
  const name = place.protocol === 'unix' ? `unix ${place.path}` : `${place.protocol} ${place.host}:${place.port}`;
  return {
    name: `syslog ${name}`,
    write: async (anchor) => {
      const message = formatMessage(anchor, host);
      try {
        await (place.protocol === 'udp' ? sendDatagram(place, message) : sendByStream(place, message));
        return success(undefined);
      } catch (reason) {
        return later(reason);
      }
    },
  };
}

const priority = 13 * 8 + 5;

/** `<109>1 2026-07-14T00:00:00.000Z crm-1 cordon 42 anchor [anchor@32473 sequence="7" hash="…"] …`; 32473: RFC 5612. */
function formatMessage(anchor: Anchor, host: string): string {
  const at = new Date(anchor.at).toISOString();
  const data = `[anchor@32473 sequence="${anchor.sequence}" hash="${anchor.hash}" at="${anchor.at}"]`;
  return `<${priority}>1 ${at} ${host} cordon ${process.pid} anchor ${data} audit log head ${anchor.sequence} ${anchor.hash}`;
}

function sendDatagram(place: { readonly host: string; readonly port: number }, message: string): Promise<void> {
  const socket = createSocket(isIPv6(place.host) ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(message, place.port, place.host, (error) => (error === null ? resolve() : reject(error)));
  }).finally(() => socket.close());
}

function sendByStream(place: Exclude<SyslogPlace, { protocol: 'udp' }>, message: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const socket = connect(place.protocol === 'unix' ? { path: place.path } : { host: place.host, port: place.port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.end(`${Buffer.byteLength(message)} ${message}`);
    socket.resume();
  });
}

const later = (reason: unknown): Result<void> =>
  failure({ kind: 'later', afterMs: 60_000, why: reason instanceof Error ? reason.message : String(reason) });
