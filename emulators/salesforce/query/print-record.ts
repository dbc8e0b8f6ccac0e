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
const childrenShown = 200;

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

/** A cell of a bulk export: `2026-11-23T10:00:00.000Z`, `620.0`, nothing for null. */
function cellPrinter({ type, value }: FlatColumn): (row: number) => string {
  switch (type) {
    case 'datetime':
      return printed(value, (time) => `${printInstant(time)}Z`);
    case 'date':
      return printed(value, printDay);
    case 'double':
    case 'currency':
    case 'percent':
      return printed(value, (number) => (Number.isInteger(number) ? `${number}.0` : String(number)));
    default:
      return printed(value, String);
  }
}

function printed(value: (row: number) => Value, print: (value: number) => string): (row: number) => string {
  return (row) => {
    const cell = value(row);
    if (cell === null) return '';
    if (typeof cell === 'number') return print(cell);
    return typeof cell === 'string' ? quoted(cell) : String(cell);
  };
}

/** One line of a bulk export, every cell in quotes, as Bulk API 2.0 writes it. */
export function linePrinter(
  columns: readonly FlatColumn[],
  delimiter: string,
  lineEnd: string,
): (row: number) => string {
  const [between, end] = [`"${delimiter}"`, `"${lineEnd}`];
  const [first, ...others] = columns.map(cellPrinter);
  return (row) => {
    let line = `"${first?.(row) ?? ''}`;
    for (const print of others) line += between + print(row);
    return line + end;
  };
}

export const printHeader = (columns: readonly FlatColumn[], delimiter: string, lineEnd: string): string =>
  columns.map(({ name }) => `"${name}"`).join(delimiter) + lineEnd;

const quoted = (text: string): string => (text.includes('"') ? text.replaceAll('"', '""') : text);
