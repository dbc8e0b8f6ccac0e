import type { ApiError } from '#model/wire.ts';

/** The server's refusal, or its silence (`status` 0). Thrown, because TanStack Query carries failures that way. */
export class ServerError extends Error {
  readonly kind: string;
  readonly status: number;
  readonly where: string | undefined;

  constructor(status: number, error: ApiError) {
    super(error.message);
    this.name = 'ServerError';
    this.status = status;
    this.kind = error.kind;
    this.where = error.where;
  }
}

const isApiError = (value: unknown): value is { readonly error: ApiError } =>
  typeof value === 'object' &&
  value !== null &&
  'error' in value &&
  typeof value.error === 'object' &&
  value.error !== null &&
  'message' in value.error;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly csrf?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks our own server, whose answers are of the wire types, or plain text. Rejects with a ServerError. */
export async function request<Answer>(path: string, { method = 'GET', body, csrf, signal }: Request = {}) {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(csrf === undefined ? {} : { 'x-csrf': csrf }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ServerError(0, { kind: 'unreachable', message: 'The server does not answer.' });
  });
  const text = await response.text();
  const answer = parseJson(text);
  const isText = response.headers.get('content-type')?.startsWith('text/plain') ?? false;
  if (response.ok) return (isText ? text : answer) as Answer;
  throw new ServerError(
    response.status,
    isApiError(answer) ? answer.error : { kind: 'failed', message: `The server answered ${response.status}.` },
  );
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
