import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askSocket, isNobodyThere } from '#lib/ask-socket.ts';
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
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Result<Answer>> => {
    try {
      const { status, text } = await askSocket(socketPath, method, `/api${path}`, body);
      return understand<Answer>(status, text);
    } catch (error) {
      return failure(unreachable(dataDirectory, error));
    }
  };
  return { get: (path) => ask('GET', path), send: (method, path, body) => ask(method, path, body) };
}

function unreachable(dataDirectory: string, error: unknown): Failure {
  return {
    kind: 'invalid',
    where: dataDirectory,
    found: isNobodyThere(error) ? 'no running server' : (error as Error).message,
    expected: 'a server on this data directory (cordon start)',
  };
}

function understand<Answer>(status: number, text: string): Result<Answer> {
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (status < 400) return success(answer as Answer);
  const { error } = answer as { error: ApiError };
  return failure({ kind: 'refused', by: 'the server', why: error.message });
}
