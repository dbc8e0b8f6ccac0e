import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { activityOfType, provesFactor } from './event-types.ts';

/**
 * The parts of a LogEvent that are read. Every one may be missing, null or of another kind: `textIn` and `partOf` look.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
 */
const partOf = (value: unknown, name: string): JsonObject | undefined => {
  const part = (value as JsonObject | undefined)?.[name];
  return typeof part === 'object' && part !== null ? (part as JsonObject) : undefined;
};

/** A text; Okta writes `unknown` and `null` for what it does not know. */
const textIn = (value: JsonObject | undefined, name: string): string | undefined => {
  const text = value?.[name];
  return typeof text === 'string' && text !== '' && text !== 'unknown' && text !== 'null' ? text : undefined;
};

const statuses: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({
    SUCCESS: 1,
    ALLOW: 1,
    FAILURE: 2,
    DENY: 2,
    RATE_LIMIT: 2,
    ABANDONED: 2,
    UNANSWERED: 2,
  }),
);

function readObject(value: JsonObject): Reading | Invalid {
  const eventType = textIn(value, 'eventType');
  const uuid = textIn(value, 'uuid');
  const published = textIn(value, 'published') ?? '';
  if (eventType === undefined || uuid === undefined)
    return { invalid: `no ${eventType === undefined ? 'eventType' : 'uuid'}, expected an event of the System Log` };
  const time = parseInstant(published);
  if (time === undefined) return { invalid: `published is "${published.slice(0, 40)}", expected an ISO 8601 time` };
  const slots = new Slots();
  slots.activity_name = activityOfType(eventType);
  slots['metadata.event_code'] = eventType;
  slots['metadata.product.name'] = 'Okta';
  slots['metadata.correlation_uid'] = textIn(partOf(value, 'transaction'), 'id');
  slots.message = textIn(value, 'displayMessage');
  const actor = partOf(value, 'actor');
  setOutcome(slots, partOf(value, 'outcome'), eventType);
  setActor(slots, actor);
  setClient(slots, value);
  setSession(slots, value);
  setTargets(slots, value['target'], textIn(actor, 'id'));
  return { time, key: `${uuid}:${eventType}`, slots };
}

function setOutcome(slots: Slots, outcome: JsonObject | undefined, eventType: string): void {
  const result = textIn(outcome, 'result');
  slots.status_id = result === undefined ? undefined : statuses.get(result);
  slots.status_detail = textIn(outcome, 'reason') ?? result;
  if (slots.status_id === 1 && provesFactor.has(eventType)) slots.is_mfa = true;
}

const isApp = (type: string): boolean => type.startsWith('PublicClientApp') || type === 'AppInstance';

/** An OAuth client can act by itself: then it is the app, and no user acts. */
function setActor(slots: Slots, actor: JsonObject | undefined): void {
  const type = textIn(actor, 'type');
  slots['actor.user.type'] = type;
  if (type !== undefined && isApp(type)) {
    slots['actor.app_uid'] = textIn(actor, 'id');
    slots['actor.app_name'] = textIn(actor, 'displayName');
    slots['unmapped.app_attribution'] = 'stated';
  } else if (type !== 'IP address') {
    slots['actor.user.uid'] = textIn(actor, 'id');
    slots['actor.user.name'] = textIn(actor, 'alternateId')?.toLowerCase();
  }
}

function setClient(slots: Slots, value: JsonObject): void {
  const client = partOf(value, 'client');
  const place = partOf(client, 'geographicalContext');
  const security = partOf(value, 'securityContext');
  slots['src_endpoint.ip'] = textIn(client, 'ipAddress');
  slots['src_endpoint.location.country'] = textIn(place, 'country');
  slots['src_endpoint.location.city'] = textIn(place, 'city');
  slots['http_request.user_agent'] = textIn(partOf(client, 'userAgent'), 'rawUserAgent');
  const network = security?.['asNumber'];
  slots['src_endpoint.autonomous_system.number'] = typeof network === 'number' ? network : undefined;
  slots['src_endpoint.autonomous_system.name'] = textIn(security, 'asOrg');
  const isProxy = security?.['isProxy'];
  slots['unmapped.src_endpoint.is_proxy'] = typeof isProxy === 'boolean' ? isProxy : undefined;
  const clientId = textIn(client, 'id');
  if (clientId === undefined || slots['actor.app_uid'] !== undefined) return;
  slots['actor.app_uid'] = clientId;
  slots['unmapped.app_attribution'] = 'stated';
}

function setSession(slots: Slots, value: JsonObject): void {
  const context = partOf(value, 'authenticationContext');
  const debug = partOf(partOf(value, 'debugContext'), 'debugData');
  slots['actor.session.uid'] = textIn(context, 'externalSessionId');
  slots['actor.session.uid_alt'] = textIn(context, 'rootSessionId');
  slots['http_request.url.path'] = textIn(debug, 'requestUri');
  slots.auth_protocol = protocolOf(textIn(debug, 'signOnMode'), slots['metadata.event_code']!);
}

function protocolOf(signOnMode: string | undefined, eventType: string): string | undefined {
  if (eventType.startsWith('app.oauth2.')) return 'OAuth';
  if (signOnMode === undefined) return undefined;
  if (signOnMode.startsWith('SAML')) return 'SAML';
  return signOnMode.toUpperCase().startsWith('OPENID') ? 'OpenID' : signOnMode;
}

const aboutEntities: ReadonlySet<Activity> = new Set<Activity>([
  'app-create',
  'app-change',
  'setting-change',
  'permission-change',
  'factor-enrol',
  'factor-reset',
  'sign-on',
  'vendor-finding',
]);

/** Targets come in any order; their `type` says what each is. */
function setTargets(slots: Slots, targets: unknown, actorId: string | undefined): void {
  if (!Array.isArray(targets)) return;
  let app: JsonObject | undefined;
  let entity: JsonObject | undefined;
  for (const each of targets as readonly unknown[]) {
    if (typeof each !== 'object' || each === null) continue;
    const target = each as JsonObject;
    const type = textIn(target, 'type');
    if (type === 'AppInstance') app ??= target;
    else if (type === 'User' || type === 'AppUser' || type === 'NewUser') setUser(slots, target, type, actorId);
    else entity ??= target;
  }
  slots['service.name'] = textIn(app, 'displayName');
  if (!aboutEntities.has(slots.activity_name)) return;
  const isAboutApp = slots.activity_name.startsWith('app-') || slots.activity_name === 'sign-on';
  const subject = isAboutApp ? (app ?? entity) : (entity ?? app);
  slots['entity.name'] = textIn(subject, 'displayName');
  slots['entity.uid'] = textIn(subject, 'id');
  slots['entity.type'] = textIn(subject, 'type');
}

/** The user acted upon, unless it is the actor; AppUser is only the user's account in one app. */
function setUser(slots: Slots, target: JsonObject, type: string, actorId: string | undefined): void {
  const id = textIn(target, 'id');
  const name = textIn(target, 'alternateId')?.toLowerCase() ?? textIn(target, 'displayName')?.toLowerCase();
  if (id === actorId || (name !== undefined && name === slots['actor.user.name'])) return;
  if (type === 'AppUser' && slots['user.name'] !== undefined) return;
  slots['user.uid'] = type === 'AppUser' ? undefined : id;
  slots['user.name'] = name;
}

/** Events of Okta's System Log, as the API, a log stream or the elements of an event hook give them. */
export const source: Source = {
  name: 'okta-system-log',
  title: 'Okta System Log',
  lag: 'seconds to minutes',
  longestLagMs: 15 * 60_000,
  acceptsObject: (value) =>
    typeof value['eventType'] === 'string' &&
    typeof value['published'] === 'string' &&
    ('actor' in value || 'uuid' in value),
  readObject,
};
