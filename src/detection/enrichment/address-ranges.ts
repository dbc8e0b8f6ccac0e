import { fstatSync, openSync, readSync } from 'node:fs';
import { parseAddress } from './parse-address.ts';

/** Ranges of addresses in files that are too large to be held: looked up where they are. */
export interface AddressRanges {
  /** The cells behind first and last address of the range in which the address lies. */
  find(address: string): readonly string[] | undefined;
}

const pageBytes = 4096;
/** A line longer than this is none of such a table. */
const longestLine = 1024;

/**
 * Tables of sorted lines `first,last,cell,…` with addresses as decimal numbers, one for each kind of address (the form
 * of the ip-location-db packages). Opening one reads it once and keeps the first address of each page of it; a look-up
 * then reads one page. `undefined` where a file is not there.
 */
export function openAddressRanges(files: { readonly ipv4: string; readonly ipv6: string }): AddressRanges | undefined {
  const ipv4 = openTable(files.ipv4);
  const ipv6 = openTable(files.ipv6);
  if (ipv4 === undefined || ipv6 === undefined) return undefined;
  return {
    find(address) {
      const parsed = parseAddress(address);
      if (parsed === undefined) return undefined;
      return (parsed.kind === 'ipv4' ? ipv4 : ipv6).find(parsed.number.toString());
    },
  };
}

interface Table {
  find(key: string): readonly string[] | undefined;
}

/** Decimal numbers without leading zeros compare by length, then as text. */
const isBelow = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length;

function openTable(path: string): Table | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const { size } = fstatSync(file);
  const starts = findStarts(file, size);
  const page = Buffer.alloc(pageBytes + 2 * longestLine);
  return {
    find(key) {
      const at = lastNotAbove(starts, key);
      if (at < 0) return undefined;
      const length = readSync(file, page, 0, page.length, at * pageBytes);
      for (const line of page
        .toString('latin1', 0, length)
        .split('\n')
        .slice(at === 0 ? 0 : 1)) {
        const comma = line.indexOf(',');
        const first = line.slice(0, comma);
        if (comma < 0 || isBelow(key, first)) return undefined;
        const end = line.indexOf(',', comma + 1);
        if (!isBelow(line.slice(comma + 1, end), key)) return cellsOf(Buffer.from(line.slice(end + 1), 'latin1'));
      }
      return undefined;
    },
  };
}

/** The first address of the first line that begins in each page. */
function findStarts(file: number, size: number): readonly string[] {
  const starts: string[] = [];
  const chunk = Buffer.alloc(longestLine * 2);
  for (let at = 0; at < size; at += pageBytes) {
    const length = readSync(file, chunk, 0, chunk.length, at);
    const text = chunk.toString('latin1', 0, length);
    const line = at === 0 ? 0 : text.indexOf('\n') + 1;
    const comma = text.indexOf(',', line);
    // No line begins in the last page: what is there belongs to the line before.
    if ((at > 0 && line === 0) || comma < 0) break;
    starts.push(text.slice(line, comma));
  }
  return starts;
}

/** Cells, of which one may be quoted (RFC 4180). */
function cellsOf(bytes: Buffer): readonly string[] {
  const cells: string[] = [];
  for (const [, quoted, bare = ''] of bytes
    .toString('utf8')
    .trimEnd()
    .matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
  return cells;
}

/** Place of the last key that is not above; -1 where all are. */
function lastNotAbove(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(key, keys[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
