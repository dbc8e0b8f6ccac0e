import { failure, type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import { apiPath, type CrmRefusal, type SalesforceApi } from './ask-salesforce.ts';
import { isObject } from './record-values.ts';

export interface SoqlPage {
  readonly records: readonly JsonObject[];
  /** The path of the page behind this one; undefined for the last. */
  readonly next: string | undefined;
}

export interface SoqlReading {
  /** What the asking user needs, for people. */
  readonly needs: string;
  /** 200 to 2,000. */
  readonly pageRecords: number;
}

/** The path that a query is asked at. */
export const queryPath = (soql: string): string => `${apiPath}/query?q=${encodeURIComponent(soql)}`;

/** One page of a query: its first, at `queryPath`, or one that another led to. */
export async function readPage(
  api: SalesforceApi,
  path: string,
  { needs, pageRecords }: SoqlReading,
): Promise<Result<SoqlPage, CrmRefusal>> {
  const headers = { 'sforce-query-options': `batchSize=${pageRecords}` };
  const answer = await api.askJson({ path, needs, headers });
  if (!answer.ok) return answer;
  const page = isObject(answer.value.value) ? answer.value.value : {};
  const { records, nextRecordsUrl: next } = page;
  if (!Array.isArray(records)) return failure(unreadable('no list of records'));
  // The session goes with every question: it must not follow an address to another host.
  if (next !== undefined && !(typeof next === 'string' && /^\/services\/data\/[\w./-]+$/.test(next)))
    return failure(unreadable('a next page that is no path of its API'));
  return success({ records: records.filter(isObject), next });
}

/** The pages of a query, one after the other; ends behind the first failure. */
export async function* readPages(
  api: SalesforceApi,
  soql: string,
  reading: SoqlReading,
): AsyncGenerator<Result<readonly JsonObject[], CrmRefusal>> {
  let path: string | undefined = queryPath(soql);
  while (path !== undefined) {
    const page: Result<SoqlPage, CrmRefusal> = await readPage(api, path, reading);
    if (!page.ok) return yield page;
    yield success(page.value.records);
    path = page.value.next;
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
  const answer = await api.askJson({ path: `${apiPath}/sobjects/${object}/describe`, needs });
  if (!answer.ok) return answer;
  const fields = isObject(answer.value.value) ? answer.value.value['fields'] : undefined;
  if (!Array.isArray(fields)) return failure(unreadable('a description without fields'));
  const names = fields
    .filter(isObject)
    .filter(({ type }) => !compound.has(type))
    .map(({ name }) => name);
  return success(names.filter((name): name is string => typeof name === 'string' && /^\w+$/.test(name)));
}

const unreadable = (what: string): CrmRefusal => ({
  failure: { kind: 'broken', by: 'Salesforce', why: `it answered with ${what}` },
  errorCode: undefined,
});
