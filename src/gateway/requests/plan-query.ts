import { printSoql } from '#soql/print-soql.ts';
import type { Asked, Expectation, Refusal } from '../call.ts';
import {
  completeQuery,
  expectObject,
  expectRecords,
  limitQuery,
  parentsOf,
  refusesHiddenIds,
} from './complete-query.ts';
import { type Draft, findOpening, noRecords, type Planning, refuseSpent } from './draft.ts';
import { clampPage, pageSizes } from './filter-headers.ts';
import { judgeFields, judgeOperations, judgeQuery } from './judge-query.ts';
import type { Operation } from './policy-view.ts';
import type { QueryReading } from './query-reading.ts';
import { readQuery } from './read-query.ts';
import { printParameters } from './read-target.ts';
import { isRefusal } from './refuse.ts';

/** Computed rows of one page; only a dry run lets grouped rows through. */
const mostComputedRows = 2000;

export function planQuery(asked: Extract<Asked, { kind: 'query' }>, planning: Planning): Draft | Refusal {
  const { policy, root } = planning;
  const reading = readQuery(asked.query, policy.relationships);
  if (isRefusal(reading)) return reading;
  const needs: Operation[] = [reading.answer === 'count' ? 'count' : 'query'];
  if (asked.all) needs.push('query-all');
  const objections = judgeQuery(reading, needs, policy);
  const target = `${root}/${asked.all ? 'queryAll' : 'query'}`;
  const targetOf = (q: string, more: readonly (readonly [string, string])[] = []): string =>
    target + printParameters([['q', q], ...more]);
  if (asked.columnsOnly) {
    const columns = targetOf(printSoql(reading.query), [['columns', 'true']]);
    return { method: 'GET', target: columns, expectation: noRecords.little, objections };
  }
  if (reading.answer !== 'records') return planComputed(reading, targetOf, objections, planning);
  const refusal = refusesHiddenIds(reading, policy.objects);
  if (refusal !== undefined) return refusal;
  const completed = completeQuery(reading, policy.objects);
  const most = recordsLeft(completed, planning);
  const query = printSoql(limitQuery(completed.query, overBy1(most)));
  const expectation: Expectation = {
    kind: 'records',
    operation: 'query',
    query,
    records: expectRecords(completed, policy),
    aggregates: 0,
  };
  return {
    method: 'GET',
    target: targetOf(query),
    pageSize: pageSizeWithin(most, planning.pageSize),
    expectation,
    opens: { kind: 'locator', query, expectation },
    objections: [...objections, ...spentBy(completed, most, planning)],
  };
}

/**
 * One record more than may leave: a LIMIT of exactly what is left would end the answer cleanly, and a client would take
 * a part for the whole. The page with the record beyond is refused, so it never leaves.
 */
const overBy1 = (most: number): number => most + 1;

function planComputed(
  reading: QueryReading,
  targetOf: (query: string) => string,
  objections: readonly Refusal[],
  { policy }: Planning,
): Draft {
  const query = printSoql(reading.query);
  const expectation: Expectation =
    reading.answer === 'count'
      ? noRecords.little
      : {
          kind: 'records',
          operation: 'query',
          query,
          records: [expectObject(reading.object, [], policy)],
          aggregates: reading.answer === 'number' ? 1 : mostComputedRows,
        };
  return { method: 'GET', target: targetOf(query), expectation, objections };
}

/** Records of the main object whose whole rows, parents included, may still leave. */
function recordsLeft(reading: QueryReading, { remaining }: Planning): number {
  const perRow = new Map([[reading.object.toLowerCase(), 1]]);
  for (const { objects } of parentsOf(reading.columns)) {
    const object = objects.at(-1)!.toLowerCase();
    perRow.set(object, (perRow.get(object) ?? 0) + 1);
  }
  return Math.min(...[...perRow].map(([object, count]) => Math.floor(remaining(object) / count)));
}

function spentBy({ object }: QueryReading, most: number, planning: Planning): readonly Refusal[] {
  return most >= 1 ? [] : refuseSpent(object, 1, { ...planning, remaining: () => most });
}

/** Pages no larger than what may leave, as far as the CRM can: the smallest is 200 records. */
const pageSizeWithin = (most: number, asked: number | undefined): number | undefined =>
  most < (asked ?? pageSizes.most) ? clampPage(most) : asked;

export function planQueryMore(asked: Extract<Asked, { kind: 'query-more' }>, planning: Planning): Draft | Refusal {
  const opening = findOpening(planning, 'locator', asked.locator);
  if (isRefusal(opening)) return opening;
  const { expectation, query } = opening;
  const records = expectation.kind === 'records' ? expectation.records : [];
  const [main] = records;
  const objections = judgeOperations(['query'], planning.policy);
  for (const { object, fields } of records) objections.push(...judgeFields(object, fields ?? [], planning.policy));
  if (main !== undefined) objections.push(...refuseSpent(main.object, 1, planning));
  return {
    method: 'GET',
    target: `${planning.root}/query/${asked.locator}`,
    pageSize: pageSizeWithin(
      main === undefined ? Number.POSITIVE_INFINITY : planning.remaining(main.object),
      planning.pageSize,
    ),
    expectation,
    opens: { kind: 'locator', query, expectation },
    objections,
  };
}
