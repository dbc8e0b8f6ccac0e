import { splitId } from '#lib/salesforce-id-number.ts';
import { noId } from '../scan.ts';

export interface ReferenceRecord {
  readonly start: number;
  readonly id: { readonly prefix: string; readonly number: bigint };
  readonly customer: { readonly prefix: string; readonly number: bigint };
}

/** What the CSV scanner must find, read slowly, one character after the other; undefined where it must fault. */
export function readCsv(
  text: string,
  form: { delimiter: string; columns: readonly string[]; idColumn: number; customerColumn?: number },
): ReferenceRecord[] | undefined {
  const rows = splitRows(text, form.delimiter);
  if (rows === undefined) return undefined;
  const [header, ...others] = rows;
  if (header === undefined) return [];
  if (!sameNames(header.cells, form.columns)) return undefined;
  const records: ReferenceRecord[] = [];
  for (const row of others) {
    if (row.text === header.text) continue;
    if (row.cells.length !== form.columns.length) return undefined;
    const id = splitId(row.cells[form.idColumn]!);
    const named = form.customerColumn === undefined ? '' : row.cells[form.customerColumn]!;
    const customer = named === '' ? { prefix: '', number: noId } : splitId(named);
    if (id === undefined || customer === undefined) return undefined;
    records.push({ start: row.start, id, customer });
  }
  return records;
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name.toLowerCase() === b[index]!.toLowerCase());

interface Row {
  readonly start: number;
  readonly text: string;
  readonly cells: readonly string[];
}

function splitRows(text: string, delimiter: string): Row[] | undefined {
  const rows: Row[] = [];
  for (let at = 0; at < text.length; ) {
    const start = at;
    const cells: string[] = [];
    for (;;) {
      const cell = readCell(text, at, delimiter);
      if (cell === undefined) return undefined;
      cells.push(cell.value);
      at = cell.end;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    rows.push({ start, text: text.slice(start, at), cells });
    // A carriage return at the very end is taken for half of a line end.
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    else if (at < text.length) return undefined;
  }
  return rows;
}

/** A cell from `at` on; its end is at a delimiter, a line end or the text's end. */
function readCell(text: string, at: number, delimiter: string): { value: string; end: number } | undefined {
  let value = '';
  if (text[at] !== '"') {
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') {
      if (text[at] === '"') return undefined;
      value += text[at++];
    }
    return { value, end: at };
  }
  for (at += 1; ; at += 1) {
    if (at >= text.length) return undefined;
    if (text[at] === '"' && text[at + 1] === '"') at += 1;
    else if (text[at] === '"') break;
    value += text[at];
  }
  const end = at + 1;
  const isEnded = end >= text.length || [delimiter, '\n', '\r'].includes(text[end]!);
  return isEnded ? { value, end } : undefined;
}
