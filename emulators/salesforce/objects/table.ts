/** A cell: dates and times are milliseconds since 1970 UTC until they are printed. */
export type Value = string | number | boolean | null;

/** Field types as a describe names them. "Field Types", Object Reference. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'email'
  | 'phone'
  | 'url'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'reference';

export interface Reference {
  /** `Account` in `Account.Name`. */
  readonly relationship: string;
  readonly table: string;
  /** The row it points to. */
  readonly rowOf: (row: number) => number | undefined;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly length: number;
  readonly values?: readonly string[];
  readonly reference?: Reference;
  readonly isExternalId?: boolean;
  readonly isNillable?: boolean;
  readonly value: (row: number) => Value;
  /** The value never falls from one row to the next, so that rows are found by halving. */
  readonly isAscending?: boolean;
  /** All rows that may hold the value, found without reading the others. */
  readonly rowsWith?: (value: string) => readonly number[];
}

/** The rows of another object that point to one of this. */
export interface Children {
  /** `Contacts` in `(SELECT Id FROM Contacts)`. */
  readonly relationship: string;
  readonly table: string;
  readonly field: string;
  readonly of: (row: number) => { readonly size: number; readonly rowAt: (position: number) => number };
}

/** One object of the CRM: its rows are numbered from 0, in the order of their ids, and made when they are asked for. */
export interface Table {
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  readonly keyPrefix: string;
  readonly size: number;
  readonly fields: readonly Field[];
  readonly children: readonly Children[];
  readonly idAt: (row: number) => string;
  /** Takes 15 or 18 characters. */
  readonly rowOf: (id: string) => number | undefined;
}

/** The last answer is kept: the cells of a row are asked for one after another. */
export function keepLast<Item>(make: (row: number) => Item): (row: number) => Item {
  let at = -1;
  let last: Item | undefined;
  return (row) => {
    if (row !== at || last === undefined) {
      last = make(row);
      at = row;
    }
    return last;
  };
}

/** Children by a list of their rows. */
export const childRows = (
  rows: readonly number[],
): { readonly size: number; readonly rowAt: (at: number) => number } => ({
  size: rows.length,
  rowAt: (at) => rows[at]!,
});
