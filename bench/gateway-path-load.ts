import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

/** A client in a process of its own: downloads one answer, or asks the same small call over and over. */
export interface Load {
  readonly port: number;
  readonly request: string;
  /** PEM files. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly connections: number;
  /** Calls by all connections together. */
  readonly calls: number;
}

export interface Loaded {
  readonly seconds: number;
  readonly bytes: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Runs it and resolves with what came. Answers must declare their length. */
export async function load(given: Load): Promise<Loaded> {
  const options = {
    host: '127.0.0.1',
    port: given.port,
    ca: readFileSync(given.authority),
    cert: readFileSync(given.certificate),
    key: readFileSync(given.key),
    servername: 'localhost',
    minVersion: 'TLSv1.3',
  } as const;
  const statuses: Record<string, number> = {};
  let left = given.calls;
  let bytes = 0;
  const start = performance.now();
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let head = '';
      let body = -1;
      const next = () => {
        if (left-- <= 0) return void socket.end();
        head = '';
        body = -1;
        socket.write(given.request);
      };
      const take = (chunk: Buffer): void => {
        bytes += chunk.length;
        if (body < 0) {
          const before = head.length;
          head += chunk.toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          if (end < 0) return;
          const status = head.slice(9, 12);
          statuses[status] = (statuses[status] ?? 0) + 1;
          const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.NaN);
          if (Number.isNaN(length)) return void socket.destroy(new Error(`no length: ${head.slice(0, end)}`));
          body = length - (before + chunk.length - end - 4);
        } else {
          body -= chunk.length;
        }
        if (body === 0) next();
      };
      const onread = {
        buffer: Buffer.allocUnsafeSlow(256 * 1024),
        callback: (count: number, buffer: Uint8Array) => {
          take(Buffer.from(buffer.buffer, buffer.byteOffset, count));
          return true;
        },
      };
      // `onread` is not in the types of tls.connect, but in its documentation.
      const withRead = { ...options, onread };
      const socket = connect(withRead, next);
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
  await Promise.all(Array.from({ length: given.connections }, one));
  return { seconds: (performance.now() - start) / 1000, bytes, statuses };
}

if (import.meta.main) {
  process.stdout.write(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '{}') as Load)));
}
