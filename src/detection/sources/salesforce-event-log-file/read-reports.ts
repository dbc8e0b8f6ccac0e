import { isSalesforceId, toLongId } from '#lib/salesforce-id.ts';
import type { Slots } from '#model/event.ts';
import { decodeParameter } from '../query-slots.ts';
import { isObject, textOf } from '../record-values.ts';
import { activityOfReport } from '../salesforce-words.ts';
import { objectsOf, userAgentOf } from './read-calls.ts';
import { parameterOf } from './rest-path.ts';
import type { Row } from './row.ts';

/** Report and AsyncReportRun: rows and columns are counted, the bytes are rows times their average size. */
export function readReport(slots: Slots, row: Row): void {
  const { at } = row;
  const origin = row.text(at.ORIGIN);
  const rows = row.count(at.ROW_COUNT);
  const rowBytes = row.count(at.AVERAGE_ROW_SIZE);
  slots.activity_name = activityOfReport(origin, row.text(at.RENDERING_TYPE));
  slots['api.operation'] = origin;
  slots['api.service.name'] = 'Report';
  slots['resources.uid'] = row.id(at.REPORT_ID, at.REPORT_ID_DERIVED);
  slots['resources.type'] = objectsOf(row.text(at.ENTITY_NAME));
  slots['unmapped.rows'] = rows;
  slots['query_info.bytes'] = rows === undefined || rowBytes === undefined ? undefined : rows * rowBytes;
  slots['unmapped.query.field_count'] = row.count(at.NUMBER_COLUMNS) ?? row.count(at.UI_NUMBER_COLUMNS);
  slots['http_request.url.path'] = row.unquoted(at.URI);
}

/** ReportExport: which report and, in REPORT_DESCRIPTION, which columns; the log does not say how many rows. */
export function readReportExport(slots: Slots, row: Row): void {
  const { at } = row;
  const uri = row.unquoted(at.URI);
  const description = readDescription(row.unquoted(at.REPORT_DESCRIPTION) ?? '');
  slots.activity_name = 'report-export';
  slots['api.service.name'] = 'Report';
  slots['api.operation'] = description.format;
  slots['resources.uid'] = row.id(-1, at.URI_ID_DERIVED) ?? idIn(uri) ?? description.id;
  slots['resources.name'] = description.name;
  slots['resources.type'] = description.objects;
  slots['unmapped.query.fields'] = description.fields;
  slots['unmapped.query.field_count'] = description.fields.length === 0 ? undefined : description.fields.length;
  slots['http_request.url.path'] = uri;
  slots['http_request.user_agent'] = userAgentOf(row.unquoted(at.CLIENT_INFO));
}

/** The first step of a path that is an id: `/00O3X00000C8f8VUAR`. */
export function idIn(uri: string | undefined): string | undefined {
  const id = uri?.split(/[/?]/).find(isSalesforceId);
  return id === undefined ? undefined : toLongId(id);
}

interface Description {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly objects: readonly string[];
  readonly fields: readonly string[];
  /** `csv`, `xls`, ... */
  readonly format: string | undefined;
}

/** The query of the export request; `runReportJson` holds the report, `xf` the file's format. */
function readDescription(text: string): Description {
  const parameters = text.startsWith('?') ? text.slice(1) : text;
  const encoded = parameterOf(parameters, 'runReportJson');
  const json = encoded === undefined ? '' : decodeParameter(encoded);
  const metadata = metadataIn(json);
  const details = metadata?.['detailColumns'];
  const type = metadata?.['reportType'];
  const typeName = isObject(type) ? textOf(type['type']) : textOf(type);
  return {
    id: longId(textOf(metadata?.['id'])),
    name: textOf(metadata?.['name']),
    // Standard report types are called after their object: `CaseList`.
    objects: typeName === undefined ? [] : [typeName.replace(/List$/, '')],
    fields: Array.isArray(details) ? details.flatMap((each) => textOf(each) ?? []) : columnsIn(json),
    format: parameterOf(parameters, 'xf'),
  };
}

const longId = (id: string | undefined): string | undefined => (id === undefined ? undefined : toLongId(id));

function metadataIn(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const report: unknown = JSON.parse(json);
    const metadata = isObject(report) ? report['reportMetadata'] : undefined;
    return isObject(metadata) ? metadata : undefined;
  } catch {
    return undefined;
  }
}

/** The detail columns of a description that the log has cut. */
function columnsIn(json: string): readonly string[] {
  const list = /"detailColumns"\s*:\s*\[([^\]]*)/.exec(json)?.[1] ?? '';
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
}
