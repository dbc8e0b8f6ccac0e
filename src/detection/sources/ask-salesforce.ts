import type { Surroundings } from '#model/live-source.ts';
import { type Failure, failure, type Result } from '#model/result.ts';
import { askVendor, type Refusal } from './ask-vendor.ts';
import { isObject } from './record-values.ts';
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
  /** GETs a path; a session that is refused is replaced and the question asked once more. */
  readonly ask: (question: SalesforceQuestion) => Promise<Result<Response, CrmRefusal>>;
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
  surroundings: Surroundings,
): SalesforceApi {
  let usage = 0;
  const askOnce = async (
    { path, needs, headers = {} }: SalesforceQuestion,
    accessToken: string,
  ): Promise<Result<Response, CrmRefusal>> => {
    let errorCode: string | undefined;
    const answer = await askVendor({
      vendor: 'Salesforce',
      url: instanceUrl + path,
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
      timeoutMs: silenceMs,
      ...surroundings,
      readRefusal: (refusal) => {
        errorCode = refusal.status === 401 ? 'INVALID_SESSION_ID' : errorCodeOf(refusal.body);
        return errorCode === undefined ? undefined : failureOf(errorCode, refusal, needs);
      },
    });
    if (!answer.ok) return failure({ failure: answer.failure, errorCode });
    usage = usageOf(answer.value.headers.get('sforce-limit-info')) ?? usage;
    return answer;
  };
  const ask: SalesforceApi['ask'] = async (question) => {
    for (let isSecond = false; ; isSecond = true) {
      const session = await signIn.session();
      if (!session.ok) return failure({ failure: session.failure, errorCode: undefined });
      const answer = await askOnce(question, session.value.accessToken);
      if (answer.ok || answer.failure.errorCode !== 'INVALID_SESSION_ID') return answer;
      signIn.discard(session.value);
      if (isSecond) return answer;
    }
  };
  return { ask, usage: () => usage, silenceMs };
}

/** The first of `[{"message":"…","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`. REST API Developer Guide, "Status Codes and Error Responses". */
function errorCodeOf(body: string): string | undefined {
  try {
    const said: unknown = JSON.parse(body);
    const [first]: readonly unknown[] = Array.isArray(said) ? said : [said];
    const code = isObject(first) ? first['errorCode'] : undefined;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

/** A day's budget comes back by and by, over the next 24 hours. */
const spentBudgetMs = 300_000;

/** Undefined: the status says enough. */
function failureOf(errorCode: string, { waitMs }: Refusal, needs: string): Failure | undefined {
  switch (errorCode) {
    case 'REQUEST_LIMIT_EXCEEDED':
      return { kind: 'later', afterMs: waitMs ?? spentBudgetMs, why: 'the org has used up its API calls' };
    case 'QUERY_TIMEOUT':
    case 'SERVER_UNAVAILABLE':
      return { kind: 'later', afterMs: waitMs ?? 60_000, why: `Salesforce is busy (${errorCode})` };
    case 'INVALID_QUERY_LOCATOR':
      return { kind: 'later', afterMs: waitMs ?? 1000, why: 'Salesforce gave up a query before its last page' };
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

/** Ms until a stream asks again: its own pace, slower where the org's calls run short. */
export function paceOf(api: SalesforceApi, usualMs: number): { readonly ms: number; readonly why: string } {
  const usage = api.usage();
  if (usage < scarce) return { ms: usualMs, why: `asks every ${usualMs / 1000} s` };
  const ms = usualMs * (usage < nearlySpent ? 4 : 12);
  return {
    ms,
    why: `asks only every ${ms / 1000} s, since the org has used ${Math.floor(usage * 100)} % of its API calls`,
  };
}
