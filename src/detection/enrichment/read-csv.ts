/** One record of a CSV file with a header: cells by lower-case column name, and the line it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

/** Reads a small CSV file that people keep (RFC 4180; a byte order mark, `;` or tabs between cells are taken too). */
export function readCsv(text: string): readonly CsvRecord[] {
  const rows = splitRows(text.replace(/^\uFEFF/, ''));
  const [header, ...records] = rows;
  const names = header?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  return records.map(({ line, cells }) => ({
    line,
    cells: new Map(names.map((name, index) => [name, (cells[index] ?? '').trim()])),
  }));
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

function splitRows(text: string): readonly Row[] {
  const [first = ''] = text.split('\n', 1);
  const separator = [',', ';', '\t'].find((each) => first.includes(each)) ?? ',';
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'y');
  const rows: Row[] = [];
  let cells: string[] = [];
  let line = 1;
  let begunAt = 1;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) break;
    const [whole, quoted, bare = '', end] = found;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === separator && cell.lastIndex < text.length) continue;
    if (cells.some((each) => each !== '')) rows.push({ line: begunAt, cells });
    cells = [];
    begunAt = line;
  }
  return rows;
}
