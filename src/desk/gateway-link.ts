import { join } from 'node:path';
import { askSocket, isNobodyThere } from '#lib/ask-socket.ts';
import { type Failure, failure, type Result, success } from '#model/result.ts';

/** Speaks to a gateway on this machine through the socket in its data directory. */
export interface GatewayLink {
  get<Answer>(path: string): Promise<Result<Answer>>;
  /** `patienceMs`: how long the socket may stay silent; half a minute where it is not said. */
  post<Answer>(path: string, body: unknown, patienceMs?: number): Promise<Result<Answer>>;
  /** An answer of lines, as text. */
  lines(path: string, body: unknown): Promise<Result<string>>;
}

export const controlSocket = (gatewayDirectory: string): string => join(gatewayDirectory, 'control.sock');

/** Where the gateway writes its log, to be read like any other. */
export const gatewayLog = (gatewayDirectory: string): string => join(gatewayDirectory, 'log');

export function connectGateway(directory: string): GatewayLink {
  const socket = controlSocket(directory);
  const ask = async (method: string, path: string, body?: unknown, patienceMs?: number): Promise<Result<string>> => {
    try {
      const { status, text } = await askSocket(socket, method, path, body, patienceMs);
      return status < 400 ? success(text) : failure(readFailure(status, text));
    } catch (error) {
      const failed = faultOf(error, directory);
      if (failed === undefined) throw error;
      return failure(failed);
    }
  };
  const parsed = <Answer>(answer: Result<string>): Result<Answer> =>
    answer.ok ? success(JSON.parse(answer.value) as Answer) : answer;
  return {
    get: async (path) => parsed(await ask('GET', path)),
    post: async (path, body, patienceMs) => parsed(await ask('POST', path, body, patienceMs)),
    lines: (path, body) => ask('POST', path, body),
  };
}

function faultOf(error: unknown, directory: string): Failure | undefined {
  const where = `the gateway's data directory ${directory}`;
  const expected = 'the one of a running gateway (--data; cordon gateway start)';
  if (isNobodyThere(error)) return { kind: 'invalid', where, found: 'no running gateway', expected };
  if ((error as NodeJS.ErrnoException).code !== 'EACCES') return undefined;
  return { kind: 'refused', by: where, why: 'only the user the gateway runs as may open its socket' };
}

/** A fault of the gateway's own is no refusal: asked again, it may answer. */
function readFailure(status: number, text: string): Failure {
  const told = JSON.parse(text) as { readonly failure?: Failure; readonly error?: string };
  const why = told.error ?? 'no reason given';
  if (told.failure !== undefined) return told.failure;
  return status >= 500 ? { kind: 'broken', by: 'the gateway', why } : { kind: 'refused', by: 'the gateway', why };
}
