import type { Act, Caller } from './acts.ts';
import { salesforceId } from './salesforce-id.ts';

export interface BulkQuery {
  readonly caller: Caller;
  readonly object: string;
  readonly soql: string;
  readonly rows: number;
  readonly createdAt: number;
  readonly completedAt: number;
  /** When the last page of results is out. */
  readonly fetchedAt: number;
  /** When the job is deleted, if it is. */
  readonly deletedAt: number | undefined;
  /** Rows per page of results. */
  readonly pageRows: number;
}

/** Bytes of one row as CSV, about; the results' size follows. */
const bytesPerRow = 400;

/**
 * The whole life of one Bulk API 2.0 query job: created, worked on, complete, its results fetched page by page and
 * perhaps deleted. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_walkthrough.htm
 */
export function* bulkQuery(query: BulkQuery, serial: () => number): Generator<Act> {
  const { caller, object, soql, createdAt, completedAt, fetchedAt } = query;
  const jobNumber = serial();
  const jobId = salesforceId('750', jobNumber);
  const state = (time: number, name: 'created' | 'uploadComplete' | 'inProgress' | 'complete' | 'deleted'): Act => {
    const rows = name === 'complete' || name === 'deleted' ? query.rows : name === 'inProgress' ? query.rows >> 1 : 0;
    const megabytes = (rows * bytesPerRow) / 1_048_576;
    return {
      kind: 'bulk-state',
      operation: 'query',
      time,
      serial: serial(),
      caller,
      jobId,
      object,
      state: name,
      rows,
      megabytes,
    };
  };
  const call = (time: number, method: 'GET' | 'POST' | 'DELETE', path: string): Act => ({
    kind: 'bulk-call',
    time,
    serial: serial(),
    caller,
    method,
    path,
  });

  yield call(createdAt, 'POST', '/jobs/query');
  yield state(createdAt + 40, 'created');
  yield state(createdAt + 220, 'uploadComplete');
  const pages = Math.max(1, Math.ceil(query.rows / query.pageRows));
  yield state(createdAt + Math.floor((completedAt - createdAt) / 2), 'inProgress');
  yield state(completedAt, 'complete');
  yield call(completedAt + 90, 'GET', `/jobs/query/${jobId}`);
  for (let page = 0; page < pages; page++) {
    const time = completedAt + Math.floor(((fetchedAt - completedAt) * (page + 1)) / pages);
    yield call(time, 'GET', `/jobs/query/${jobId}/results`);
    yield { kind: 'bulk-result', time, serial: serial(), caller, jobId, soql };
  }
  if (query.deletedAt !== undefined) {
    yield call(query.deletedAt, 'DELETE', `/jobs/query/${jobId}`);
    yield state(query.deletedAt + 60, 'deleted');
  }
}

export interface BulkUpdate {
  readonly caller: Caller;
  readonly object: string;
  readonly rows: number;
  readonly createdAt: number;
  readonly completedAt: number;
}

/** The whole life of one Bulk API 2.0 job that writes. */
export function* bulkUpdate(update: BulkUpdate, serial: () => number): Generator<Act> {
  const { caller, object, createdAt, completedAt } = update;
  const jobId = salesforceId('750', serial());
  const path = '/jobs/ingest';
  const call = (time: number, method: 'POST' | 'PUT' | 'PATCH', below: string): Act => ({
    kind: 'bulk-call',
    time,
    serial: serial(),
    caller,
    method,
    path: path + below,
  });
  const state = (time: number, name: 'created' | 'uploadComplete' | 'inProgress' | 'complete'): Act => {
    const rows = name === 'complete' ? update.rows : 0;
    return {
      kind: 'bulk-state',
      operation: 'update',
      time,
      serial: serial(),
      caller,
      jobId,
      object,
      state: name,
      rows,
      megabytes: 0,
    };
  };
  yield call(createdAt, 'POST', '');
  yield state(createdAt + 40, 'created');
  yield call(createdAt + 900, 'PUT', `/${jobId}/batches`);
  yield call(createdAt + 7_000, 'PATCH', `/${jobId}`);
  yield state(createdAt + 7_200, 'uploadComplete');
  yield state(createdAt + 9_000, 'inProgress');
  yield state(completedAt, 'complete');
}
