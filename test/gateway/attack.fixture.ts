import { request as startPlain } from 'node:http';
import { request as startSecure } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Stand } from './gateway.fixture.ts';

/** What came back over a socket until it closed, or until `mostMs` had passed. */
export interface Heard {
  readonly text: string;
  readonly isClosed: boolean;
  /** Of every answer, in order. */
  readonly statuses: readonly number[];
}

/** Writes raw bytes on a connection of its own, and listens. */
export function speak(port: number, bytes: string | Buffer, mostMs = 700): Promise<Heard> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port });
    const done = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({
        text,
        isClosed,
        statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)),
      });
    };
    const timer = globalThis.setTimeout(() => done(false), mostMs);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => done(true));
    socket.on('close', () => done(true));
  });
}

/** A request's lines with their line ends. */
export const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n\r\n`;

/** A raw GET of `target` by a token. */
export const rawGet = (token: string, target: string, ...more: readonly string[]): string =>
  lines(`GET ${target} HTTP/1.1`, 'host: crm.example', `authorization: Bearer ${token}`, ...more);

export const errorCodeOf = (json: unknown): string => (json as readonly { readonly errorCode: string }[])[0]!.errorCode;

/** Waits for what comes about by itself. */
export async function until(isSo: () => boolean | Promise<boolean>, mostMs = 5000): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not come about in time');
    await setTimeout(20);
  }
}

/** Whether it comes about in time. */
export const isSoon = (isSo: () => boolean | Promise<boolean>, mostMs: number): Promise<boolean> =>
  until(isSo, mostMs).then(
    () => true,
    () => false,
  );

const bulkPath = '/services/data/v64.0/jobs/query';

/** A bulk job's id, its results being ready. */
export async function openJob(stand: Stand, token: string, query: string): Promise<string> {
  const created = await stand.call(token, bulkPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'query', query }),
  });
  const { id } = created.json as { readonly id?: string };
  if (created.status !== 200 || id === undefined) throw new Error(created.text);
  await until(async () => {
    const seen = await stand.call(token, `${bulkPath}/${id}`);
    return (seen.json as { readonly state: string }).state === 'JobComplete';
  }, 20_000);
  return id;
}

export interface Stream {
  /** Bytes that came so far. */
  readonly bytes: () => number;
  readonly text: () => string;
  /** Undefined while it runs; `whole` when it came to a clean end. */
  readonly end: () => 'whole' | 'broken' | undefined;
  readonly status: () => number;
  read(): void;
  close(): void;
}

/** Begins to read an answer, `slowlyMs` between two arrivals; with `isHalted` not at all until `read`. */
export function startStream(
  port: number,
  token: string,
  path: string,
  { slowlyMs = 0, isHalted = false }: { readonly slowlyMs?: number; readonly isHalted?: boolean } = {},
): Stream {
  let [bytes, text, status]: [number, string, number] = [0, '', 0];
  let end: 'whole' | 'broken' | undefined;
  let wake = (): void => {};
  const request = startPlain(
    { host: '127.0.0.1', port, path, agent: false, headers: { authorization: `Bearer ${token}` } },
    (response) => {
      status = response.statusCode ?? 0;
      const listen = (): void => {
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          text += part.toString('latin1');
          if (slowlyMs === 0) return;
          response.pause();
          globalThis.setTimeout(() => response.resume(), slowlyMs);
        });
      };
      if (isHalted) {
        response.pause();
        wake = () => {
          listen();
          response.resume();
        };
      } else listen();
      response.on('end', () => {
        end = response.complete ? 'whole' : 'broken';
      });
      response.on('error', () => {
        end = 'broken';
      });
      response.on('close', () => {
        end ??= 'broken';
      });
    },
  );
  request.on('error', () => {
    end = 'broken';
  });
  request.end();
  return {
    bytes: () => bytes,
    text: () => text,
    end: () => end,
    status: () => status,
    read: () => wake(),
    close: () => request.destroy(),
  };
}

export const resultsPath = (job: string): string => `${bulkPath}/${job}/results`;

/** Connections that stay open and silent, or say `first` and no more. */
export async function holdOpen(
  port: number,
  count: number,
  first = '',
  localAddress = '127.0.0.1',
): Promise<{ sockets: Socket[]; close(): void }> {
  const sockets: Socket[] = [];
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<void>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port, localAddress });
          socket.on('error', () => resolve());
          socket.resume();
          socket.on('connect', () => {
            if (first !== '') socket.write(first);
            resolve();
          });
          sockets.push(socket);
        }),
    ),
  );
  return { sockets, close: () => sockets.forEach((socket) => void socket.destroy()) };
}

export interface SecureOptions {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** One call over TLS, with a client certificate or without. */
export function callSecurely({
  body,
  ...options
}: SecureOptions): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = startSecure(
      { host: '127.0.0.1', agent: false, rejectUnauthorized: false, ...options },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Records that the ledger holds of an integration. */
export async function recordsInLedger(stand: Stand, integration: string): Promise<number> {
  const exposure = await stand.gateway.desk.exposure({ kind: 'integration', integration });
  if (!exposure.ok) throw new Error('no exposure');
  return exposure.value.records.atLeast;
}
