import { type Failure, failure, type Result, success } from '#model/result.ts';
import { isObject } from './record-values.ts';

export interface Question {
  /** Who is asked, for people: `Okta`. */
  readonly vendor: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Real time, ms since 1970 UTC. */
  readonly clock: () => number;
  /** Until the head of the answer is there, ms. */
  readonly timeoutMs?: number;
  /** What the vendor's own words make of an answer that is no 2xx; undefined leaves it to its status. */
  readonly judge?: (refusal: Refusal) => Failure | undefined;
}

/** An answer other than a 2xx. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** At most 4,000 characters. */
  readonly body: string;
}

const longestWaitMs = 3_600_000;
const mostOfAnError = 300;
const mostOfABody = 4_000;

/**
 * Asks a vendor's HTTP API. Anything but a 2xx is a failure: 429 and 503 `later` with the wait that the vendor asks for
 * (RFC 9110 Retry-After, X-Rate-Limit-Reset in seconds since 1970), other 5xx and a broken connection `broken`, 401 and
 * 403 `refused`, 404 and 410 `gone`, everything else `invalid`. Redirects are not followed: they would carry the
 * credential elsewhere.
 */
export async function askVendor(question: Question): Promise<Result<Response>> {
  const { vendor, url, method = 'GET', headers = {}, body, signal, timeoutMs = 60_000 } = question;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, late.signal]),
      ...(body !== undefined && { body }),
    });
    return response.ok ? success(response) : failure(await failureOf(question, response));
  } catch (error) {
    return failure({ kind: 'broken', by: vendor, why: causeOf(error) });
  } finally {
    clearTimeout(timer);
  }
}

async function failureOf({ vendor, url, clock, judge }: Question, response: Response): Promise<Failure> {
  const body = await firstOf(response);
  const judged = judge?.({ status: response.status, headers: response.headers, body });
  if (judged !== undefined) return judged;
  const why = `${response.status} ${sentenceOf(body).replace(/\s+/g, ' ').slice(0, mostOfAnError)}`.trim();
  switch (response.status) {
    case 429:
    case 503:
      return { kind: 'later', afterMs: waitOf(response.headers, clock()), why: `${vendor} asks to wait: ${why}` };
    case 401:
    case 403:
      return { kind: 'refused', by: vendor, why };
    case 404:
    case 410:
      return { kind: 'gone', what: `${new URL(url).pathname} of ${vendor} (${why})` };
    default:
      if (response.status >= 500) return { kind: 'broken', by: vendor, why };
      return { kind: 'invalid', where: `${vendor} ${new URL(url).pathname}`, found: why, expected: 'a 2xx answer' };
  }
}

/** Ms to wait: as the vendor asks, at most an hour; a minute where it does not say. */
export function waitOf(headers: Headers, now: number): number {
  const after = headers.get('retry-after');
  const reset = headers.get('x-rate-limit-reset');
  const waits = [
    after !== null && /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after ?? '') - now,
    Number(reset ?? Number.NaN) * 1000 - now,
  ].filter((ms) => !Number.isNaN(ms));
  return Math.min(longestWaitMs, Math.max(1000, waits[0] ?? 60_000));
}

/** What the vendor says to people, out of what it says to machines: Graph, Google, Okta, Salesforce, RFC 6749 5.2. */
function sentenceOf(body: string): string {
  const said = parseJson(body);
  const outer = Array.isArray(said) ? said[0] : said;
  const error = isObject(outer) && isObject(outer['error']) ? outer['error'] : outer;
  if (!isObject(error)) return body;
  const code = error['errorCode'] ?? error['code'] ?? error['error'];
  const words = error['message'] ?? error['errorSummary'] ?? error['error_description'];
  if (typeof words !== 'string') return body;
  return typeof code === 'string' ? `${code}: ${words}` : words;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function firstOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= mostOfABody) break;
    }
    return text.slice(0, mostOfABody);
  } catch {
    return text === '' ? 'without a readable body' : text.slice(0, mostOfABody);
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
