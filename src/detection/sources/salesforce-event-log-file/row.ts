import { toLongId } from '#lib/salesforce-id.ts';
import type { Cells } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import type { QueryMemory } from '../query-slots.ts';
import type { Columns } from './columns.ts';
import type { AddressMemory } from './rest-path.ts';

/** One row under a file's columns; `at.URI` and so on are where its cells stand. */
export class Row {
  readonly at: Columns;
  readonly queries: QueryMemory;
  readonly addresses: AddressMemory;
  cells: Cells = new CellList([]);

  constructor(at: Columns, queries: QueryMemory, addresses: AddressMemory) {
    this.at = at;
    this.queries = queries;
    this.addresses = addresses;
  }

  /** The cell, or undefined when it is empty or the file has no such column. */
  text(position: number): string | undefined {
    if (position < 0) return undefined;
    const text = this.cells.at(position);
    return text === '' ? undefined : text;
  }

  /** The cell without the quotes that Salesforce writes around texts with special characters (`"""https://x"""`). */
  unquoted(position: number): string | undefined {
    const text = this.text(position);
    if (text === undefined || text.charCodeAt(0) !== 34) return text;
    let start = 0;
    let end = text.length;
    while (start < end && text.charCodeAt(start) === 34) start++;
    while (end > start && text.charCodeAt(end - 1) === 34) end--;
    return start === end ? undefined : text.slice(start, end);
  }

  /** A number that is not negative: -1 is how the vendor says that there is none. */
  count(position: number): number | undefined {
    const text = this.text(position);
    if (text === undefined) return undefined;
    const number = Number(text);
    return number >= 0 && number < Number.POSITIVE_INFINITY ? number : undefined;
  }

  /** The 18-character form of an id, from its derived column or else from the 15 characters. */
  id(position: number, derived = -1): string | undefined {
    const long = this.text(derived);
    if (long !== undefined && long.length === 18) return long;
    const short = this.text(position) ?? long;
    return short === undefined ? undefined : toLongId(short);
  }
}
