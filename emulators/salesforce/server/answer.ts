import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '../query/problem.ts';

/** One request, read to its end. */
export interface Call {
  readonly method: string;
  /** Slashes that stand together are one, as the vendor's own CLI sends them. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** IPv4 or IPv6 of the caller. */
  readonly address: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: no body. Pieces are made while they are sent. */
  readonly body: string | AsyncIterable<string> | undefined;
  /** Records in the body, for the log of requests; known before they are sent. */
  readonly records?: number;
}

export const jsonType = { 'content-type': 'application/json;charset=UTF-8' } as const;

export const json = (body: unknown, status = 200, records?: number): Answer => ({
  status,
  headers: jsonType,
  body: JSON.stringify(body),
  ...(records === undefined ? {} : { records }),
});

export const empty = (status: number): Answer => ({ status, headers: {}, body: undefined });

export const answerProblem = ({ status, message, errorCode, ...rest }: Problem): Answer => ({
  status,
  headers: jsonType,
  body: JSON.stringify([{ message, errorCode, ...rest }]),
});
