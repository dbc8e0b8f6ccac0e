import { salesforceId } from '#emulators/house/salesforce-id.ts';
import { parseInstant } from '#lib/instant.ts';
import type { Field, FieldType, Table, Value } from '../objects/table.ts';
import type { LogObject } from './log-objects.ts';

/** One record by the names of its fields, as REST prints it: times as text. */
export type LogRecord = Readonly<Record<string, unknown>>;

export interface NewLogFile {
  readonly eventType: string;
  readonly interval: 'Hourly' | 'Daily';
  /** Begin of the hour or day that it is of, ms UTC. */
  readonly logDate: number;
  /** When it appeared, ms UTC. */
  readonly createdAt: number;
  /** From 1 on for the files of one hour, 0 for a day's. */
  readonly sequence: number;
  /** Header and rows; cells in quotes. */
  readonly csv: string;
}

interface Row {
  readonly id: string;
  readonly record: LogRecord;
}

/** `2026-11-23T10:00:00.000+0000` */
const print = (time: number): string => `${new Date(time).toISOString().slice(0, -1)}+0000`;

/**
 * Logs of one organisation: files, and records of every log object. It outlives the server that shows it, so that a
 * test can end the one and keep the other.
 */
export class LogBook {
  readonly #rows = new Map<string, readonly Row[]>();
  readonly #files = new Map<string, string>();
  #serial = 0;
  /** Rises with every change. */
  version = 0;
  /** Each record is shown twice, files under a second id as well. */
  repeats = false;

  /** The new file's id. */
  putFile(file: NewLogFile): string {
    const id = salesforceId('0AT', ++this.#serial);
    const header = file.csv.slice(0, file.csv.indexOf('\n')).replaceAll('"', '');
    this.#files.set(id, file.csv);
    this.#add('EventLogFile', {
      id,
      record: {
        Id: id,
        ApiVersion: 66,
        CreatedDate: print(Math.floor(file.createdAt / 1000) * 1000),
        EventType: file.eventType,
        Interval: file.interval,
        LogDate: print(file.logDate),
        LogFile: `/services/data/v66.0/sobjects/EventLogFile/${id}/LogFile`,
        LogFileContentType: 'text/csv',
        LogFileFieldNames: header,
        LogFileFieldTypes: header
          .split(',')
          .map(() => 'String')
          .join(','),
        LogFileLength: Buffer.byteLength(file.csv),
        Sequence: file.sequence,
      },
    });
    return id;
  }

  /** Records of one object become visible; where one has no `Id` it is given one. */
  putRecords(object: LogObject, records: readonly LogRecord[]): void {
    for (const record of records) {
      const id = String(record['Id'] ?? salesforceId(object.keyPrefix, ++this.#serial));
      this.#add(object.name, { id, record: { ...record, Id: id } });
    }
  }

  /** What the organisation no longer keeps. */
  prune(object: LogObject, isGone: (record: LogRecord) => boolean): void {
    const kept = (this.#rows.get(object.name) ?? []).filter(({ record }) => !isGone(record));
    this.#rows.set(object.name, kept);
    const ids = new Set(kept.map(({ id }) => id));
    if (object.name === 'EventLogFile') for (const id of this.#files.keys()) if (!ids.has(id)) this.#files.delete(id);
    this.version++;
  }

  records(object: LogObject): readonly LogRecord[] {
    return (this.#rows.get(object.name) ?? []).map(({ record }) => record);
  }

  /** The CSV of a file; the id of a repeated one ends in the original's. */
  fileOf(id: string): string | undefined {
    return this.#files.get(id) ?? this.#files.get(originalOf(id));
  }

  /** The object as it stands at this moment, by the fields that the caller may see. */
  tableOf(object: LogObject, isVisible: (field: string) => boolean, isShown: (record: LogRecord) => boolean): Table {
    const own = (this.#rows.get(object.name) ?? []).filter(({ record }) => isShown(record));
    const rows = this.repeats ? own.flatMap((row) => [row, repeated(object, row)]) : own;
    return {
      name: object.name,
      label: object.name,
      plural: object.name,
      keyPrefix: object.keyPrefix,
      size: rows.length,
      fields: object.fields
        .filter(([name]) => isVisible(name))
        .map(([name, type]) => fieldOf(name, type, (row) => rows[row]!.record[name])),
      children: [],
      idAt: (row) => (object.isBig ? '000000000000000AAA' : rows[row]!.id),
      rowOf: (id) => {
        const row = rows.findIndex((each) => each.id === id);
        return row < 0 ? undefined : row;
      },
    };
  }

  #add(object: string, row: Row): void {
    this.#rows.set(object, [...(this.#rows.get(object) ?? []), row]);
    this.version++;
  }
}

const originalOf = (id: string): string => `0AT${id.slice(3)}`;

/** The same record again; the same file as another one, as an hour that was written twice looks. */
function repeated(object: LogObject, row: Row): Row {
  if (object.name !== 'EventLogFile') return row;
  const id = `0AU${row.id.slice(3)}`;
  return { id, record: { ...row.record, Id: id, Sequence: Number(row.record['Sequence']) + 1 } };
}

function fieldOf(name: string, type: FieldType, read: (row: number) => unknown): Field {
  const isId = type === 'id' || type === 'reference';
  return {
    name,
    label: name,
    type,
    length: isId ? 18 : type === 'string' ? 255 : 0,
    isNillable: type !== 'id',
    value: (row) => cellOf(type, read(row)),
  };
}

function cellOf(type: FieldType, value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (type === 'datetime') return parseInstant(String(value)) ?? null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
