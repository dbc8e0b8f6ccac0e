import { request } from 'node:http';

export interface SocketAnswer {
  readonly status: number;
  readonly text: string;
}

const usualPatienceMs = 30_000;

/** One HTTP request with a JSON body over a unix socket. Rejects with what the system says when nobody answers there. */
export function askSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  patienceMs = usualPatienceMs,
): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request({ socketPath, method, path, headers, timeout: patienceMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** Whether an error of `askSocket` says that nobody listens there. */
export const isNobodyThere = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '');
