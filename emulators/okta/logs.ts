import type { LogEntry } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import { type EventFilter, readFilter } from './filter.ts';
import { type Org, oktaError } from './org.ts';

interface Question {
  readonly since: number;
  /** Undefined: a polling query, which has no end (ascending, without `until`). */
  readonly until: number | undefined;
  readonly isDescending: boolean;
  readonly limit: number;
  readonly accepts: EventFilter;
  /** Place in the order of the query; undefined at its beginning. */
  readonly after: Place | undefined;
}

/** Of the last event of a page: its place in the order, and its number where several share one. */
interface Place {
  readonly at: number;
  readonly order: number;
}

const weekMs = 7 * 86_400_000;

/** `GET /api/v1/logs`. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ */
export function answerLogs(org: Org, call: VendorCall): VendorAnswer {
  const limits = countRequest(org);
  if (limits === undefined) {
    const reset = String((org.minute.number + 1) * 60);
    return oktaError('E0000047', 429, { ...limitHeaders(org.requestsPerMinute, 0, reset) });
  }
  const question = readQuestion(org, call.query);
  if (typeof question === 'string') return oktaError('E0000001', 400, limits, question);
  const found = find(org, question);
  const page = found.slice(0, question.limit);
  const isPolling = question.until === undefined && !question.isDescending;
  const hasNext = isPolling || found.length > page.length;
  const headers = { ...limits, link: links(org, call, question, hasNext ? (page.at(-1) ?? 'same') : undefined) };
  return jsonAnswer(org.log.deliver(asDelivered(org, page)), 200, headers);
}

function countRequest(org: Org): Readonly<Record<string, string>> | undefined {
  const number = Math.floor(org.clock() / 60_000);
  if (org.minute.number !== number) org.minute = { number, requests: 0 };
  org.minute.requests++;
  const remaining = org.requestsPerMinute - org.minute.requests;
  return remaining < 0 ? undefined : limitHeaders(org.requestsPerMinute, remaining, String((number + 1) * 60));
}

const limitHeaders = (limit: number, remaining: number, reset: string) => ({
  'x-rate-limit-limit': String(limit),
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': reset,
});

/** The question, or what is wrong with it. */
function readQuestion(org: Org, query: URLSearchParams): Question | string {
  const now = org.clock();
  const sortOrder = query.get('sortOrder') ?? 'ASCENDING';
  if (sortOrder !== 'ASCENDING' && sortOrder !== 'DESCENDING') return "'sortOrder': must be ASCENDING or DESCENDING";
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 0 || limit > 1000) return "'limit': must be between 0 and 1000";
  const until = instantIn(query, 'until');
  const since = instantIn(query, 'since');
  for (const [name, value] of [
    ['since', since],
    ['until', until],
  ] as const)
    if (Number.isNaN(value))
      return `'${name}': The date format in your query is not recognized. Please enter dates using ISO8601 string format.`;
  const accepts = readFilter(query.get('filter') ?? '', query.get('q') ?? '');
  if (accepts === undefined) return "'filter': Invalid search criteria.";
  const after = query.get('after');
  const place = after === null ? undefined : readCursor(org, after);
  if (after !== null && place === undefined) return "'after': The cursor is invalid or has expired.";
  return {
    since: since ?? (until ?? now) - weekMs,
    until,
    isDescending: sortOrder === 'DESCENDING',
    limit,
    accepts,
    after: place,
  };
}

/** ms; undefined where it is not said, NaN where it is no time. */
function instantIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null || text === '' ? undefined : Date.parse(text);
}

/**
 * Polling goes by the time at which events were persisted, so that late ones are not passed over; bounded queries go by
 * `published`.
 */
function find(org: Org, { since, until, isDescending, accepts, after }: Question): readonly LogEntry[] {
  const isPolling = until === undefined && !isDescending;
  const placeOf = (entry: LogEntry): Place => ({ at: isPolling ? entry.shownAt : entry.time, order: entry.order });
  const sign = isDescending ? -1 : 1;
  const compare = (one: Place, other: Place) => sign * (one.at - other.at || one.order - other.order);
  return org.log
    .shown('log')
    .filter(
      (entry) =>
        placeOf(entry).at >= since &&
        (until === undefined || entry.time < until) &&
        accepts(entry.value) &&
        (after === undefined || compare(placeOf(entry), after) > 0),
    )
    .sort((one, other) => compare(placeOf(one), placeOf(other)));
}

/** `rel="self"` always; `rel="next"` behind the last event, or, where there was none, where this query stood. */
function links(org: Org, call: VendorCall, question: Question, last: LogEntry | 'same' | undefined): readonly string[] {
  const link = (query: URLSearchParams, relation: string): string =>
    `<${org.url}/api/v1/logs${query.size > 0 ? '?' : ''}${query}>; rel="${relation}"`;
  if (last === undefined) return [link(call.query, 'self')];
  const isPolling = question.until === undefined && !question.isDescending;
  const next = new URLSearchParams(call.query);
  if (last !== 'same')
    next.set('after', printCursor(org, { at: isPolling ? last.shownAt : last.time, order: last.order }));
  else if (question.after === undefined) next.set('after', printCursor(org, { at: question.since, order: -1 }));
  return [link(call.query, 'self'), link(next, 'next')];
}

const printCursor = (org: Org, { at, order }: Place): string => `${at}_${order + 1}_${org.generation}`;

function readCursor(org: Org, text: string): Place | undefined {
  // `1627500044869_1_0`
  const [, at, order, generation] = /^(\d{1,15})_(\d{1,15})_(\d{1,9})$/.exec(text) ?? [];
  return generation === String(org.generation) ? { at: Number(at), order: Number(order) - 1 } : undefined;
}

function asDelivered(org: Org, page: readonly LogEntry[]): readonly LogEntry[] {
  if (org.delivery === 'reordering') return page.toReversed();
  if (org.delivery === 'faithful') return page;
  // The page before once more, and every third event twice.
  const earlier = org.log
    .shown('log')
    .filter(({ order }) => order < (page[0]?.order ?? 0))
    .slice(-3);
  return [...earlier, ...page.flatMap((entry, at) => (at % 3 === 0 ? [entry, entry] : [entry]))];
}
