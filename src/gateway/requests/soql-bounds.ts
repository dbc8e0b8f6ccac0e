import type { Operand, Soql } from '#soql/query.ts';
import type { Refusal } from '../call.ts';
import { refuseQuery } from './refuse.ts';

/** Functions over records, that answer computed rows. */
const counting: ReadonlySet<string> = new Set(['COUNT', 'COUNT_DISTINCT']);
const computing: ReadonlySet<string> = new Set(['MIN', 'MAX', 'SUM', 'AVG']);

const periods = ['CALENDAR_MONTH', 'CALENDAR_QUARTER', 'CALENDAR_YEAR', 'DAY_IN_MONTH', 'DAY_IN_WEEK', 'DAY_IN_YEAR'];
const otherPeriods = ['FISCAL_MONTH', 'FISCAL_QUARTER', 'FISCAL_YEAR', 'HOUR_IN_DAY', 'WEEK_IN_MONTH', 'WEEK_IN_YEAR'];

/** Functions of one field whose column is called as the field is: `toLabel(Status)` answers `Status`. */
export const columnFunctions: ReadonlySet<string> = new Set(['TOLABEL', 'CONVERTCURRENCY']);

/** Functions that filter and order. "SOQL SELECT Functions", SOQL and SOSL Reference. */
export const filterFunctions: ReadonlySet<string> = new Set([
  ...[...columnFunctions, ...periods, ...otherPeriods, 'DAY_ONLY', 'CONVERTTIMEZONE', 'DISTANCE', 'GEOLOCATION'],
]);

/** Functions of queries that answer computed rows. */
export const rowFunctions: ReadonlySet<string> = new Set([
  ...filterFunctions,
  ...counting,
  ...computing,
  ...['FORMAT', 'GROUPING'],
]);

export const isCounting = (operand: Operand): boolean => operand.kind === 'call' && counting.has(operand.name);

/** Whether it computes over records, at any depth: `FORMAT(MIN(Amount))`. */
export const isComputing = (operand: Operand): boolean =>
  operand.kind === 'call' &&
  (counting.has(operand.name) ||
    computing.has(operand.name) ||
    operand.arguments.some((each) => each.kind === 'call' && isComputing(each)));

/** Clauses that write, lock, or read what cannot be told from the query. */
export function refusesClauses(query: Soql): Refusal | undefined {
  if (query.from.length > 1 || query.from[0].path.length > 1)
    return refuseQuery(
      'join-notation',
      'the old join notation in FROM is not spoken; write the relationship in the field',
    );
  if (query.scope !== undefined)
    return refuseQuery('using-scope', 'USING SCOPE filters by fields that it does not name; write them in WHERE');
  if (query.with !== undefined) return refuseQuery('with-clause', 'WITH is for Apex and for articles; leave it out');
  if (query.allRows) return refuseQuery('all-rows', 'ALL ROWS is for Apex; ask queryAll for deleted records');
  if (query.forPurposes.length > 0)
    return refuseQuery('for-clause', 'FOR VIEW, FOR REFERENCE and FOR UPDATE write or lock; it passes reads only');
  if (query.updates.length > 0) return refuseQuery('update-clause', 'UPDATE writes statistics; it passes reads only');
  if (query.having !== undefined && query.groupBy === undefined)
    return refuseQuery('having-clause', 'HAVING needs GROUP BY');
  const isBound = query.limit?.kind === 'bind' || query.offset?.kind === 'bind';
  return isBound ? refuseBind : undefined;
}

export const refuseBind = refuseQuery('bind-variable', 'variables (:name) are for Apex; write the value');
