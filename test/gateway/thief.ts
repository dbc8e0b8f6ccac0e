import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { RegisteredView } from '#model/gateway-wire.ts';

/** From where and with what a caller comes: another network is another address of this machine. */
export interface Standing {
  readonly localAddress?: string;
  /** PEM files. */
  readonly certificate?: string;
  readonly key?: string;
  readonly authority?: string;
}

export interface Got {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The answer came to its end as one. */
  readonly isWhole: boolean;
}

/** One call on a connection of its own; resolves with whatever came. */
export function ask(
  url: string,
  standing: Standing,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Got> {
  const request = url.startsWith('https:') ? requestSecure : requestPlain;
  const { certificate, key, authority, localAddress } = standing;
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let begun: IncomingMessage | undefined;
    const done = () =>
      resolve({
        status: begun?.statusCode ?? 0,
        text: Buffer.concat(parts).toString(),
        headers: begun?.headers ?? {},
        isWhole: begun?.complete ?? false,
      });
    const outgoing = request(
      url,
      {
        method: init.method ?? 'GET',
        headers: init.headers ?? {},
        agent: false,
        ...(localAddress && { localAddress }),
        ...(authority && { ca: readFileSync(authority) }),
        ...(certificate && key && { cert: readFileSync(certificate), key: readFileSync(key) }),
      },
      (response) => {
        begun = response;
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', done);
        response.on('error', done);
      },
    );
    outgoing.on('error', done);
    outgoing.end(init.body);
  });
}

export async function tokenFor(
  { tokenUrl, clientId, clientSecret }: RegisteredView,
  standing: Standing,
): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await ask(tokenUrl, standing, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  const { access_token: token } = JSON.parse(answer.text) as { readonly access_token?: string };
  if (token === undefined) throw new Error(answer.text);
  return token;
}

/** Every id of an object in what somebody got. */
export const idsIn = (text: string, keyPrefix: string): ReadonlySet<string> =>
  new Set([...text.matchAll(new RegExp(`\\b(${keyPrefix}[0-9A-Za-z]{15})\\b`, 'g'))].map(([, id]) => id ?? ''));

/** A bulk job over the whole of a query, as the thief of 2025 ran it: create, wait, fetch page by page. */
export async function stealByBulk(url: string, token: string, query: string, standing: Standing): Promise<Got[]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const jobs = `${url}/services/data/v64.0/jobs/query`;
  const created = await ask(jobs, standing, {
    method: 'POST',
    headers,
    body: JSON.stringify({ operation: 'query', query }),
  });
  if (created.status !== 200) return [created];
  const { id } = JSON.parse(created.text) as { readonly id: string };
  for (let look = 0; look < 100; look++) {
    const seen = await ask(`${jobs}/${id}`, standing, { headers });
    if (seen.status !== 200) return [seen];
    if ((JSON.parse(seen.text) as { readonly state: string }).state === 'JobComplete') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const pages: Got[] = [];
  for (let locator = ''; pages.length < 8; ) {
    const page = await ask(`${jobs}/${id}/results${locator && `?locator=${locator}`}`, standing, { headers });
    pages.push(page);
    locator = String(page.headers['sforce-locator'] ?? 'null');
    if (page.status !== 200 || locator === 'null') break;
  }
  return pages;
}
