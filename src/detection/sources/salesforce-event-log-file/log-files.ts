import { parseInstant } from '#lib/instant.ts';
import { type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import { apiPath, type CrmRefusal, type SalesforceApi } from '../ask-salesforce.ts';
import { readPages } from '../read-soql.ts';
import { textOf } from '../record-values.ts';

const needs = '"View Event Log Files" and "API Enabled"';

/** A file as the list of files shows it. */
export interface LogFile {
  readonly id: string;
  readonly eventType: string;
  /** Begin of the hour or day that it is of, ms. */
  readonly logDate: number;
  /** When it appeared, ms; by full seconds. */
  readonly createdAt: number;
}

/**
 * Which files an org has. `only daily` knows no field Interval: an org without Event Monitoring does not have it.
 * The two are never mixed, for they tell of the same.
 */
export const fileIntervals = ['Hourly', 'Daily', 'only daily'] as const;
export type FileInterval = (typeof fileIntervals)[number];

/** Where none came for so long, ms, an org has ceased to have hourly files, though old ones may be kept for weeks. */
const longestPauseMs = 36 * 3_600_000;

/** The first of the wanted of which the org has new files at `now` (ms); `otherwise` where it has none. */
export async function findInterval(
  api: SalesforceApi,
  wanted: readonly ['Hourly', 'Daily'] | readonly ['Daily'],
  now: number,
  otherwise: FileInterval,
): Promise<Result<FileInterval, CrmRefusal>> {
  for (const interval of wanted) {
    const since = new Date(now - longestPauseMs).toISOString();
    const soql = `SELECT Id FROM EventLogFile WHERE Interval = '${interval}' AND CreatedDate >= ${since} LIMIT 1`;
    for await (const page of readPages(api, soql, { needs, pageRecords: 200 })) {
      if (!page.ok && page.failure.errorCode === 'INVALID_FIELD') return success('only daily');
      if (!page.ok) return page;
      if (page.value.length > 0) return success(interval);
    }
  }
  return success(otherwise);
}

/** How to list files: those that appeared at or after `from` (ms), oldest first, none of the event types left out. */
export interface Listing {
  readonly interval: FileInterval;
  readonly from: number;
  readonly leftOut: readonly string[];
}

export async function* listFiles(
  api: SalesforceApi,
  { interval, from, leftOut }: Listing,
): AsyncGenerator<Result<readonly LogFile[], CrmRefusal>> {
  const conditions = [
    ...(interval === 'only daily' ? [] : [`Interval = '${interval}'`]),
    `CreatedDate >= ${new Date(from).toISOString()}`,
    ...(leftOut.length === 0 ? [] : [`EventType NOT IN (${leftOut.map((type) => `'${type}'`).join(', ')})`]),
  ];
  const soql = `SELECT Id, EventType, LogDate, CreatedDate FROM EventLogFile WHERE ${conditions.join(' AND ')} ORDER BY CreatedDate ASC, Id ASC`;
  for await (const page of readPages(api, soql, { needs, pageRecords: 2000 })) {
    yield page.ok ? success(page.value.flatMap(fileOf)) : page;
  }
}

function fileOf(record: JsonObject): readonly LogFile[] {
  const id = textOf(record['Id']);
  const createdAt = parseInstant(textOf(record['CreatedDate']) ?? '');
  const logDate = parseInstant(textOf(record['LogDate']) ?? '');
  if (id === undefined || !/^\w{15,18}$/.test(id) || createdAt === undefined || logDate === undefined) return [];
  return [{ id, eventType: textOf(record['EventType']) ?? '', logDate, createdAt }];
}

export const askForFile = (api: SalesforceApi, { id }: LogFile): Promise<Result<Response, CrmRefusal>> =>
  api.ask({ path: `${apiPath}/sobjects/EventLogFile/${id}/LogFile`, needs });
