import type { FieldType, Table, Value } from '../objects/table.ts';
import { printDay, printInstant } from './print-instant.ts';
import type { FlatColumn, ShapePart } from './shape.ts';

/** One record of a JSON answer. */
export type PrintedRecord = { [name: string]: unknown };

export interface PrintContext {
  /** `64.0` */
  readonly version: string;
  /** Where children beyond the first 200 of one parent can be fetched: the path of their next page. */
  readonly openChildren: (table: Table, parts: readonly ShapePart[], rows: readonly number[]) => string;
}

/** Children shown within their parent at once. */
export const childrenShown = 200;

export function printRecord(
  context: PrintContext,
  table: Table,
  parts: readonly ShapePart[],
  row: number,
): PrintedRecord {
  const record: PrintedRecord = { attributes: attributesOf(context.version, table, row) };
  for (const part of parts) {
    if (part.kind === 'cell') record[part.name] = printJson(part.type, part.value(row));
    else if (part.kind === 'parent') {
      const parent = part.rowOf(row);
      record[part.name] = parent === undefined ? null : printRecord(context, part.table, part.parts, parent);
    } else record[part.children.relationship] = printChildren(context, part, row);
  }
  return record;
}

const attributesOf = (version: string, table: Table, row: number): PrintedRecord => ({
  type: table.name,
  url: `/services/data/v${version}/sobjects/${table.name}/${table.idAt(row)}`,
});

function printChildren(
  context: PrintContext,
  { table, query }: Extract<ShapePart, { kind: 'children' }>,
  row: number,
): PrintedRecord | null {
  const rows = query.rowsOf(row);
  if (rows.length === 0) return null;
  const done = rows.length <= childrenShown;
  const records = rows.slice(0, childrenShown).map((child) => printRecord(context, table, query.parts, child));
  const next = done ? {} : { nextRecordsUrl: context.openChildren(table, query.parts, rows) };
  return { totalSize: rows.length, done, ...next, records };
}

/** `2026-11-23T10:00:00.000+0000` in JSON. "Date Formats", REST API Developer Guide. */
export function printJson(type: FieldType, value: Value): Value {
  if (typeof value !== 'number') return value;
  if (type === 'datetime') return `${printInstant(value)}+0000`;
  return type === 'date' ? printDay(value) : value;
}

/** `2026-11-23T10:00:00.000Z` in CSV; nothing for null. */
export function printText(type: FieldType, value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'number') return String(value);
  if (type === 'datetime') return `${printInstant(value)}Z`;
  if (type === 'date') return printDay(value);
  return Number.isInteger(value) && type !== 'int' ? `${value}.0` : String(value);
}

/** One line of a bulk export, every cell in quotes, as Bulk API 2.0 writes it. */
export function printLine(columns: readonly FlatColumn[], row: number, delimiter: string, lineEnd: string): string {
  let line = '';
  for (const { type, value } of columns)
    line += `${line === '' ? '' : delimiter}"${quoted(printText(type, value(row)))}"`;
  return line + lineEnd;
}

export const printHeader = (columns: readonly FlatColumn[], delimiter: string, lineEnd: string): string =>
  columns.map(({ name }) => `"${name}"`).join(delimiter) + lineEnd;

const quoted = (text: string): string => (text.includes('"') ? text.replaceAll('"', '""') : text);
