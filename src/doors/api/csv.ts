export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => string | number | boolean | undefined;
}

/**
 * One cell. Names of apps, user agents and queries are written by attackers: a cell that a spreadsheet would take for a
 * formula gets an apostrophe in front (OWASP, CSV Injection; full-width signs count in East Asian locales).
 */
export function writeCell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** RFC 4180, with a header. */
export const writeCsv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  [columns.map((column) => column.name), ...rows.map((row) => columns.map((column) => writeCell(column.of(row))))]
    .map((cells, index) => (index === 0 ? cells.map(writeCell) : cells).join(','))
    .join('\r\n')
    .concat('\r\n');
