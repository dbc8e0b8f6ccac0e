import { printSoql } from '#soql/print-soql.ts';
import type { Asked, BulkForm, Expectation, Refusal } from '../call.ts';
import { columnNames, completeQuery, expectObject } from './complete-query.ts';
import { type Draft, findOpening, noRecords, type Planning, refuseSpent } from './draft.ts';
import { judgeOpening } from './judge-opening.ts';
import { judgeOperations, judgeQuery } from './judge-query.ts';
import type { Operation, PolicyView } from './policy-view.ts';
import type { QueryReading } from './query-reading.ts';
import { readQuery } from './read-query.ts';
import { printParameters } from './read-target.ts';
import { isRefusal, refuseQuery } from './refuse.ts';
import { delimiterNames } from './route-jobs.ts';

type JobAsked = Extract<Asked, { kind: 'bulk-see' | 'bulk-pages' | 'bulk-abort' | 'bulk-delete' }>;

export function planJobCreation(asked: Extract<Asked, { kind: 'bulk-create' }>, planning: Planning): Draft | Refusal {
  const { policy, root } = planning;
  const reading = readQuery(asked.query, policy.relationships);
  if (isRefusal(reading)) return reading;
  const refusal = refusesCsv(reading, policy);
  if (refusal !== undefined) return refusal;
  const needs: Operation[] = asked.all ? ['bulk', 'query-all'] : ['bulk'];
  const completed = completeQuery(reading, policy.objects);
  const query = printSoql(completed.query);
  const columns = columnNames(completed);
  const expectation: Expectation = {
    kind: 'bulk-csv',
    query,
    records: expectObject(completed.object, columns, policy),
    columns,
    form: asked.job,
    ...(asked.all && { isAll: true }),
  };
  return {
    method: 'POST',
    target: `${root}/jobs/query`,
    body: jobBody(query, asked.all, asked.job),
    expectation: { kind: 'job' },
    opens: { kind: 'job', query, expectation },
    objections: [...judgeQuery(reading, needs, policy), ...refuseSpent(completed.object, 1, planning)],
  };
}

const jobBody = (query: string, all: boolean, { delimiter, lineEnding }: BulkForm) => ({
  operation: all ? 'queryAll' : 'query',
  query,
  contentType: 'CSV',
  columnDelimiter: delimiterNames.get(delimiter),
  lineEnding,
});

/** A row of CSV names one record; whatever else it could hold would leave uncounted. */
function refusesCsv(reading: QueryReading, { objects }: PolicyView): Refusal | undefined {
  if (reading.answer !== 'records')
    return refuseQuery('bulk-computed', 'a query job answers records; ask for a COUNT by query');
  if (reading.children.length > 0)
    return refuseQuery('bulk-children', 'a query job answers no sub-queries; ask for the other object by its own job');
  if (reading.hasFunctions)
    return refuseQuery('bulk-function', 'a query job answers plain fields, no functions of them');
  if (reading.query.offset !== undefined) return refuseQuery('bulk-offset', 'a query job knows no OFFSET');
  for (const { path, objects: passed } of reading.columns) {
    const counted = passed.slice(1).find((object) => objects.get(object.toLowerCase())?.isReference !== true);
    if (counted !== undefined)
      return refuseQuery(
        'bulk-relationship',
        `${path.join('.')} is read from ${counted}, of which a row of CSV has no id to count; ask by query, or by a job on ${counted}`,
      );
  }
  return undefined;
}

/** A job of one's own: its record, its pages, its end. */
export function planJob(asked: JobAsked, planning: Planning): Draft | Refusal {
  const opening = findOpening(planning, 'job', asked.job);
  if (isRefusal(opening)) return opening;
  const target = `${planning.root}/jobs/query/${asked.job}`;
  const ends = asked.kind === 'bulk-abort' || asked.kind === 'bulk-delete';
  const objections = ends ? judgeOperations(['bulk'], planning.policy) : judgeOpening('bulk', opening, planning);
  switch (asked.kind) {
    case 'bulk-see':
      return { method: 'GET', target, expectation: { kind: 'job' }, objections };
    case 'bulk-pages': {
      const pages = `${target}/resultPages${printParameters(locatorOf(asked))}`;
      return { method: 'GET', target: pages, expectation: noRecords.little, objections };
    }
    case 'bulk-abort':
      return { method: 'PATCH', target, body: { state: 'Aborted' }, expectation: { kind: 'job' }, objections };
    case 'bulk-delete':
      return { method: 'DELETE', target, expectation: noRecords.little, objections };
  }
}

const locatorOf = ({ locator }: { readonly locator: string | undefined }): [string, string][] =>
  locator === undefined ? [] : [['locator', locator]];

export const planJobList = (asked: Extract<Asked, { kind: 'bulk-list' }>, { root, policy }: Planning): Draft => ({
  method: 'GET',
  target: `${root}/jobs/query${printParameters(asked.filters)}`,
  expectation: { kind: 'job' },
  objections: judgeOperations(['bulk'], policy),
});

/** One page of results, of no more records than may leave: paging goes on, and the next page is refused with its reason. */
export function planResults(asked: Extract<Asked, { kind: 'bulk-results' }>, planning: Planning): Draft | Refusal {
  const opening = findOpening(planning, 'job', asked.job);
  if (isRefusal(opening)) return opening;
  const { expectation } = opening;
  if (expectation.kind !== 'bulk-csv') throw new Error(`job ${asked.job} was opened with ${expectation.kind}`);
  const { object } = expectation.records;
  const left = Math.min(asked.maxRecords ?? Number.POSITIVE_INFINITY, planning.remaining(object));
  const parameters = locatorOf(asked);
  if (Number.isFinite(left)) parameters.push(['maxRecords', String(left)]);
  return {
    method: 'GET',
    target: `${planning.root}/jobs/query/${asked.job}/results${printParameters(parameters)}`,
    accept: 'text/csv',
    expectation,
    objections: [...judgeOpening('bulk', opening, planning), ...refuseSpent(object, 1, planning)],
  };
}
