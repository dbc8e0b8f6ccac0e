import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { countOf, noTime, partOf, textOf } from '../record-values.ts';

const isSignIn = (value: JsonObject): boolean =>
  'txid' in value || (typeof value['event_type'] === 'string' && 'factor' in value);

const isAdministration = (value: JsonObject): boolean =>
  typeof value['action'] === 'string' && 'username' in value && 'object' in value && 'description' in value;

const acceptsObject = (value: JsonObject): boolean =>
  ('timestamp' in value || 'isotimestamp' in value) && (isSignIn(value) || isAdministration(value));

function readObject(value: JsonObject): Reading | Invalid {
  const written = textOf(value['isotimestamp']);
  // Seconds since 1970 UTC.
  const seconds = countOf(value['timestamp']);
  const time = written === undefined ? seconds && seconds * 1000 : parseInstant(written);
  if (time === undefined || !Number.isSafeInteger(time)) return noTime('isotimestamp', written ?? value['timestamp']);
  const slots = new Slots();
  slots['metadata.product.name'] = 'Cisco Duo';
  return isSignIn(value) ? readSignIn(value, time, slots) : readAdministration(value, time, slots);
}

const results: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({ success: 1, denied: 2, failure: 2, fraud: 2, error: 2 }),
);

/** https://duo.com/docs/adminapi#authentication-logs */
function readSignIn(value: JsonObject, time: number, slots: Slots): Reading | Invalid {
  const type = textOf(value['event_type']) ?? 'authentication';
  const user = partOf(value, 'user');
  const device = partOf(value, 'access_device');
  const place = partOf(device, 'location');
  const reason = textOf(value['reason']);
  const result = textOf(value['result'])?.toLowerCase();
  slots.activity_name = type === 'enrollment' ? 'factor-enrol' : 'factor-challenge';
  slots['metadata.event_code'] = type;
  slots['metadata.correlation_uid'] = textOf(value['txid']);
  slots['api.operation'] = textOf(value['factor']);
  slots.status_id = results.get(result ?? '');
  slots.status_detail = reason ?? result;
  // A bypass lets people in without the factor that was asked for.
  if (slots.status_id === 1)
    slots.is_mfa = !/^(bypass_user|allow_unenrolled_user|allowed_by_policy)/.test(reason ?? '');
  slots['actor.user.uid'] = textOf(user?.['key']);
  slots['actor.user.name'] = (
    textOf(value['email']) ??
    textOf(user?.['name']) ??
    textOf(value['username'])
  )?.toLowerCase();
  slots['src_endpoint.ip'] = textOf(device?.['ip']) ?? textOf(value['ip']);
  slots['src_endpoint.location.country'] = textOf(place?.['country']);
  slots['src_endpoint.location.city'] = textOf(place?.['city']);
  slots['http_request.user_agent'] = textOf(device?.['browser']);
  slots['service.name'] = textOf(partOf(value, 'application')?.['name']) ?? textOf(value['integration']);
  const told = [time, slots['actor.user.name'], slots['src_endpoint.ip'], slots['service.name']].join(' ');
  return { time, key: `${type}:${textOf(value['txid']) ?? told}`, slots };
}

const administration: readonly (readonly [RegExp, Activity])[] = [
  [
    /^(phone|hardtoken|webauthncredential|u2ftoken)_(create|associate)|^bypass_create|^activation_(create|send)/,
    'factor-enrol',
  ],
  [/^(phone|hardtoken|webauthncredential|u2ftoken)_(delete|disassociate)|^bypass_delete/, 'factor-reset'],
  [/^admin_login/, 'login'],
  [/^admin_(create|update|delete|activate)|^group_/, 'permission-change'],
  [/^user_/, 'account-change'],
  [/^integration_create/, 'app-create'],
  [/^integration_/, 'app-change'],
  [/^(policy|feature|customer|azure|directory|directory_sync)_/, 'setting-change'],
];

/** https://duo.com/docs/adminapi#administrator-logs */
function readAdministration(value: JsonObject, time: number, slots: Slots): Reading | Invalid {
  const action = textOf(value['action']);
  if (action === undefined) return { invalid: 'no action, expected an administrator log' };
  const actor = textOf(value['username']);
  slots.activity_name = administration.find(([pattern]) => pattern.test(action))?.[1] ?? 'other';
  slots['metadata.event_code'] = action;
  slots.status_id = action.endsWith('_error') ? 2 : 1;
  slots['actor.user.name'] = actor?.toLowerCase();
  slots['entity.name'] = textOf(value['object']);
  slots.message = textOf(value['description']);
  return { time, key: ['admin', time, action, actor, slots['entity.name'], slots.message].join(' '), slots };
}

/** Authentication logs (v1 and v2) and administrator logs of the Admin API. https://duo.com/docs/adminapi#logs */
export const source: Source = {
  name: 'cisco-duo',
  title: 'Cisco Duo logs',
  lag: '2 minutes',
  longestLagMs: 30 * 60_000,
  acceptsObject,
  readObject,
};
