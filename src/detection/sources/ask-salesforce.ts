import type { Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result } from '#model/result.ts';
import { askPage, type JsonPage } from './ask-page.ts';
import { askVendor, type Question, type Refusal, waitOf } from './ask-vendor.ts';
import type { SalesforceSignIn } from './salesforce-sign-in.ts';

/** Why the CRM did not answer, and the `errorCode` it gave, where it gave one. */
export interface CrmRefusal {
  readonly failure: Failure;
  readonly errorCode: string | undefined;
}

export interface SalesforceQuestion {
  /** `/services/data/v66.0/…` */
  readonly path: string;
  /** What the asking user needs, for people: `"View Event Log Files" and "API Enabled"`. */
  readonly needs: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The org's REST API, with one sign-in and one look at the day's budget of calls for all streams of a source. */
export interface SalesforceApi {
  /** GETs a path, the body left to be read; a session that is refused is replaced and the question asked once more. */
  readonly ask: (question: SalesforceQuestion) => Promise<Result<Response, CrmRefusal>>;
  readonly askJson: (question: SalesforceQuestion) => Promise<Result<JsonPage, CrmRefusal>>;
  /** Share of the org's daily API calls that are used up, of all its users, 0 to 1, as its last answer said. */
  readonly usage: () => number;
  /** How long an answer may stand still, ms. */
  readonly silenceMs: number;
}

interface ApiSettings {
  readonly instanceUrl: string;
  readonly signIn: SalesforceSignIn;
  readonly silenceMs: number;
}

/** The version of the API that questions are asked in. */
export const apiPath = '/services/data/v66.0';

export function openSalesforce(
  { instanceUrl, signIn, silenceMs }: ApiSettings,
  { clock, signal }: Surroundings,
): SalesforceApi {
  let usage = 0;
  const askOnce = async <Value extends { readonly headers: Headers }>(
    how: (question: Question & { readonly timeoutMs: number }) => Promise<Result<Value>>,
    { path, needs, headers = {} }: SalesforceQuestion,
    accessToken: string,
  ): Promise<Result<Value, CrmRefusal>> => {
    let errorCode: string | undefined;
    const answer = await how({
      vendor: 'Salesforce',
      url: instanceUrl + path,
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
      timeoutMs: silenceMs,
      clock,
      signal,
      judge: (refusal) => {
        errorCode = refusal.status === 401 ? 'INVALID_SESSION_ID' : errorCodeOf(refusal.body);
        return errorCode === undefined ? undefined : failureOf(errorCode, refusal, needs, clock());
      },
    });
    if (!answer.ok) return failure({ failure: answer.failure, errorCode });
    usage = usageOf(answer.value.headers.get('sforce-limit-info')) ?? usage;
    return answer;
  };
  const inSession =
    <Value extends { readonly headers: Headers }>(
      how: (question: Question & { readonly timeoutMs: number }) => Promise<Result<Value>>,
    ) =>
    async (question: SalesforceQuestion): Promise<Result<Value, CrmRefusal>> => {
      for (let isSecond = false; ; isSecond = true) {
        const session = await signIn.session();
        if (!session.ok) return failure({ failure: session.failure, errorCode: undefined });
        const answer = await askOnce(how, question, session.value.accessToken);
        if (answer.ok || answer.failure.errorCode !== 'INVALID_SESSION_ID') return answer;
        signIn.discard(session.value);
        if (isSecond) return answer;
      }
    };
  return { ask: inSession(askVendor), askJson: inSession(askPage), usage: () => usage, silenceMs };
}

/**
 * The first of `[{"message":"…","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`, also where the list is cut; within a message
 * quotes are escaped. REST API Developer Guide, "Status Codes and Error Responses".
 */
const errorCodeOf = (body: string): string | undefined => /"errorCode"\s*:\s*"(\w+)"/.exec(body)?.[1];

/** A day's budget comes back by and by, over the next 24 hours. */
const spentBudgetMs = 300_000;

/** Undefined: the status says enough. */
function failureOf(errorCode: string, { headers }: Refusal, needs: string, now: number): Failure | undefined {
  const wait = (usualMs: number): number => (headers.has('retry-after') ? waitOf(headers, now) : usualMs);
  switch (errorCode) {
    case 'REQUEST_LIMIT_EXCEEDED':
      return { kind: 'later', afterMs: wait(spentBudgetMs), why: 'the org has used up its API calls' };
    case 'QUERY_TIMEOUT':
      return { kind: 'later', afterMs: wait(60_000), why: 'Salesforce took too long over a query' };
    case 'INVALID_QUERY_LOCATOR':
      return { kind: 'gone', what: 'the next page of a query' };
    case 'INVALID_TYPE':
    case 'NOT_FOUND':
    case 'INSUFFICIENT_ACCESS':
    case 'INSUFFICIENT_ACCESS_OR_READONLY':
    case 'API_DISABLED_FOR_ORG':
    case 'API_CURRENTLY_DISABLED':
    case 'FORBIDDEN':
      return {
        kind: 'refused',
        by: 'Salesforce',
        why: `${errorCode}; the user that Cordon signs in as needs ${needs}`,
      };
    default:
      return undefined;
  }
}

/** `api-usage=18/5000`, behind it perhaps `; per-app-api-usage=…`. REST API Developer Guide, "Limit Info Header". */
function usageOf(header: string | null): number | undefined {
  const [, used, most] = /api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
  return used === undefined || Number(most) === 0 ? undefined : Number(used) / Number(most);
}

/** From this share on the calls that are left belong to production. */
const scarce = 0.8;
const nearlySpent = 0.95;

/** Ms until a stream asks again: its own pace, slower where the org's calls run short, which `why` then tells. */
export function paceOf(
  { usage }: SalesforceApi,
  usualMs: number,
): { readonly ms: number; readonly why: string | undefined } {
  const share = usage();
  if (share < scarce) return { ms: usualMs, why: undefined };
  const ms = usualMs * (share < nearlySpent ? 4 : 12);
  const why = `the org has used ${Math.floor(share * 100)} % of its API calls: Cordon asks every ${Math.round(ms / 1000)} s only`;
  return { ms, why };
}
