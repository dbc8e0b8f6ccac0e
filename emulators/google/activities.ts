import type { LogEntry } from '../vendor-server/kept-log.ts';
import { jsonAnswer, type VendorAnswer, type VendorCall } from '../vendor-server/vendor-server.ts';
import { type Application, type Customer, googleError } from './customer.ts';

const mostActivities = 1000;

interface Question {
  readonly from: number;
  readonly to: number;
  readonly most: number;
  readonly accepts: (activity: Readonly<Record<string, unknown>>) => boolean;
  /** Behind which activity; undefined at the beginning. */
  readonly after: { readonly time: number; readonly order: number } | undefined;
}

/** Newest first. https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list */
export function answerActivities(
  customer: Customer,
  call: VendorCall,
  application: Application,
  user: string,
): VendorAnswer {
  const question = readQuestion(customer, call.query, user);
  if (typeof question === 'string') return googleError(400, 'invalid', question, 'global');
  const { from, to, most, accepts, after } = question;
  const compare = (one: Pick<LogEntry, 'time' | 'order'>, other: Pick<LogEntry, 'time' | 'order'>): number =>
    other.time - one.time || other.order - one.order;
  const found = customer.log
    .shown(application)
    .filter(
      (entry) =>
        entry.time >= from &&
        entry.time <= to &&
        accepts(entry.value) &&
        (after === undefined || compare(entry, after) > 0),
    )
    .sort(compare);
  const page = found.slice(0, most);
  const last = found.length > page.length ? page.at(-1) : undefined;
  const etag = `"${found.length}-${after?.order ?? 0}"`;
  return jsonAnswer({
    kind: 'admin#reports#activities',
    etag,
    // Where there are none, the member is not there.
    ...(page.length > 0 && { items: customer.log.deliver(asDelivered(customer, page)) }),
    ...(last !== undefined && { nextPageToken: printToken(customer, last) }),
  });
}

/** The question, or what is wrong with it. */
function readQuestion(customer: Customer, query: URLSearchParams, user: string): Question | string {
  const now = customer.clock();
  const from = Date.parse(query.get('startTime') ?? new Date(0).toISOString());
  const to = Date.parse(query.get('endTime') ?? new Date(now).toISOString());
  if (Number.isNaN(from) || Number.isNaN(to)) return 'Invalid value for a time: expected RFC 3339.';
  if (from >= to || from > now) return 'Start time must be before end time and now.';
  const most = Number(query.get('maxResults') ?? mostActivities);
  if (!Number.isInteger(most) || most < 1 || most > mostActivities) return 'Invalid value for: maxResults';
  const token = query.get('pageToken');
  const after = token === null ? undefined : readToken(customer, token);
  if (token !== null && after === undefined) return 'Invalid value for: pageToken';
  return { from, to, most, after, accepts: acceptedBy(query, user) };
}

function acceptedBy(query: URLSearchParams, user: string): Question['accepts'] {
  const [event, address] = [query.get('eventName'), query.get('actorIpAddress')];
  return (activity) => {
    const { actor, events, ipAddress } = activity as {
      readonly actor: { readonly email: string; readonly profileId: string };
      readonly events: readonly { readonly name: string }[];
      readonly ipAddress?: string;
    };
    return (
      (user === 'all' || user === actor.email || user === actor.profileId) &&
      (event === null || events.some(({ name }) => name === event)) &&
      (address === null || address === ipAddress)
    );
  };
}

const printToken = ({ generation }: Customer, { time, order }: LogEntry): string =>
  `A:${Buffer.from(`${time}:${order}:${generation}`).toString('base64url')}`;

function readToken({ generation }: Customer, token: string): Question['after'] {
  const [time, order, issued] = Buffer.from(token.slice(2), 'base64url').toString().split(':').map(Number);
  return time !== undefined && order !== undefined && issued === generation ? { time, order } : undefined;
}

function asDelivered({ delivery }: Customer, page: readonly LogEntry[]): readonly LogEntry[] {
  if (delivery === 'reordering') return page.toReversed();
  return delivery === 'duplicates' ? [...page, ...page.slice(0, 3)] : page;
}
