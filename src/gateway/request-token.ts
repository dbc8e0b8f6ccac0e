import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { failure, type Result, success } from '#model/result.ts';

/** What the CRM's token endpoint says: OAuth 2.0 (RFC 6749 section 5), whatever the status. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TokenEndpoint {
  /** `https://NAME.my.salesforce.com`, without a path. */
  readonly loginUrl: string;
  /** PEM file of a private certificate authority. */
  readonly certificateAuthority: string | undefined;
}

const patienceMs = 20_000;
const mostBytes = 1 << 16;
const tryAgainMs = 5_000;

/** Asks the CRM for a token. `later` when it cannot be reached or answers no JSON; what it refuses is an answer. */
export function createTokenRequest(endpoint: TokenEndpoint): (form: URLSearchParams) => Promise<Result<TokenAnswer>> {
  const url = new URL('/services/oauth2/token', endpoint.loginUrl);
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  const ca = endpoint.certificateAuthority && readFileSync(endpoint.certificateAuthority);
  return (form) =>
    new Promise((resolve) => {
      const later = (why: string): void => resolve(failure({ kind: 'later', afterMs: tryAgainMs, why }));
      const outgoing = request(
        url,
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          timeout: patienceMs,
          ...(ca && { ca }),
        },
        (answer) => {
          readAnswer(answer).then(
            (read) =>
              read === undefined ? later('the CRM’s token endpoint answered no JSON') : resolve(success(read)),
            (error: Error) => later(`the CRM’s token endpoint broke off: ${error.message}`),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
      outgoing.on('error', (error) => later(`the CRM’s token endpoint cannot be reached: ${error.message}`));
      outgoing.end(form.toString());
    });
}

async function readAnswer(answer: IncomingMessage): Promise<TokenAnswer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    return { status: answer.statusCode ?? 0, body: body as TokenAnswer['body'] };
  } catch {
    return undefined;
  }
}
