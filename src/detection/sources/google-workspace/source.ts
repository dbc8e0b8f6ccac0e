import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { countOf, namedValues, noTime, partOf, partsOf, textOf } from '../record-values.ts';
import { activityOfEvent } from './event-names.ts';

function acceptsObject(value: JsonObject): boolean {
  const id = partOf(value, 'id');
  return (
    id !== undefined && typeof id['applicationName'] === 'string' && 'time' in id && Array.isArray(value['events'])
  );
}

/**
 * An activity holds the several events of one act. Each becomes the activity with this event alone, and with the
 * event's parameters by name besides: `parameters.USER_EMAIL`.
 */
function recordsIn(value: JsonObject): readonly JsonObject[] {
  const events = partsOf(value['events']);
  if (events.length === 0) return [value];
  return events.map((event) => ({ ...value, events: [event], parameters: parametersOf(event) }));
}

const parametersOf = (event: JsonObject): JsonObject =>
  namedValues(
    event['parameters'],
    (parameter) => parameter['name'],
    (parameter) =>
      parameter['value'] ??
      parameter['intValue'] ??
      parameter['boolValue'] ??
      parameter['multiValue'] ??
      parameter['multiIntValue'] ??
      parameter['messageValue'] ??
      parameter['multiMessageValue'],
  );

function readObject(value: JsonObject): Reading | Invalid {
  const id = partOf(value, 'id');
  const written = textOf(id?.['time']) ?? '';
  const time = parseInstant(written);
  if (time === undefined) return noTime('id.time', written);
  const [event] = partsOf(value['events']);
  const name = textOf(event?.['name']);
  if (event === undefined || name === undefined) return { invalid: 'no named event, expected an activity with events' };
  const application = textOf(id?.['applicationName']) ?? '';
  const parameters = partOf(value, 'parameters') ?? {};
  const slots = new Slots();
  slots.activity_name = activityOfEvent(application, textOf(event['type']) ?? '', name);
  slots['metadata.event_code'] = name;
  slots['metadata.product.name'] = 'Google Workspace';
  slots['metadata.tenant_uid'] = textOf(id?.['customerId']);
  const unique = textOf(id?.['uniqueQualifier']);
  slots['metadata.correlation_uid'] = unique;
  slots['api.service.name'] = application;
  slots['api.operation'] = textOf(event['type']);
  setActor(slots, value, parameters);
  setOutcome(slots, name, parameters);
  setSubject(slots, application, parameters);
  return { time, key: [application, time, unique, slots['actor.user.uid']].join(':'), slots };
}

function setActor(slots: Slots, value: JsonObject, parameters: JsonObject): void {
  const actor = partOf(value, 'actor');
  const network = partOf(value, 'networkInfo');
  slots['actor.user.uid'] = textOf(actor?.['profileId']);
  slots['actor.user.name'] = textOf(actor?.['email'])?.toLowerCase();
  slots['actor.user.type'] = textOf(actor?.['callerType']);
  slots['src_endpoint.ip'] = textOf(value['ipAddress']);
  slots['src_endpoint.location.country'] = textOf(network?.['regionCode']);
  const [asNumber] = Array.isArray(network?.['ipAsn']) ? (network['ipAsn'] as readonly unknown[]) : [];
  slots['src_endpoint.autonomous_system.number'] = countOf(asNumber);
  slots['http_request.user_agent'] = textOf(parameters['user_agent']);
  slots['actor.session.uid'] = textOf(parameters['session_id']);
}

/** Failures are named so; every other event has happened. */
function setOutcome(slots: Slots, name: string, parameters: JsonObject): void {
  const failure = textOf(parameters['login_failure_type'] ?? parameters['failure_type']);
  const isChallengeFailed = textOf(parameters['login_challenge_status']) === 'incorrect_answer_entered';
  slots.status_id = /_failure$/.test(name) || isChallengeFailed ? 2 : 1;
  slots.status_detail = failure ?? textOf(parameters['login_challenge_status'] ?? parameters['saml_status_code']);
  slots.auth_protocol =
    slots['api.service.name'] === 'saml'
      ? 'SAML'
      : textOf(parameters['login_type'] ?? parameters['login_challenge_method']);
  if (slots.activity_name === 'login' && parameters['is_second_factor'] === true) slots.is_mfa = true;
}

/** The service signed in to, the app that was let in, the account that was changed. */
function setSubject(slots: Slots, application: string, parameters: JsonObject): void {
  const app = textOf(parameters['application_name'] ?? parameters['app_name'] ?? parameters['APPLICATION_NAME']);
  const clientId = textOf(parameters['client_id'] ?? parameters['API_CLIENT_NAME']);
  if (application === 'saml') slots['service.name'] = app;
  if (application === 'token') {
    slots['actor.app_uid'] = clientId;
    slots['actor.app_name'] = app;
    slots['unmapped.app_attribution'] = clientId === undefined ? undefined : 'stated';
  }
  const setting = textOf(parameters['SETTING_NAME'] ?? parameters['ROLE_NAME'] ?? parameters['GROUP_EMAIL']);
  slots['entity.name'] = app ?? clientId ?? setting;
  slots['entity.uid'] = clientId;
  slots['entity.type'] = app === undefined && clientId === undefined ? undefined : 'application';
  const user = textOf(parameters['USER_EMAIL'] ?? parameters['affected_email_address'])?.toLowerCase();
  if (user !== slots['actor.user.name']) slots['user.name'] = user;
}

/**
 * Activities of the Reports API: login, SAML, token, admin, drive and the other applications' audit logs.
 * https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list
 */
export const source: Source = {
  name: 'google-workspace',
  title: 'Google Workspace audit activities',
  lag: 'minutes to hours',
  // https://support.google.com/a/answer/7061566: most within hours, some up to three days.
  longestLagMs: 72 * 3_600_000,
  acceptsObject,
  recordsIn,
  readObject,
};
