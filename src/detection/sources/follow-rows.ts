import { parseInstant } from '#lib/instant.ts';
import type { LivePiece, LiveStream, Surroundings } from '#model/live-source.ts';
import { failure, type Result, success } from '#model/result.ts';
import type { JsonObject } from '#model/source.ts';
import { paceOf, type SalesforceApi } from './ask-salesforce.ts';
import { type Mark, readWindows, type TimeWindow, type WindowPage } from './poll-window.ts';
import { describeFields, queryPath, readPage } from './read-soql.ts';
import { textOf } from './record-values.ts';

/** An object of the CRM whose records are a log. */
export interface RowLog {
  /** `LoginHistory`; also the stream's name. */
  readonly object: string;
  readonly timeField: string;
  /** What the asking user needs, for people. */
  readonly needs: string;
  /** Big objects know only DESC. */
  readonly order: 'ASC' | 'DESC';
  /** The most event time that a query asks for, ms. */
  readonly stepMs: number;
  /** How much later than its time a record usually becomes visible, ms: so much is asked for again each time. */
  readonly overlapMs: number;
  /** How long the CRM keeps records, ms. */
  readonly keptMs: number;
  readonly pollMs: number;
  /** 200 to 2,000. */
  readonly pageRecords: number;
  readonly tellsNoRows?: boolean;
}

const hourMs = 3_600_000;

/** What became visible later than usual is found by a look once an hour, if it is not older than this. */
const latestMs = 4 * hourMs;

/**
 * Follows a log by its records' times. Salesforce promises no order in which records of one object become visible, so
 * the latest stretch is asked for again and again, and a record handed on more than once is told by its key.
 */
export function followRows(log: RowLog, api: SalesforceApi, origin: string, surroundings: Surroundings): LiveStream {
  const { object, stepMs, overlapMs, keptMs, pollMs, tellsNoRows = false } = log;
  const looks = [
    { backMs: overlapMs, everyMs: pollMs },
    { backMs: Math.max(overlapMs, latestMs), everyMs: Math.max(pollMs, hourMs) },
  ];
  return {
    name: object,
    tellsNoRows,
    read: (cursor, since) => {
      const ask = createAsker(log, api, origin, surroundings);
      return readWindows({ title: object, looks, stepMs, retentionMs: keptMs, ask }, cursor, since, surroundings);
    },
  };
}

type Ask = (window: TimeWindow, next: string | undefined) => Promise<Result<WindowPage>>;

function createAsker(log: RowLog, api: SalesforceApi, origin: string, { clock }: Surroundings): Ask {
  const { object, needs, pollMs } = log;
  let fields: readonly string[] | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (window, next) => {
    const pace = paceOf(api, pollMs);
    const waitMs = askedAt + pace.ms - clock();
    if (next === undefined && pace.why !== undefined && waitMs > 0)
      return failure({ kind: 'later', afterMs: waitMs, why: pace.why });
    askedAt = clock();
    if (fields === undefined) {
      const described = await describeFields(api, object, needs);
      if (!described.ok) return failure(described.failure.failure);
      fields = described.value;
    }
    const page = await readPage(api, next ?? queryPath(soqlOf(log, fields, window)), log);
    if (!page.ok) return failure(page.failure.failure);
    const { records } = page.value;
    const piece = records.length === 0 ? undefined : pieceOf(`${origin}/${object}`, records, clock());
    return success({ piece, marks: records.flatMap((record) => markOf(log, record)), next: page.value.next });
  };
}

function soqlOf({ object, timeField, order }: RowLog, fields: readonly string[], { from, to }: TimeWindow): string {
  const [first, last] = [new Date(from).toISOString(), new Date(to).toISOString()];
  return `SELECT ${fields.join(', ')} FROM ${object} WHERE ${timeField} >= ${first} AND ${timeField} <= ${last} ORDER BY ${timeField} ${order}`;
}

function markOf({ timeField }: RowLog, record: JsonObject): readonly Mark[] {
  // Big objects have one and the same Id for all records; Event Log Objects are documented without any.
  const id = textOf(record['EventIdentifier']) ?? textOf(record['Id']) ?? textOf(record['RequestIdentifier']);
  const time = parseInstant(textOf(record[timeField]) ?? '');
  return id === undefined || time === undefined ? [] : [{ id, time }];
}

const pieceOf = (name: string, records: readonly JsonObject[], arrivedAt: number): LivePiece => ({
  name,
  content: Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')),
  arrivedAt,
});
