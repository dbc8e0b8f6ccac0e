import type { JsonObject } from '#model/source.ts';

/**
 * Zeek's own form of logs: lines of cells under directives that say the separators, the columns and their types.
 * https://docs.zeek.org/en/master/log-formats.html
 */
export interface TableHead {
  readonly path: string;
  readonly separator: string;
  readonly columns: readonly { readonly name: string; readonly read: (cell: string) => unknown }[];
  readonly unset: string;
}

/** Undefined when the directives are not Zeek's, which begin with `#separator` and name `#fields`. */
export function readTableHead(directives: readonly string[]): TableHead | undefined {
  const separatorLine = directives.findLast((line) => line.startsWith('#separator '));
  if (separatorLine === undefined) return undefined;
  const separator = unescapeBytes(separatorLine.slice('#separator '.length));
  const said = new Map<string, readonly string[]>();
  for (const line of directives.slice(directives.indexOf(separatorLine) + 1)) {
    const [name = '', ...values] = line.split(separator);
    said.set(name, values);
  }
  const names = said.get('#fields') ?? [];
  if (separator === '' || !names.includes('ts')) return undefined;
  const types = said.get('#types') ?? [];
  const lists = {
    separator: said.get('#set_separator')?.[0] || ',',
    empty: said.get('#empty_field')?.[0] ?? '(empty)',
  };
  return {
    path: said.get('#path')?.[0] ?? '',
    separator,
    unset: said.get('#unset_field')?.[0] ?? '-',
    columns: names.map((name, index) => ({ name, read: cellReader(types[index] ?? 'string', lists) })),
  };
}

/** The fields of one row as Zeek's JSON would have them; unset ones are absent. */
export function readRow({ path, separator, columns, unset }: TableHead, line: string): JsonObject {
  const cells = line.split(separator);
  const fields: [string, unknown][] = path === '' ? [] : [['_path', path]];
  for (const [index, { name, read }] of columns.entries()) {
    const cell = cells[index];
    if (cell !== undefined && cell !== unset) fields.push([name, read(cell)]);
  }
  return Object.fromEntries(fields);
}

interface Lists {
  readonly separator: string;
  readonly empty: string;
}

function cellReader(type: string, lists: Lists): (cell: string) => unknown {
  const members = /^(?:set|vector|table|list)\[(.+)\]$/.exec(type)?.[1];
  if (members !== undefined) {
    const read = scalarReader(members);
    return (cell) => (cell === lists.empty || cell === '' ? [] : cell.split(lists.separator).map(read));
  }
  const read = scalarReader(type);
  return (cell) => (cell === lists.empty ? '' : read(cell));
}

function scalarReader(type: string): (cell: string) => unknown {
  if (type === 'bool') return (cell) => (cell === 'T' ? true : cell === 'F' ? false : cell);
  if (/^(?:count|int|port|double|time|interval)$/.test(type)) return numberIn;
  return unescapeBytes;
}

/** Numbers that would lose digits stay text. */
function numberIn(cell: string): unknown {
  const number = Number(cell);
  return cell !== '' && Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : cell;
}

/** `\x09` is a tab, `\xc3\xa9` the UTF-8 of é; a backslash stands for itself otherwise, but two are one. */
function unescapeBytes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?:\\x[0-9a-f]{2})+|\\\\/gi, (run) =>
    run === '\\\\' ? '\\' : Buffer.from(run.replaceAll(/\\x/gi, ''), 'hex').toString('utf8'),
  );
}
