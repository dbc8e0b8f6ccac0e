import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { countOf, noTime, textOf } from '../record-values.ts';

const acceptsObject = (value: JsonObject): boolean =>
  'event_type_id' in value && ('created_at' in value || 'event_timestamp' in value) && 'account_id' in value;

/** https://developers.onelogin.com/api-docs/1/events/event-resource, Event Type IDs */
const activities: ReadonlyMap<number, Activity> = new Map<number, Activity>([
  [3, 'login-as'],
  [5, 'login'],
  [6, 'login'],
  [7, 'logout'],
  [8, 'sign-on'],
  [9, 'sign-on'],
  [532, 'account-change'],
  [551, 'account-change'],
  [553, 'account-change'],
]);
const failures: ReadonlySet<number> = new Set([6, 9]);

function readObject(value: JsonObject): Reading | Invalid {
  const written = textOf(value['created_at'] ?? value['event_timestamp']) ?? '';
  // Webhooks write "2026-08-12 22:14:09 UTC".
  const time = parseInstant(written.replace(/ UTC$/, 'Z'));
  if (time === undefined) return noTime('created_at', written);
  const type = countOf(value['event_type_id']);
  const id = textOf(value['id'] ?? value['uuid']);
  if (type === undefined || id === undefined)
    return { invalid: `no ${id === undefined ? 'id' : 'event_type_id'}, expected an event` };
  const slots = new Slots();
  slots.activity_name = activities.get(type) ?? 'other';
  slots['metadata.event_code'] = String(type);
  slots['metadata.product.name'] = 'OneLogin';
  slots['metadata.tenant_uid'] = textOf(value['account_id']);
  slots.status_id = failures.has(type) ? 2 : activities.has(type) ? 1 : undefined;
  slots.status_detail = textOf(value['error_description']);
  slots.message = textOf(value['custom_message']) ?? textOf(value['notes']);
  setPeople(slots, value);
  slots['src_endpoint.ip'] = textOf(value['ipaddr']);
  slots['service.name'] = textOf(value['app_name']);
  slots['entity.name'] = slots['service.name'];
  slots['entity.uid'] = textOf(value['app_id']);
  return { time, key: id, slots };
}

/** Names are first and last names; the e-mail address stands there only where a user has none. */
function setPeople(slots: Slots, value: JsonObject): void {
  const userId = textOf(value['user_id']);
  const actorId = textOf(value['actor_user_id']) ?? userId;
  slots['actor.user.uid'] = actorId;
  const isUser = actorId === userId;
  slots['actor.user.name'] =
    addressIn(value['actor_user_name']) ?? (isUser ? addressIn(value['user_name']) : undefined);
  if (isUser) return;
  slots['user.uid'] = userId;
  slots['user.name'] = addressIn(value['user_name']);
}

const addressIn = (name: unknown): string | undefined => {
  const text = textOf(name);
  return text?.includes('@') ? text.toLowerCase() : undefined;
};

/** Events of the Events API and of event webhooks. https://developers.onelogin.com/api-docs/1/events/get-events */
export const source: Source = {
  name: 'onelogin',
  title: 'OneLogin events',
  lag: 'seconds to minutes',
  longestLagMs: 30 * 60_000,
  acceptsObject,
  readObject,
};
