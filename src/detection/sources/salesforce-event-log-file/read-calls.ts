import { isSalesforceId, toLongId } from '#lib/salesforce-id.ts';
import type { Activity } from '#model/activity.ts';
import type { Slots } from '#model/event.ts';
import { setQuerySlots } from '../query-slots.ts';
import { splitList } from '../record-values.ts';
import { activityOfCall, setApp } from '../salesforce-words.ts';
import type { Row } from './row.ts';

/** API versions as `58.0`; 9998.0 is how a log says that it knows none. */
export function versionOf(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith('999')) return undefined;
  const bare = text.startsWith('v') ? text.slice(1) : text;
  return bare.includes('.') ? bare : `${bare}.0`;
}

/** A user agent; older logs have a number for it, 9999 for an unknown one. */
export function userAgentOf(text: string | undefined): string | undefined {
  return text === undefined || /^\d+$/.test(text) ? undefined : text;
}

/** `Contact`, a set of objects, or the id of a custom object's definition. */
export function objectsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const names = /[,;[{("\s]/.test(text) ? splitList(text) : [text];
  return names.map((name) => (isSalesforceId(name) ? toLongId(name) : name));
}

/** `Workbench/` is Workbench. */
const appNameOf = (text: string | undefined): string | undefined => (text?.endsWith('/') ? text.slice(0, -1) : text);

function setObjects(slots: Slots, row: Row, position: number): void {
  const objects = objectsOf(row.text(position));
  if (slots['resources.type'].length === 0 && objects.length > 0) slots['resources.type'] = objects;
}

/** What a request to an address did, from the address, the method and the query where one is logged. */
function setRequest(slots: Slots, row: Row, uri: string, method: string | undefined, query?: string): void {
  const request = row.addresses.read(uri, method);
  slots.activity_name = request.activity;
  slots['api.operation'] = request.operation === '' ? undefined : request.operation;
  slots['api.service.name'] = request.service;
  slots['api.version'] = request.version;
  slots['http_request.url.path'] = request.path;
  slots['http_request.http_method'] = method;
  slots['resources.uid'] = request.recordId;
  slots['unmapped.job.uid'] = request.jobId;
  if (request.objects !== undefined && request.objects.length > 0) slots['resources.type'] = request.objects;
  const text = query ?? request.query;
  if (text !== undefined) setQuery(slots, row, text, query === undefined);
}

function setQuery(slots: Slots, row: Row, text: string, encoded: boolean): void {
  const facts = row.queries.read(text, encoded);
  setQuerySlots(slots, facts);
  if (slots.activity_name === 'query' && facts.isCount) slots.activity_name = 'count';
}

/** SOAP: METHOD_NAME is the call. */
export function readApi(slots: Slots, row: Row): void {
  const { at } = row;
  const method = row.text(at.METHOD_NAME);
  const type = row.text(at.API_TYPE);
  slots.activity_name = method === undefined ? 'api-call' : activityOfCall(method);
  slots['api.operation'] = method;
  slots['api.service.name'] = type === 'T' ? 'Tooling' : type === 'M' ? 'Metadata' : 'SOAP';
  // The Tooling API reads the organisation's make, not its customers.
  if (type === 'T' && slots.activity_name === 'query') slots.activity_name = 'describe-object';
  slots['api.version'] = versionOf(row.text(at.API_VERSION));
  setApp(slots, row.id(at.CONNECTED_APP_ID), appNameOf(row.unquoted(at.CLIENT_NAME)));
  setObjects(slots, row, at.ENTITY_NAME);
  const query = row.unquoted(at.QUERY);
  if (query !== undefined) setQuery(slots, row, query, false);
  slots['unmapped.rows'] = row.count(at.ROWS_PROCESSED);
  slots['query_info.bytes'] = row.count(at.RESPONSE_SIZE);
}

/** RestApi, ApexRestApi and the like: the address is the call. */
export function readRestApi(slots: Slots, row: Row): void {
  const { at } = row;
  slots['unmapped.query.field_count'] = row.count(at.NUMBER_FIELDS);
  const method = row.text(at.METHOD) ?? row.text(at.HTTP_METHOD);
  setRequest(slots, row, row.unquoted(at.URI) ?? '', method, row.unquoted(at.QUERY));
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(at.USER_AGENT));
  setApp(slots, row.id(at.CONNECTED_APP_ID), appNameOf(row.unquoted(at.CLIENT_NAME)));
  setObjects(slots, row, at.ENTITY_NAME);
  slots['unmapped.rows'] = row.count(at.ROWS_PROCESSED);
  slots['query_info.bytes'] = row.count(at.RESPONSE_SIZE);
}

/** Apex REST: only the house's own code knows what its addresses answer. */
export function readApexRest(slots: Slots, row: Row): void {
  readRestApi(slots, row);
  slots.activity_name = 'api-call';
  slots['api.service.name'] = 'Apex';
}

export function readApexSoap(slots: Slots, row: Row): void {
  const { at } = row;
  const [className, methodName] = [row.text(at.CLASS_NAME), row.text(at.METHOD_NAME)];
  slots.activity_name = 'api-call';
  slots['api.service.name'] = 'Apex';
  slots['api.operation'] = className === undefined ? methodName : `${className}.${methodName ?? ''}`;
  setApp(slots, row.id(at.CONNECTED_APP_ID), appNameOf(row.unquoted(at.CLIENT_NAME)));
  const query = row.unquoted(at.QUERY);
  if (query !== undefined) setQuery(slots, row, query, false);
}

const families: Readonly<Record<string, string>> = { REST: 'REST', SOAP: 'SOAP', BULK: 'Bulk' };

/** The one log of API calls that needs no licence: it counts calls, and knows neither rows nor bytes. */
export function readApiTotalUsage(slots: Slots, row: Row): void {
  const { at } = row;
  const resource = row.unquoted(at.API_RESOURCE) ?? '';
  const family = row.text(at.API_FAMILY);
  if (resource.includes('/')) setRequest(slots, row, resource, row.text(at.HTTP_METHOD));
  else {
    slots.activity_name = resource === '' ? 'api-call' : activityOfCall(resource);
    slots['api.operation'] = resource === '' ? undefined : resource;
    slots['http_request.http_method'] = row.text(at.HTTP_METHOD);
    slots['api.service.name'] = family === undefined ? undefined : (families[family.toUpperCase()] ?? family);
  }
  if (family?.toUpperCase().startsWith('SOAP')) slots['api.service.name'] = 'SOAP';
  slots['api.version'] = versionOf(row.text(at.API_VERSION)) ?? slots['api.version'];
  const name = row.unquoted(at.CONNECTED_APP_NAME) ?? appNameOf(row.unquoted(at.CLIENT_NAME));
  setApp(slots, row.id(at.CONNECTED_APP_ID), name);
  setObjects(slots, row, at.ENTITY_NAME);
}

/** A composite request is only an envelope; its parts are CompositeApiSubrequest rows. */
export function readComposite(slots: Slots, row: Row): void {
  const { at } = row;
  slots['unmapped.query.field_count'] = row.count(at.NUMBER_FIELDS);
  setRequest(slots, row, row.unquoted(at.URI) ?? '', row.text(at.METHOD));
  if (row.text(at.URI) === undefined) slots['api.operation'] = 'composite';
}

const isQuery = (operation: string | undefined): boolean => operation?.toLowerCase().startsWith('query') ?? false;

/** Bulk API 1.0: a row per batch. A job that reads states so in OPERATION_TYPE, often only once it has rows. */
export function readBulkApi(slots: Slots, row: Row): void {
  const { at } = row;
  const operation = row.text(at.OPERATION_TYPE);
  const rows = row.count(at.ROWS_PROCESSED);
  const reading: Activity = rows === undefined ? 'bulk-progress' : 'bulk-complete';
  slots.activity_name = operation === undefined ? 'api-call' : isQuery(operation) ? reading : 'bulk-write';
  slots['api.operation'] = operation;
  slots['api.service.name'] = 'Bulk';
  slots['unmapped.job.uid'] = row.id(at.JOB_ID);
  slots['unmapped.rows'] = rows;
  setObjects(slots, row, at.ENTITY_TYPE);
}

const jobStates: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    open: 'bulk-create',
    created: 'bulk-create',
    uploadcomplete: 'bulk-progress',
    inprogress: 'bulk-progress',
    complete: 'bulk-complete',
    completed: 'bulk-complete',
    jobcomplete: 'bulk-complete',
    failed: 'bulk-complete',
    aborted: 'bulk-abort',
    abort: 'bulk-abort',
    deleted: 'bulk-delete',
  }),
);

const bytesPerMegabyte = 1_048_576;

/** Bulk API 2.0: a row per state of a job; RECORDS_PROCESSED counts up over the rows of one JOB_ID. */
export function readBulkApi2(slots: Slots, row: Row): void {
  const { at } = row;
  const status = row.text(at.JOB_STATUS);
  const state = status?.toLowerCase().replace(/[^a-z]/g, '') ?? '';
  const operation = row.text(at.OPERATION_TYPE);
  const activity = jobStates.get(state) ?? 'bulk-progress';
  const isWriting = operation !== undefined && !isQuery(operation);
  slots.activity_name = isWriting && activity !== 'bulk-abort' && activity !== 'bulk-delete' ? 'bulk-write' : activity;
  slots['api.operation'] = status;
  slots['api.service.name'] = 'Bulk2';
  slots['unmapped.job.uid'] = row.id(at.JOB_ID);
  slots['unmapped.rows'] = row.count(at.RECORDS_PROCESSED);
  const megabytes = row.count(at.RESULT_SIZE_MB);
  slots['query_info.bytes'] = megabytes === undefined ? undefined : Math.round(megabytes * bytesPerMegabyte);
  setApp(slots, row.id(at.CONNECTED_APP_ID), appNameOf(row.unquoted(at.CLIENT_NAME)));
  setObjects(slots, row, at.ENTITY_TYPE);
  const query = row.unquoted(at.QUERY);
  if (query !== undefined) setQuery(slots, row, query, false);
  if (state === 'failed') slots.status_id = 2;
}

/** One HTTP request of a bulk job, either generation. */
export function readBulkApiRequest(slots: Slots, row: Row): void {
  const { at } = row;
  const path = row.unquoted(at.REQUEST_PATH) ?? row.unquoted(at.URI) ?? '';
  const method = row.text(at.METHOD) ?? row.text(at.HTTP_METHOD);
  const operation = row.text(at.OPERATION_TYPE);
  setRequest(slots, row, path, method);
  if (slots['api.service.name'] === 'REST') slots['api.service.name'] = 'Bulk';
  if (slots.activity_name === 'api-call' && operation !== undefined) {
    const isOpening = slots['api.operation'] === 'job';
    slots.activity_name = !isQuery(operation) ? 'bulk-write' : isOpening ? 'bulk-create' : 'bulk-progress';
  } else if (operation !== undefined && !isQuery(operation)) slots.activity_name = 'bulk-write';
  slots['api.operation'] = operation ?? slots['api.operation'];
  slots['api.version'] = versionOf(row.text(at.API_VERSION)) ?? slots['api.version'];
  slots['unmapped.job.uid'] = row.id(at.JOB_ID) ?? slots['unmapped.job.uid'];
  setApp(slots, row.id(at.CONNECTED_APP_ID), appNameOf(row.unquoted(at.CLIENT_NAME)));
}
