import { printSoql } from '#soql/print-soql.ts';
import type { Soql } from '#soql/query.ts';
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
import { judgeOpening } from './judge-opening.ts';
import { judgeQuery } from './judge-query.ts';
import type { JudgedQuery } from './judged-query.ts';
import type { Operation, PolicyView } from './policy-view.ts';
import type { QueryReading } from './query-reading.ts';
import { readQuery } from './read-query.ts';
import { printParameters } from './read-target.ts';
import { isRefusal } from './refuse.ts';

/** Computed rows of one page; only a dry run lets grouped rows through. */
const mostComputedRows = 2000;

export function planQuery(asked: Extract<Asked, { kind: 'query' }>, planning: Planning): Draft | Refusal {
  const { all, columnsOnly, text } = asked;
  const { policy, root } = planning;
  const known = all ? planning.memory.judgedForAll : planning.memory.judgedQueries;
  const judged = known(text, () => judgeWhole(asked.query, all, policy));
  if (isRefusal(judged)) return judged;
  const { objections } = judged;
  const target = `${root}/${all ? 'queryAll' : 'query'}`;
  if (columnsOnly) {
    const parameters = [['q', judged.columns] as const, ['columns', 'true'] as const];
    return { method: 'GET', target: target + printParameters(parameters), expectation: noRecords.little, objections };
  }
  const most = judged.answer === 'records' ? rowsLeft(judged, planning) : Number.POSITIVE_INFINITY;
  const limit = limitAbove(most);
  const pageSize = judged.answer === 'records' ? pageSizeWithin(most, planning.pageSize) : undefined;
  if (most < 1) {
    const spent = refuseSpent(judged.records[0]!.object, 1, planning, most);
    return { ...draftQuery(judged, target, limit, pageSize, all), objections: [...objections, ...spent] };
  }
  const before = planning.memory.drafts.get(judged);
  if (before?.limit === limit && before.draft.pageSize === pageSize && before.target === target) return before.draft;
  const draft = draftQuery(judged, target, limit, pageSize, all);
  planning.memory.drafts.set(judged, { limit, target, draft });
  return draft;
}

function draftQuery(
  judged: JudgedQuery,
  target: string,
  limit: number,
  pageSize: number | undefined,
  all: boolean,
): Draft {
  const limited = limitQuery(judged.query, limit);
  const isWhole = limited === judged.query;
  const query = isWhole ? judged.text : printSoql(limited);
  const expectation = expectAnswer(judged, query, all);
  return {
    method: 'GET',
    target: target + (isWhole ? judged.parameters : printParameters([['q', query]])),
    pageSize,
    expectation,
    opens: judged.answer === 'records' ? { kind: 'locator', query, expectation } : undefined,
    objections: judged.objections,
  };
}

function judgeWhole(query: Soql, all: boolean, policy: PolicyView): JudgedQuery | Refusal {
  const reading = readQuery(query, policy.relationships);
  if (isRefusal(reading)) return reading;
  const refusal = refusesHiddenIds(reading, policy.objects);
  if (refusal !== undefined) return refusal;
  const needs: Operation[] = [reading.answer === 'count' ? 'count' : 'query'];
  if (all) needs.push('query-all');
  const completed = completeQuery(reading, policy.objects);
  const isRecords = reading.answer === 'records';
  const text = printSoql(completed.query);
  return {
    answer: reading.answer,
    columns: printSoql(withoutRecords(reading.query)),
    query: completed.query,
    text,
    parameters: printParameters([['q', text]]),
    records: isRecords ? expectRecords(completed, policy) : [expectObject(reading.object, [], policy)],
    perRow: countPerRow(completed),
    objections: judgeQuery(reading, needs, policy),
  };
}

/**
 * What the columns of a query are does not depend on which records it finds. A CRM that did not know `columns=true`
 * would answer the query itself, so nothing is left in it that tells of records.
 */
function withoutRecords(query: Soql): Soql {
  const select = query.select.map((each) =>
    each.kind === 'children' ? { ...each, query: withoutRecords(each.query) } : each,
  );
  return { ...query, select, where: undefined, having: undefined, orderBy: [], limit: one, offset: undefined };
}

const one = { kind: 'number', text: '1' } as const;

function expectAnswer({ answer, records }: JudgedQuery, query: string, isAll: boolean): Expectation {
  if (answer === 'count') return noRecords.little;
  const aggregates = { records: 0, number: 1, computed: mostComputedRows }[answer];
  return { kind: 'records', operation: 'query', query, records, aggregates, ...(isAll && { isAll }) };
}

/** More than a query's cursor can reach. Salesforce Developer Limits, "Query locators": 50 million. */
const mostRows = 50_000_000;

/**
 * At least one record more than may leave: a LIMIT of exactly what is left would end the answer cleanly, and a client
 * would take a part for the whole. The page with the record beyond is refused, so it never leaves. Beyond a page the
 * next of eight steps to the double will do, so that the query stays the same while the budget shrinks.
 */
function limitAbove(most: number): number {
  if (most >= mostRows) return Number.POSITIVE_INFINITY;
  if (most < pageSizes.most) return most + 1;
  const step = 2 ** (Math.floor(Math.log2(most + 1)) - 3);
  return Math.ceil((most + 1) / step) * step;
}

function countPerRow(reading: QueryReading): ReadonlyMap<string, number> {
  const perRow = new Map([[reading.object.toLowerCase(), 1]]);
  for (const { objects } of parentsOf(reading.columns)) {
    const object = objects.at(-1)!.toLowerCase();
    perRow.set(object, (perRow.get(object) ?? 0) + 1);
  }
  return perRow;
}

/** Rows that may still leave with all their records. */
function rowsLeft({ perRow }: JudgedQuery, { remaining }: Planning): number {
  let most = Number.POSITIVE_INFINITY;
  for (const [object, count] of perRow) most = Math.min(most, Math.floor(remaining(object) / count));
  return most;
}

/** Pages no larger than what may leave, as far as the CRM can: the smallest is 200 records. */
const pageSizeWithin = (most: number, asked: number | undefined): number | undefined =>
  most < (asked ?? pageSizes.most) ? clampPage(most) : asked;

export function planQueryMore(asked: Extract<Asked, { kind: 'query-more' }>, planning: Planning): Draft | Refusal {
  const opening = findOpening(planning, 'locator', asked.locator);
  if (isRefusal(opening)) return opening;
  const { expectation, query } = opening;
  const records = expectation.kind === 'records' ? expectation.records : [];
  const objections = [...judgeOpening('query', opening, planning)];
  const left = records[0] === undefined ? Number.POSITIVE_INFINITY : planning.remaining(records[0].object);
  if (left < 1) objections.push(...refuseSpent(records[0]!.object, 1, planning));
  return {
    method: 'GET',
    target: `${planning.root}/query/${asked.locator}`,
    pageSize: pageSizeWithin(left, planning.pageSize),
    expectation,
    opens: { kind: 'locator', query, expectation },
    objections,
  };
}
