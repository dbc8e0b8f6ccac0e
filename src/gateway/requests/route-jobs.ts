import { z } from 'zod';
import { isSalesforceId } from '#lib/salesforce-id.ts';
import type { Asked, BulkForm, Refusal } from '../call.ts';
import { readJson } from './read-json.ts';
import type { ReadSoql } from './read-soql.ts';
import { isRefusal, refuseId, refuseRequest } from './refuse.ts';
import { asks, type DataCall, onlyGet, type Route, refusesParameters } from './route.ts';
import { refuseWrite } from './unspoken.ts';

/** A query of 100,000 characters, six bytes each when escaped, and its frame. */
const createBytes = 640 * 1024;

/** `ColumnDelimiterEnum`, Bulk API 2.0 Developer Guide, "Create a Query Job". */
const delimiters = { COMMA: ',', CARET: '^', BACKQUOTE: '`', PIPE: '|', SEMICOLON: ';', TAB: '\t' } as const;
export const delimiterNames = new Map(Object.entries(delimiters).map(([name, character]) => [character, name]));

const creation = z.strictObject({
  operation: z.enum(['query', 'queryAll']),
  query: z.string(),
  contentType: z.literal('CSV').optional(),
  columnDelimiter: z.enum(['COMMA', 'CARET', 'BACKQUOTE', 'PIPE', 'SEMICOLON', 'TAB']).default('COMMA'),
  lineEnding: z.enum(['LF', 'CRLF']).default('LF'),
});
const change = z.strictObject({ state: z.literal('Aborted') });

/** Query jobs of Bulk API 2.0, below `/jobs/query`. */
export function jobRoute(call: DataCall): Route | Refusal | undefined {
  const [, , job, part] = call.segments;
  if (call.segments.length > 4) return undefined;
  if (job === undefined) return routeJobs(call);
  if (!isSalesforceId(job)) return refuseId('malformed-id', 'this is no id of a job');
  if (part === undefined) return routeJob(call, job);
  return part === 'results' || part === 'resultPages' ? routeResults(call, job, part) : undefined;
}

function routeJobs(call: DataCall): Route | Refusal {
  if (call.method !== 'POST') return routeList(call);
  const refusal = refusesParameters(call.parameters, []);
  if (refusal !== undefined) return refusal;
  // "The order of columns is as in the query" from API version 50.0 on; before, nothing tells which column is the id.
  if (Number(call.version) < 50) return refuseRequest('version', 'query jobs are spoken from API version 50.0 on');
  return { bodyBytes: createBytes, read: (body) => readCreation(body, call.readSoql) };
}

/** Bulk API 2.0 Developer Guide, "Get Information About All Query Jobs". */
const filterNames = ['isPkChunkingEnabled', 'jobType', 'concurrencyMode', 'queryLocator'];

function routeList(call: DataCall): Route | Refusal {
  for (const value of call.parameters.values())
    if (!/^[0-9A-Za-z_-]{1,100}$/.test(value))
      return refuseRequest('malformed-parameter', 'a filter of the list of jobs is one word');
  return onlyGet(call, { kind: 'bulk-list', filters: call.parameters }, filterNames);
}

function readCreation(body: Uint8Array | undefined, readSoql: ReadSoql): Asked | Refusal {
  const read = readJson(body, creation);
  if (isRefusal(read)) return read;
  const { query: text, operation, columnDelimiter, lineEnding } = read.value;
  const query = readSoql(text);
  if (isRefusal(query)) return query;
  const form: BulkForm = { delimiter: delimiters[columnDelimiter], lineEnding };
  return { kind: 'bulk-create', query, text, all: operation === 'queryAll', job: form };
}

function routeJob(call: DataCall, job: string): Route | Refusal {
  if (call.method === 'GET') return onlyGet(call, { kind: 'bulk-see', job });
  const refusal = refusesParameters(call.parameters, []);
  if (refusal !== undefined) return refusal;
  if (call.method === 'DELETE') return asks({ kind: 'bulk-delete', job });
  if (call.method !== 'PATCH') return refuseWrite(call.method.slice(0, 20), 'jobs');
  const read = (body: Uint8Array | undefined): Asked | Refusal => {
    const changed = readJson(body, change);
    return isRefusal(changed) ? changed : { kind: 'bulk-abort', job };
  };
  return { bodyBytes: 1024, read };
}

function routeResults(call: DataCall, job: string, part: 'results' | 'resultPages'): Route | Refusal {
  const { parameters } = call;
  const locator = parameters.get('locator');
  if (locator !== undefined && !/^[0-9A-Za-z_=+/-]{1,200}$/.test(locator))
    return refuseRequest('malformed-locator', 'this is no locator that a result has given');
  if (part === 'resultPages') return onlyGet(call, { kind: 'bulk-pages', job, locator }, ['locator']);
  const most = parameters.get('maxRecords');
  if (most !== undefined && !/^[1-9]\d{0,9}$/.test(most))
    return refuseRequest('malformed-parameter', 'maxRecords is a whole number above 0');
  const maxRecords = most === undefined ? undefined : Number(most);
  return onlyGet(call, { kind: 'bulk-results', job, locator, maxRecords }, ['locator', 'maxRecords']);
}
