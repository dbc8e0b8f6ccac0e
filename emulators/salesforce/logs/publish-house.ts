import type { LivePlay, LogPiece } from '#emulators/house/live-play.ts';
import type { LogBook, LogRecord } from './log-book.ts';
import { type LogObject, logObjectOf } from './log-objects.ts';

/** Something that appears in the CRM's logs at a moment, ms UTC. */
export interface Appearance {
  readonly at: number;
  readonly put: (logs: LogBook) => void;
}

const [minuteMs, hourMs] = [60_000, 3_600_000];
const dayMs = 24 * hourMs;

/** Hourly files come 3 to 6 hours after their hour, a day's in the next night, records within minutes. */
const fileDelaysMs = [3, 3.5, 4, 5, 6].map((hours) => hours * hourMs);
const nightMs = 3 * hourMs;
const recordDelayMs = minuteMs;

/**
 * What the house's life and story leave in the CRM's logs from one full hour to another, in the order in which it
 * appears: files for each hour and each day, histories, Event Log Objects and stored events.
 */
export function appearancesOf(play: LivePlay, from: number, to: number): readonly Appearance[] {
  const appearances: Appearance[] = [];
  const days = new Map<string, { readonly day: number; text: string }>();
  for (let hour = from; hour < to; hour += hourMs) {
    const day = Math.floor(hour / dayMs) * dayMs;
    for (const piece of play.slice(hour, hour + hourMs)) {
      if (piece.channel !== 'event-log-file') {
        appearances.push(...recordsOf(piece, hour));
        continue;
      }
      appearances.push(...fileOf(piece, hour), ...objectOf(piece, hour));
      const known = days.get(`${piece.name} ${day}`);
      if (known === undefined) days.set(`${piece.name} ${day}`, { day, text: piece.text });
      else known.text += piece.text.slice(piece.text.indexOf('\n') + 1);
    }
  }
  for (const [name, { day, text: csv }] of days) {
    const eventType = name.split('.')[0]!;
    const createdAt = day + dayMs + nightMs;
    const file = { eventType, interval: 'Daily', logDate: day, createdAt, sequence: 0, csv } as const;
    appearances.push({ at: createdAt, put: (logs) => void logs.putFile(file) });
  }
  return appearances.sort((one, other) => one.at - other.at);
}

function fileOf({ name, text: csv }: LogPiece, logDate: number): readonly Appearance[] {
  const eventType = name.replace('.csv', '');
  const turn = logDate / hourMs + eventType.length;
  const createdAt = logDate + hourMs + fileDelaysMs[turn % fileDelaysMs.length]!;
  const file = { eventType, interval: 'Hourly', logDate, createdAt, sequence: 1, csv } as const;
  return [{ at: createdAt, put: (logs) => void logs.putFile(file) }];
}

function recordsOf({ name, text }: LogPiece, hour: number): readonly Appearance[] {
  if (name === 'okta.ndjson') return [];
  if (name.endsWith('.csv')) return putAll('SetupAuditTrail', rowsOf(text), hour);
  const records: LogRecord[] = name.endsWith('.ndjson')
    ? text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : JSON.parse(text);
  const object = name.split('.')[0]!;
  // Big objects answer with one and the same id for every record.
  const plain = records.map(({ attributes: _attributes, ...record }) => record);
  return putAll(logObjectOf(`${object}Store`) === undefined ? object : `${object}Store`, plain, hour);
}

function putAll(name: string, records: readonly LogRecord[], hour: number): readonly Appearance[] {
  const object = logObjectOf(name);
  if (object === undefined) return [];
  return [{ at: hour + hourMs + recordDelayMs, put: (logs) => logs.putRecords(object, records) }];
}

/** Fields of an Event Log Object that are not called as their column is. */
const columns: Readonly<Record<string, string>> = {
  AuthenticatedMethodReference: 'AUTHENTICATION_METHOD_REFERENCE',
  ClientIp: 'CLIENT_IP',
  ColumnCount: 'NUMBER_COLUMNS',
  ConnectedAppIdentifier: 'CONNECTED_APP_ID',
  DatabaseTotalTime: 'DB_TOTAL_TIME',
  FailedRecordCount: 'RECORDS_FAILED',
  FieldCount: 'NUMBER_FIELDS',
  IsApiLimitCounted: 'COUNTS_AGAINST_API_LIMIT',
  JobIdentifier: 'JOB_ID',
  ObjectName: 'ENTITY_NAME',
  ObjectType: 'ENTITY_TYPE',
  ProcessedRecordCount: 'RECORDS_PROCESSED',
  ReportIdentifier: 'REPORT_ID',
  RequestIdentifier: 'REQUEST_ID',
  ResultSize: 'RESULT_SIZE_MB',
  Timestamp: 'TIMESTAMP_DERIVED',
  UserIdentifier: 'USER_ID',
};

const columnOf = (field: string): string =>
  columns[field] ?? field.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();

/** The rows of a file as records of the object of the same event type, where there is one. */
function objectOf({ name, text }: LogPiece, hour: number): readonly Appearance[] {
  const object = logObjectOf(name.replace('.csv', 'EventLog'));
  return object === undefined
    ? []
    : putAll(
        object.name,
        rowsOf(text).map((row) => recordOf(object, row)),
        hour,
      );
}

const recordOf = ({ fields }: LogObject, row: LogRecord): LogRecord =>
  Object.fromEntries(
    fields.map(([field, type]) => {
      const cell = row[columnOf(field)];
      if (cell === undefined || cell === '') return [field, null];
      return [field, type === 'double' ? Number(cell) : type === 'boolean' ? cell === '1' : cell];
    }),
  );

/** A CSV whose cells are all in quotes, by the names of its columns. */
function rowsOf(csv: string): readonly LogRecord[] {
  const rows: string[][] = [[]];
  for (const [, cell = '', end] of csv.matchAll(/"((?:[^"]|"")*)"(,|\n|$)/g)) {
    rows.at(-1)!.push(cell.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  const [names = [], ...others] = rows;
  return others
    .filter(({ length }) => length === names.length)
    .map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])));
}
