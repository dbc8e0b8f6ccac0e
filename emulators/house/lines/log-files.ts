/** The ways in which a house's logs reach it. */
export const channels = ['event-log-file', 'real-time', 'login-history', 'setup-audit-trail', 'okta'] as const;
export type Channel = (typeof channels)[number];

// The columns around those of an event type: EVENT_TYPE to LOGIN_KEY before, the derived ones after.
const before = 'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,RUN_TIME,CPU_TIME,URI,SESSION_KEY,LOGIN_KEY,';
const after = ',TIMESTAMP_DERIVED,USER_ID_DERIVED,CLIENT_IP,URI_ID_DERIVED';

/** Header rows of event log files, in the order of live files. */
const eventLogColumns = {
  RestApi: `${before}USER_TYPE,REQUEST_STATUS,DB_TOTAL_TIME,METHOD,MEDIA_TYPE,STATUS_CODE,USER_AGENT,ROWS_PROCESSED,NUMBER_FIELDS,DB_BLOCKS,DB_CPU_TIME,REQUEST_SIZE,RESPONSE_SIZE,ENTITY_NAME,CONNECTED_APP_ID,CLIENT_NAME,EXCEPTION_MESSAGE,QUERY${after}`,
  API: `${before}REQUEST_STATUS,DB_TOTAL_TIME,API_TYPE,API_VERSION,CLIENT_NAME,METHOD_NAME,ENTITY_NAME,ROWS_PROCESSED,REQUEST_SIZE,RESPONSE_SIZE,DB_BLOCKS,DB_CPU_TIME${after}`,
  BulkApi2: `${before}JOB_ID,OPERATION_TYPE,ENTITY_TYPE,JOB_STATUS,RECORDS_PROCESSED,RECORDS_FAILED,RESULT_SIZE_MB,ERROR_MESSAGE${after}`,
  ApiTotalUsage:
    'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,API_FAMILY,API_VERSION,API_RESOURCE,CLIENT_NAME,HTTP_METHOD,CLIENT_IP,COUNTS_AGAINST_API_LIMIT,CONNECTED_APP_ID,ENTITY_NAME,STATUS_CODE,CONNECTED_APP_NAME,USER_NAME,TIMESTAMP_DERIVED',
  Login: `${before}USER_TYPE,REQUEST_STATUS,DB_TOTAL_TIME,LOGIN_TYPE,BROWSER_TYPE,API_TYPE,API_VERSION,USER_NAME,TLS_PROTOCOL,CIPHER_SUITE,AUTHENTICATION_METHOD_REFERENCE,LOGIN_SUB_TYPE${after},LOGIN_STATUS,SOURCE_IP`,
  Logout:
    'EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,USER_TYPE,SESSION_TYPE,SESSION_LEVEL,BROWSER_TYPE,PLATFORM_TYPE,RESOLUTION_TYPE,APP_TYPE,CLIENT_VERSION,API_TYPE,API_VERSION,USER_INITIATED_LOGOUT,SESSION_KEY,LOGIN_KEY,TIMESTAMP_DERIVED,USER_ID_DERIVED,CLIENT_IP',
  Report: `${before}USER_TYPE,REQUEST_STATUS,DB_TOTAL_TIME,ENTITY_NAME,DISPLAY_TYPE,RENDERING_TYPE,REPORT_ID,ROW_COUNT,NUMBER_EXCEPTION_FILTERS,NUMBER_COLUMNS,UI_NUMBER_COLUMNS,AVERAGE_ROW_SIZE,SORT,DB_BLOCKS,DB_CPU_TIME,NUMBER_BUCKETS${after},REPORT_ID_DERIVED,ORIGIN`,
  ReportExport: `${before}CLIENT_INFO,REPORT_DESCRIPTION${after}`,
  URI: `${before}REQUEST_STATUS,DB_TOTAL_TIME,DB_BLOCKS,DB_CPU_TIME,REFERRER_URI${after}`,
} as const;

export type EventLogType = keyof typeof eventLogColumns;
export const eventLogTypes = Object.keys(eventLogColumns) as readonly EventLogType[];
export const columnsOf = (type: EventLogType): readonly string[] => eventLogColumns[type].split(',');

/** SetupAuditTrail as a query of all its fields exports it. */
export const setupAuditTrailColumns = [
  'Id',
  'Action',
  'Section',
  'CreatedDate',
  'CreatedById',
  'Display',
  'DelegateUser',
  'ResponsibleNamespacePrefix',
  'CreatedByContext',
  'CreatedByIssuer',
] as const;

/** One file of an export, and what stands around and between its lines. */
export interface LogFile {
  readonly name: string;
  readonly channel: Channel;
  readonly head: string;
  readonly between: string;
  readonly tail: string;
}

const quoted = (columns: readonly string[]): string => `${columns.map((column) => `"${column}"`).join(',')}\n`;
const csv = (name: string, channel: Channel, columns: readonly string[]): LogFile => ({
  name,
  channel,
  head: quoted(columns),
  between: '\n',
  tail: '\n',
});
const ndjson = (name: string, channel: Channel): LogFile => ({ name, channel, head: '', between: '\n', tail: '\n' });

const eventLogFiles = Object.fromEntries(
  eventLogTypes.map((type) => [type, csv(`${type}.csv`, 'event-log-file', columnsOf(type))]),
) as Record<EventLogType, LogFile>;

/** Every file the house's logs come in, by a short name. */
export const logFiles = {
  ...eventLogFiles,
  ApiEvent: ndjson('ApiEvent.ndjson', 'real-time'),
  BulkApiResultEvent: ndjson('BulkApiResultEvent.ndjson', 'real-time'),
  LoginEvent: ndjson('LoginEvent.ndjson', 'real-time'),
  LogoutEvent: ndjson('LogoutEvent.ndjson', 'real-time'),
  ReportEvent: ndjson('ReportEvent.ndjson', 'real-time'),
  ListViewEvent: ndjson('ListViewEvent.ndjson', 'real-time'),
  LoginHistory: { name: 'LoginHistory.json', channel: 'login-history', head: '[\n', between: ',\n', tail: '\n]\n' },
  SetupAuditTrail: csv('SetupAuditTrail.csv', 'setup-audit-trail', setupAuditTrailColumns),
  okta: ndjson('okta.ndjson', 'okta'),
} as const satisfies Record<string, LogFile>;

export type LogName = keyof typeof logFiles;

/** The lines of one file as the file's text. */
export function frame(file: LogFile, lines: readonly string[]): string {
  return lines.length === 0 ? '' : file.head + lines.join(file.between) + file.tail;
}
