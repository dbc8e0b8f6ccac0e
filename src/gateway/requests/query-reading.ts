import type { Soql } from '#soql/query.ts';

/** Where in a query a field is used. */
export type Clause = 'SELECT' | 'WHERE' | 'GROUP BY' | 'HAVING' | 'ORDER BY' | 'a semi-join';

/** One use of a field. */
export interface Read {
  readonly object: string;
  readonly field: string;
  readonly clause: Clause;
  /** Not named, but shown by walking a relationship: a policy that lists fields need not list it, one may deny it. */
  readonly isImplied: boolean;
}

/** A column of records, with the objects its path passes: `['Contact', 'Account']` of `Account.Name`. */
export interface Column {
  readonly path: readonly string[];
  readonly objects: readonly string[];
  /** Shown by a function of it: `toLabel(Status)`. */
  readonly isComputed: boolean;
}

/** A query with one meaning: no alias of an object left, every field's object known. */
export interface QueryReading {
  readonly object: string;
  /**
   * `count`: `SELECT COUNT()` of the whole object. `number`: any other COUNT, one row. `computed`: grouped rows, or
   * values of fields computed over records (MIN, MAX, SUM, AVG).
   */
  readonly answer: 'records' | 'count' | 'number' | 'computed';
  /** To be printed; selections of columns only where `answer` is `records`. */
  readonly query: Soql;
  /** Of records. */
  readonly columns: readonly Column[];
  readonly children: readonly { readonly relationship: string; readonly reading: QueryReading }[];
  /** Every use of a field, within children and semi-joins too. */
  readonly reads: readonly Read[];
  /** Every object from which anything is read, once. */
  readonly objects: readonly string[];
  /** A function in a column: not to be had in a CSV. */
  readonly hasFunctions: boolean;
}
