import { failure, type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import { apiPath, type CrmRefusal, type SalesforceApi } from './ask-salesforce.ts';
import { readText } from './read-body.ts';
import { isObject } from './record-values.ts';

interface Page {
  readonly records: readonly JsonObject[];
  readonly isLast: boolean;
}

/** A page of 2,000 real-time events whose `Records` are full (250,000 characters each) is no page to hold. */
const mostPageBytes = 128 * 1024 * 1024;

/** The pages of a query, one after the other; ends behind the first failure. `batchSize`: 200 to 2,000 records a page. */
export async function* readPages(
  api: SalesforceApi,
  soql: string,
  { needs, batchSize }: { readonly needs: string; readonly batchSize: number },
): AsyncGenerator<Result<Page, CrmRefusal>> {
  const headers = { 'sforce-query-options': `batchSize=${batchSize}` };
  let path: string | undefined = `${apiPath}/query?q=${encodeURIComponent(soql)}`;
  while (path !== undefined) {
    const answer = await askJson(api, { path, needs, headers });
    if (!answer.ok) return yield answer;
    const { records, nextRecordsUrl: next } = answer.value;
    if (!Array.isArray(records)) return yield failure(unreadable('no list of records'));
    // The session goes with every question: it must not follow an address to another host.
    if (next !== undefined && !(typeof next === 'string' && /^\/services\/data\/[\w./-]+$/.test(next)))
      return yield failure(unreadable('a next page that is no path of its API'));
    yield success({ records: records.filter(isObject), isLast: next === undefined });
    path = next;
  }
}

/** Types whose values a query does not answer as a text, a number or a truth. "Field Types", Object Reference. */
const compound: ReadonlySet<unknown> = new Set(['base64', 'address', 'location', 'complexvalue', 'anyType']);

/** The fields of an object that the asking user may see: they differ by release, licence and field-level security. */
export async function describeFields(
  api: SalesforceApi,
  object: string,
  needs: string,
): Promise<Result<readonly string[], CrmRefusal>> {
  const answer = await askJson(api, { path: `${apiPath}/sobjects/${object}/describe`, needs });
  if (!answer.ok) return answer;
  const { fields } = answer.value;
  if (!Array.isArray(fields)) return failure(unreadable('a description without fields'));
  const names = fields
    .filter(isObject)
    .filter(({ type }) => !compound.has(type))
    .map(({ name }) => name);
  return success(names.filter((name): name is string => typeof name === 'string' && /^\w+$/.test(name)));
}

async function askJson(
  api: SalesforceApi,
  question: Parameters<SalesforceApi['ask']>[0],
): Promise<Result<JsonObject, CrmRefusal>> {
  const answer = await api.ask(question);
  if (!answer.ok) return answer;
  const text = await readText(answer.value, { vendor: 'Salesforce', silenceMs: api.silenceMs }, mostPageBytes);
  if (!text.ok) return failure({ failure: text.failure, errorCode: undefined });
  try {
    const value: unknown = JSON.parse(text.value);
    return isObject(value) ? success(value) : failure(unreadable('no JSON object'));
  } catch {
    return failure(unreadable('no JSON'));
  }
}

const unreadable = (what: string): CrmRefusal => ({
  failure: { kind: 'broken', by: 'Salesforce', why: `it answered with ${what}` },
  errorCode: undefined,
});
