import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { textOf } from '../record-values.ts';

/** What the gateway's operations are in the vocabulary of all logs. */
const activityOf: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    query: 'query',
    'query-all': 'query',
    'query-more': 'query',
    retrieve: 'query',
    composite: 'query',
    count: 'count',
    describe: 'describe-object',
    'list-objects': 'list-objects',
    limits: 'read-limits',
    'bulk-create': 'bulk-create',
    'bulk-see': 'bulk-progress',
    'bulk-results': 'bulk-result',
    'bulk-abort': 'bulk-abort',
    'bulk-delete': 'bulk-delete',
  }),
);

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function readObject(value: JsonObject): Reading | Invalid {
  const id = textOf(value['id']);
  const kind = textOf(value['kind']);
  if (id === undefined || (kind !== 'call' && kind !== 'notice'))
    return { invalid: `kind is ${JSON.stringify(value['kind'])?.slice(0, 40)}, expected call or notice with an id` };
  const at = textOf(value['at']) ?? '';
  const time = parseInstant(at);
  if (time === undefined) return { invalid: `at is "${at.slice(0, 40)}", expected an ISO 8601 time` };
  const slots = new Slots();
  slots['metadata.product.name'] = 'Cordon';
  setCaller(slots, value);
  if (kind === 'call') setCall(slots, value);
  else setNotice(slots, value);
  return { time, key: id, slots };
}

/** An integration acts as itself: it is the app, and the user whose token it holds is its own. */
function setCaller(slots: Slots, value: JsonObject): void {
  const integration = textOf(value['integration']);
  slots['actor.app_name'] = integration;
  slots['actor.user.uid'] = integration;
  slots['actor.session.uid'] = textOf(value['token']);
  slots.auth_protocol = textOf(value['tier']);
  slots['src_endpoint.ip'] = textOf(value['address']);
}

function setCall(slots: Slots, value: JsonObject): void {
  const operation = textOf(value['operation']);
  const object = textOf(value['object']);
  const fields = value['fields'];
  slots['metadata.event_code'] = 'call';
  slots['api.operation'] = operation;
  slots['api.service.name'] = operation?.startsWith('bulk-') ? 'Bulk2' : 'REST';
  slots.activity_name = activityOf.get(operation ?? '') ?? 'api-call';
  slots['resources.type'] = object === undefined ? [] : [object];
  if (Array.isArray(fields)) {
    slots['unmapped.query.fields'] = fields.map(String);
    slots['unmapped.query.field_count'] = fields.length;
  }
  slots['unmapped.rows'] = countOf(value['records']);
  slots['query_info.bytes'] = countOf(value['bytes']);
  slots['unmapped.job.uid'] = textOf(value['job']);
  slots['http_request.user_agent'] = textOf(value['userAgent']);
  const status = countOf(value['status']);
  slots['http_response.code'] = status;
  slots.status_id = status === undefined ? undefined : status < 400 ? 1 : 2;
  slots.status_detail = textOf(value['outcome']);
}

function setNotice(slots: Slots, value: JsonObject): void {
  slots['metadata.event_code'] = textOf(value['reason']);
  slots.activity_name = 'vendor-finding';
  slots.status_detail = textOf(value['reason']);
  slots.message = textOf(value['explanation']);
}

/** The log of Cordon's own gateway: each call with the records that left, counted and not estimated, and its notices. */
export const source: Source = {
  name: 'cordon-gateway',
  title: 'Cordon gateway',
  lag: 'seconds',
  longestLagMs: 5 * 60_000,
  acceptsObject: (value) => value['cordonGateway'] === 1,
  readObject,
};
