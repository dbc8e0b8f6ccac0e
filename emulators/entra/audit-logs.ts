import type { LogEntry } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import { type RecordFilter, readFilter } from './filter.ts';
import { graphError, type Kind, type Tenant } from './tenant.ts';

const mostRecords = 1000;

interface Question {
  readonly accepts: RecordFilter;
  readonly top: number;
  readonly isDescending: boolean;
  /** Behind which record; undefined at the beginning. */
  readonly after: { readonly time: number; readonly order: number } | undefined;
}

/**
 * `GET /auditLogs/signIns`, `GET /auditLogs/directoryAudits`: newest first unless `$orderby` says otherwise, 1,000 to a
 * page at most. v1.0 shows interactive sign-ins only, and so does beta as long as no filter names others.
 * https://learn.microsoft.com/graph/api/signin-list
 */
export function answerAuditLog(
  tenant: Tenant,
  call: VendorCall,
  isBeta: boolean,
  kinds: readonly Kind[],
): VendorAnswer {
  const timeField = kinds[0] === 'directoryAudit' ? 'activityDateTime' : 'createdDateTime';
  const question = readQuestion(tenant, call.query, timeField);
  if (typeof question === 'string') return graphError(tenant, 400, 'BadRequest', question);
  const namesKinds = isBeta && (call.query.get('$filter') ?? '').includes('signInEventTypes');
  const shown = kinds.filter((kind) => namesKinds || kind === kinds[0]).flatMap((kind) => tenant.log.shown(kind));
  const compare = (one: Pick<LogEntry, 'time' | 'order'>, other: Pick<LogEntry, 'time' | 'order'>): number =>
    (question.isDescending ? -1 : 1) * (one.time - other.time || one.order - other.order);
  const found = shown
    .filter(
      (entry) => question.accepts(entry.value) && (question.after === undefined || compare(entry, question.after) > 0),
    )
    .sort(compare);
  const page = found.slice(0, question.top);
  const last = found.length > page.length ? page.at(-1) : undefined;
  return jsonAnswer({
    '@odata.context': `${tenant.url}${call.path.replace(/\/auditLogs\/.*/, '')}/$metadata#auditLogs/${call.path.split('/').at(-1)}`,
    ...(last !== undefined && { '@odata.nextLink': nextLink(tenant, call, last) }),
    value: tenant.log.deliver(asDelivered(tenant, page)),
  });
}

/** The question, or what is wrong with it. */
function readQuestion(tenant: Tenant, query: URLSearchParams, timeField: string): Question | string {
  const top = Number(query.get('$top') ?? mostRecords);
  if (!Number.isInteger(top) || top < 1 || top > mostRecords)
    return 'Invalid page size specified. Must be between 1 and 1000 inclusive.';
  const accepts = readFilter(query.get('$filter') ?? '');
  if (accepts === undefined) return 'Invalid filter clause';
  const [field = timeField, direction = query.has('$orderby') ? 'asc' : 'desc', ...rest] = (
    query.get('$orderby') ?? timeField
  ).split(' ');
  if (field !== timeField || rest.length > 0 || !['asc', 'desc'].includes(direction)) return 'Invalid orderby clause';
  const token = query.get('$skiptoken');
  const after = token === null ? undefined : readToken(tenant, token);
  if (token !== null && after === undefined) return 'The skip token is invalid or has expired.';
  return { accepts, top, isDescending: direction !== 'asc', after };
}

function nextLink({ url, generation }: Tenant, call: VendorCall, { time, order }: LogEntry): string {
  const query = new URLSearchParams(call.query);
  query.set('$skiptoken', Buffer.from(`${time}_${order}_${generation}`).toString('base64url'));
  return `${url}${call.path}?${query}`;
}

function readToken({ generation }: Tenant, token: string): Question['after'] {
  const [time, order, issued] = Buffer.from(token, 'base64url').toString().split('_').map(Number);
  return time !== undefined && order !== undefined && issued === generation ? { time, order } : undefined;
}

function asDelivered({ delivery }: Tenant, page: readonly LogEntry[]): readonly LogEntry[] {
  if (delivery === 'reordering') return page.toReversed();
  return delivery === 'duplicates' ? [...page, ...page.slice(0, 3)] : page;
}
