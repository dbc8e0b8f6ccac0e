import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type Failure, failure, type Result, success } from '#model/result.ts';
import type { ApiError } from '#model/wire.ts';

/**
 * The socket beside the store: whoever may open it is the operator of this machine. Where no server runs but the
 * demonstration does, its own.
 */
function socketOf(dataDirectory: string): string {
  const [own, demo] = [dataDirectory, demoDirectory(dataDirectory)].map((directory) => join(directory, 'cordon.sock'));
  return !existsSync(own!) && existsSync(demo!) ? demo! : own!;
}

/** The demonstration has a directory of its own, so that it never mixes with real records. */
export const demoDirectory = (dataDirectory: string): string => join(dataDirectory, 'demo');

/** Speaks to the server that runs on this data directory. */
export interface ServerClient {
  readonly get: <Answer>(path: string) => Promise<Result<Answer>>;
  readonly send: <Answer>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
  ) => Promise<Result<Answer>>;
}

export function connectServer(dataDirectory: string): ServerClient {
  const socketPath = socketOf(dataDirectory);
  const ask = <Answer>(method: string, path: string, body?: unknown): Promise<Result<Answer>> =>
    new Promise((resolve) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
      const outgoing = request({ socketPath, method, path: `/api${path}`, headers, timeout: 30_000 }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(understand<Answer>(answer.statusCode ?? 500, Buffer.concat(chunks).toString())));
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 30 s')));
      outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(failure(unreachable(dataDirectory, error))));
      outgoing.end(payload);
    });
  return { get: (path) => ask('GET', path), send: (method, path, body) => ask(method, path, body) };
}

function unreachable(dataDirectory: string, error: NodeJS.ErrnoException): Failure {
  const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
  return {
    kind: 'invalid',
    where: dataDirectory,
    found: nobody ? 'no running server' : error.message,
    expected: 'a server on this data directory (cordon start)',
  };
}

function understand<Answer>(status: number, text: string): Result<Answer> {
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (status < 400) return success(answer as Answer);
  const { error } = answer as { error: ApiError };
  if (status === 404) return failure({ kind: 'gone', what: error.message });
  return failure({ kind: 'refused', by: 'the server', why: error.message });
}
