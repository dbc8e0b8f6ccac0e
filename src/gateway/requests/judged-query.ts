import type { Soql } from '#soql/query.ts';
import type { ExpectedRecords, Refusal } from '../call.ts';
import type { QueryReading } from './query-reading.ts';

/** A query judged by one policy: all that does not depend on the moment. */
export interface JudgedQuery {
  readonly answer: QueryReading['answer'];
  /** For its columns alone: without aliases, and without whatever chooses records. */
  readonly columns: string;
  /** With what counting needs. */
  readonly query: Soql;
  readonly text: string;
  /** The text as the query part of a target. */
  readonly parameters: string;
  readonly records: readonly ExpectedRecords[];
  /** Of which objects, in lower case, a row of the answer holds how many records, children apart. */
  readonly perRow: ReadonlyMap<string, number>;
  readonly objections: readonly Refusal[];
}
