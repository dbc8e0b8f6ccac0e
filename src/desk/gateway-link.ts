import { join } from 'node:path';
import { askSocket, isNobodyThere } from '#lib/ask-socket.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';

/** Speaks to a gateway on this machine through the socket in its data directory. */
export interface GatewayLink {
  get<Answer>(path: string): Promise<Result<Answer>>;
  post<Answer>(path: string, body: unknown): Promise<Result<Answer>>;
  /** An answer of lines, as text. */
  lines(path: string, body: unknown): Promise<Result<string>>;
}

export const controlSocket = (gatewayDirectory: string): string => join(gatewayDirectory, 'control.sock');

/** Where the gateway writes its log, to be read like any other. */
export const gatewayLog = (gatewayDirectory: string): string => join(gatewayDirectory, 'log');

export function connectGateway(directory: string): GatewayLink {
  const socket = controlSocket(directory);
  const ask = async (method: string, path: string, body?: unknown): Promise<Result<string>> => {
    try {
      const { status, text } = await askSocket(socket, method, path, body);
      return status < 400 ? success(text) : failure(readFailure(text));
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
      return failure({ kind: 'later', afterMs: 5_000, why: `the gateway on ${directory} does not run` });
    }
  };
  const parsed = <Answer>(answer: Result<string>): Result<Answer> =>
    answer.ok ? success(JSON.parse(answer.value) as Answer) : answer;
  return {
    get: async (path) => parsed(await ask('GET', path)),
    post: async (path, body) => parsed(await ask('POST', path, body)),
    lines: (path, body) => ask('POST', path, body),
  };
}

function readFailure(text: string): Failure {
  const told = JSON.parse(text) as { readonly failure?: Failure; readonly error?: string };
  return told.failure ?? { kind: 'refused', by: 'the gateway', why: told.error ?? 'no reason given' };
}
