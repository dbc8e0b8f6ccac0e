import { toLongId } from '#lib/salesforce-id.ts';
import type { Slots } from '#model/event.ts';
import type { JsonObject } from '#model/source.ts';
import { readQuery, setQuerySlots } from '../query-slots.ts';
import { countOf, knownTextOf, listOf, textOf } from '../record-values.ts';
import { activityOfCall, activityOfReport, setApp } from '../salesforce-words.ts';

/** The kinds of event that tell of customer data being read. */

export const idOf = (value: unknown): string | undefined => {
  const id = textOf(value);
  return id === undefined ? undefined : toLongId(id);
};

function setQuery(slots: Slots, record: JsonObject): void {
  const query = textOf(record['Query']);
  if (query !== undefined) setQuerySlots(slots, readQuery(query));
  if (slots['resources.type'].length === 0) slots['resources.type'] = listOf(record['QueriedEntities']);
}

/** `SOAP Partner` and `SOAP Enterprise` are SOAP. */
function serviceOf(type: string | undefined): string | undefined {
  return type?.startsWith('SOAP') ? 'SOAP' : type;
}

/** RowsReturned is what this answer held; RowsProcessed counts the whole query, over all its pages. */
export function readApiEvent(slots: Slots, record: JsonObject): void {
  const operation = knownTextOf(record['Operation']);
  const returned = countOf(record['RowsReturned']);
  setQuery(slots, record);
  slots['api.operation'] = operation;
  slots['api.service.name'] = serviceOf(knownTextOf(record['ApiType']));
  slots['api.version'] = versionOf(record['ApiVersion']);
  slots['unmapped.rows'] =
    returned === undefined || returned === 0 ? (countOf(record['RowsProcessed']) ?? returned) : returned;
  const activity = operation === undefined ? 'query' : activityOfCall(operation);
  const hasQuery = slots['query_info.query_string'] !== undefined;
  slots.activity_name = activity === 'api-call' && hasQuery ? 'query' : activity;
  if (slots.activity_name === 'query' && slots['unmapped.query.is_count'] === true) slots.activity_name = 'count';
  setApp(slots, idOf(record['ConnectedAppId']), knownTextOf(record['Application']) ?? knownTextOf(record['Client']));
}

/** `58.0`; API versions arrive as texts and as numbers. */
export function versionOf(value: unknown): string | undefined {
  const text = knownTextOf(value);
  if (text === undefined || text.startsWith('999')) return undefined;
  return text.includes('.') ? text : `${text}.0`;
}

/** Somebody fetches what a bulk query found; neither the job nor the rows are stated. */
export function readBulkResult(slots: Slots, record: JsonObject): void {
  slots.activity_name = 'bulk-result';
  slots['api.service.name'] = 'Bulk';
  setQuery(slots, record);
}

function setColumns(slots: Slots, record: JsonObject): void {
  const columns = listOf(record['ColumnHeaders']);
  slots['unmapped.query.fields'] = columns;
  slots['unmapped.query.field_count'] =
    countOf(record['NumberOfColumns']) ?? (columns.length === 0 ? undefined : columns.length);
  slots['resources.type'] = listOf(record['QueriedEntities']);
  slots['resources.name'] = textOf(record['Name']);
  slots['unmapped.rows'] = countOf(record['RowsProcessed']);
  slots['unmapped.job.uid'] = textOf(record['ExecutionIdentifier']);
}

export function readReportEvent(slots: Slots, record: JsonObject): void {
  const operation = knownTextOf(record['Operation']);
  const isFile = knownTextOf(record['ExportFileFormat']) !== undefined;
  slots.activity_name = operation === undefined && isFile ? 'report-export' : activityOfReport(operation, undefined);
  slots['api.operation'] = operation;
  slots['api.service.name'] = 'Report';
  slots['resources.uid'] = idOf(record['ReportId']);
  setColumns(slots, record);
}

export function readListViewEvent(slots: Slots, record: JsonObject): void {
  slots.activity_name = 'list-view';
  slots['api.service.name'] = 'UI';
  slots['api.operation'] = knownTextOf(record['EventSource']);
  slots['resources.uid'] = idOf(record['ListViewId']);
  setColumns(slots, record);
}

/** A page: Operation says whether its record was read or changed. */
export function readUriEvent(slots: Slots, record: JsonObject): void {
  const operation = knownTextOf(record['Operation']);
  slots.activity_name = /^(?:create|insert|update|delete)/i.test(operation ?? '') ? 'write' : 'record-view';
  slots['api.operation'] = operation;
  slots['api.service.name'] = 'UI';
  slots['resources.uid'] = idOf(record['RecordId']);
  slots['resources.name'] = textOf(record['Name']);
  slots['resources.type'] = listOf(record['QueriedEntities']);
  slots['http_request.url.path'] = textOf(record['PageUrl']);
  slots.message = textOf(record['Message']);
}

/** UPLOAD, PREVIEW, UI_DOWNLOAD, API_DOWNLOAD. */
export function readFileEvent(slots: Slots, record: JsonObject): void {
  const action = knownTextOf(record['FileAction']);
  slots.activity_name = action?.includes('UPLOAD') ? 'write' : 'file-read';
  slots['api.operation'] = action;
  slots['resources.type'] = ['ContentDocument'];
  slots['resources.uid'] = idOf(record['DocumentId']) ?? idOf(record['VersionId']);
  slots['resources.name'] = textOf(record['FileName']);
  slots['query_info.bytes'] = countOf(record['ContentSize']);
}
