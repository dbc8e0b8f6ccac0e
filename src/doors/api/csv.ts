import { type CsvValue, toCsv } from '#lib/csv.ts';

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => CsvValue;
}

export const writeCsv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  toCsv(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ of }) => of(row))),
  );
