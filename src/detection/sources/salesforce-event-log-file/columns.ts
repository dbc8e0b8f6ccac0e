import { seedOf } from '#lib/fingerprint.ts';
import type { JsonObject } from '#model/source.ts';
import { textOf } from '../record-values.ts';

/** The columns that become slots. An event type has some of them; what else a file holds stays in the raw line. */
export const columnNames = [
  'ACCESS_ERROR',
  'ACTION',
  'ACTUAL_USER_ID',
  'API_FAMILY',
  'API_RESOURCE',
  'API_TYPE',
  'API_VERSION',
  'AUTHENTICATION_METHOD_REFERENCE',
  'AVERAGE_ROW_SIZE',
  'BROWSER_TYPE',
  'CLASS_NAME',
  'CLIENT_ID',
  'CLIENT_INFO',
  'CLIENT_IP',
  'CLIENT_NAME',
  'CONNECTED_APP_ID',
  'CONNECTED_APP_NAME',
  'DELEGATED_USER_ID',
  'DELEGATED_USER_ID_DERIVED',
  'DELEGATED_USER_NAME',
  'DESCRIPTION',
  'DISPLAY_TYPE',
  'DML_TYPE',
  'DOCUMENT_ID',
  'DOCUMENT_ID_DERIVED',
  'ENTITY_ID',
  'ENTITY_NAME',
  'ENTITY_TYPE',
  'ENTRY_POINT',
  'ERROR_DESCRIPTION',
  'ERROR_MESSAGE',
  'EVENT_TYPE',
  'EXCEPTION_MESSAGE',
  'FAILURE_REASON',
  'FEATURE_ID',
  'FIRST_ENTITY_ID',
  'HTTP_HEADERS',
  'HTTP_METHOD',
  'INSTALL_TYPE',
  'IP_ADDRESS',
  'IS_GUEST',
  'JOB_ID',
  'JOB_STATUS',
  'LOGIN_KEY',
  'LOGIN_STATUS',
  'LOGIN_SUB_TYPE',
  'LOGIN_TYPE',
  'METHOD',
  'METHOD_NAME',
  'NUMBER_COLUMNS',
  'NUMBER_FIELDS',
  'NUM_RESULTS',
  'NUM_ROWS',
  'OPERATION',
  'OPERATION_TYPE',
  'ORGANIZATION_ID',
  'ORIGIN',
  'PACKAGE_NAME',
  'PACKAGE_NAMESPACE',
  'PACKAGE_VERSION_ID',
  'PAGE_CONTEXT',
  'PAGE_ENTITY_ID',
  'PAGE_ENTITY_TYPE',
  'PAGE_NAME',
  'PAGE_URL',
  'PERMISSION_TYPE',
  'PREFIXES_SEARCHED',
  'QUERY',
  'RECORDS_PROCESSED',
  'RECORD_ID',
  'RELATED_ENTITY_ID',
  'RENDERING_TYPE',
  'REPORT_DESCRIPTION',
  'REPORT_ID',
  'REPORT_ID_DERIVED',
  'REQUESTED_ACCESS_LEVEL',
  'REQUEST_ID',
  'REQUEST_PATH',
  'REQUEST_STATUS',
  'RESPONSE_SIZE',
  'RESULT_SIZE_MB',
  'ROWS_PROCESSED',
  'ROW_COUNT',
  'SEARCH_QUERY',
  'SESSION_KEY',
  'SHARING_OPERATION',
  'SITE_ID',
  'SIZE_BYTES',
  'SOURCE_IP',
  'STATUS_CODE',
  'SUCCESS',
  'TIMESTAMP',
  'TIMESTAMP_DERIVED',
  'TRANSACTION_TYPE',
  'UI_NUMBER_COLUMNS',
  'UPDATE_TYPE',
  'URI',
  'URI_ID_DERIVED',
  'URL',
  'USER_AGENT',
  'USER_ID',
  'USER_ID_DERIVED',
  'USER_NAME',
  'USER_TYPE',
  'VERSION_ID',
  'VERSION_ID_DERIVED',
] as const;
type ColumnName = (typeof columnNames)[number];

/** Where each column stands in a row; -1 where the file has none. */
export type Columns = Readonly<Record<ColumnName, number>>;

const absent = Object.fromEntries(columnNames.map((name) => [name, -1])) as Record<ColumnName, number>;
const isColumnName = (name: string): name is ColumnName => Object.hasOwn(absent, name);

/** Columns that Salesforce renamed with a release, under the name of before. */
const formerNames: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    USER_IDENTIFIER: 'USER_ID',
    PAGE_OBJECT_TYPE: 'PAGE_ENTITY_TYPE',
    OPERATING_SYSTEM_NAME: 'OS_NAME',
  }),
);

/** What connectors add in the very style of the columns. */
const additions: ReadonlySet<string> = new Set([
  'USER_EMAIL',
  'HOST',
  'SOURCE',
  'SOURCETYPE',
  'INDEX',
  'TAGS',
  'MESSAGE',
  'RAW',
]);

/**
 * Whether a column's contents tell rows apart: the time has its own place in the key, the `_DERIVED` columns say what
 * others say, and additions differ from connector to connector.
 */
const tellsApart = (name: string): boolean =>
  name !== 'TIMESTAMP' && !name.endsWith('_DERIVED') && !additions.has(name) && name !== '';

export interface Layout {
  readonly at: Columns;
  /** Positions and seeds (`seedOf` the name) of the columns that tell rows apart. */
  readonly keyed: readonly { readonly position: number; readonly seed: number }[];
  readonly width: number;
}

/** The layout of a file with these column names; undefined when it is no event log file. */
export function layOut(names: readonly string[]): Layout | undefined {
  const at = { ...absent };
  const keyed: { position: number; seed: number }[] = [];
  names.forEach((name, position) => {
    const former = formerNames.get(name) ?? name;
    if (isColumnName(former) && at[former] === -1) at[former] = position;
    if (tellsApart(former)) keyed.push({ position, seed: seedOf(former) });
  });
  if (at.EVENT_TYPE === -1 || (at.TIMESTAMP === -1 && at.TIMESTAMP_DERIVED === -1)) return undefined;
  return { at, keyed, width: names.length };
}

/** `\ufeffEVENT_TYPE`, `event_type`, `"EVENT_TYPE"` are EVENT_TYPE. */
export const headerName = (cell: string): string =>
  cell
    .replace(/[\ufeff"]/g, '')
    .trim()
    .toUpperCase();

/**
 * How connectors write column names. A record's style is that of its EVENT_TYPE, and keys of another style are the
 * connector's own.
 */
const styles: readonly {
  readonly key: string;
  readonly timeKey: string;
  readonly form: RegExp;
  readonly nameOf: (key: string) => string;
}[] = [
  { key: 'EVENT_TYPE', timeKey: 'TIMESTAMP', form: /^[A-Z][A-Z0-9_]*$/, nameOf: (key) => key },
  { key: 'event_type', timeKey: 'timestamp', form: /^[a-z][a-z0-9_]*$/, nameOf: (key) => key.toUpperCase() },
  // Azure Log Analytics marks each custom column with its type.
  {
    key: 'event_type_s',
    timeKey: 'timestamp_d',
    form: /^[a-z][a-z0-9_]*_[sdbtg]$/i,
    nameOf: (key) => key.slice(0, -2).toUpperCase(),
  },
  {
    key: 'EventType',
    timeKey: 'Timestamp',
    form: /^(?:[A-Z][a-z0-9]*)+$/,
    nameOf: (key) => key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase(),
  },
  { key: 'Event_Type', timeKey: 'Timestamp', form: /^[A-Za-z][A-Za-z0-9_]*$/, nameOf: (key) => key.toUpperCase() },
];

/** Others too have `event_type` and a time (Suricata's EVE, Duo); Salesforce's types begin with a capital. */
const isForeign = (record: JsonObject): boolean => /^[a-z]/.test(String(record['event_type'] ?? ''));

const hasTime = (name: string): boolean => name === 'TIMESTAMP' || name === 'TIMESTAMP_DERIVED';

/** The columns and cells of a row that a connector keeps as a JSON object; undefined when it is none. */
export function unfoldRecord(
  record: JsonObject,
): { readonly names: readonly string[]; readonly cells: readonly string[] } | undefined {
  const style = styles.find(({ key }) => textOf(record[key]) !== undefined);
  if (style === undefined) return undefined;
  const names: string[] = [];
  const cells: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (!style.form.test(key)) continue;
    // `type_` is TYPE: connectors keep clear of reserved words.
    const name = style.nameOf(key).replace(/_+$/, '');
    const text = textOf(value);
    if (text === undefined) continue;
    names.push(name);
    cells.push(text);
  }
  // A TIMESTAMP that has become a number has lost its milliseconds: TIMESTAMP_DERIVED is better where there is one.
  const mangled = typeof record[style.timeKey] === 'number' ? names.indexOf('TIMESTAMP') : -1;
  if (mangled >= 0 && names.includes('TIMESTAMP_DERIVED')) cells[mangled] = '';
  return names.some(hasTime) && !isForeign(record) ? { names, cells } : undefined;
}
