import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { knownTextOf, textOf } from '../record-values.ts';
import { userTypeOf } from '../salesforce-words.ts';
import { unwrapDelivery } from './kinds.ts';
import {
  readAnomaly,
  readIdentityProvider,
  readIdentityVerification,
  readLoginAsEvent,
  readLoginEvent,
  readLogoutEvent,
  readPermissionSetEvent,
} from './read-accounts.ts';
import {
  idOf,
  readApiEvent,
  readBulkResult,
  readFileEvent,
  readListViewEvent,
  readReportEvent,
  readUriEvent,
} from './read-reads.ts';

const kinds: Readonly<Record<string, (slots: Slots, record: JsonObject) => void>> = {
  ApiEvent: readApiEvent,
  BulkApiResultEvent: readBulkResult,
  FileEvent: readFileEvent,
  IdentityProviderEvent: readIdentityProvider,
  IdentityVerificationEvent: readIdentityVerification,
  LightningUriEvent: readUriEvent,
  ListViewEvent: readListViewEvent,
  LoginAsEvent: readLoginAsEvent,
  LoginEvent: readLoginEvent,
  LogoutEvent: readLogoutEvent,
  PermissionSetEvent: readPermissionSetEvent,
  ReportEvent: readReportEvent,
  UriEvent: readUriEvent,
};

const isAnomaly = (kind: string): boolean => /Anomaly|SessionHijacking|CredentialStuffing/.test(kind);

function readKind(kind: string, slots: Slots, record: JsonObject): void {
  if (Object.hasOwn(kinds, kind)) kinds[kind]!(slots, record);
  else if (isAnomaly(kind)) readAnomaly(slots, record);
}

/** EventDate as ISO text, or as a Pub/Sub client decodes it: ms since 1970. */
function timeOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  return /^\d{12,13}$/.test(text) ? Number(text) : parseInstant(text);
}

function setCommon(slots: Slots, record: JsonObject): void {
  slots['metadata.product.name'] = 'Salesforce';
  slots['metadata.correlation_uid'] = textOf(record['RequestIdentifier']) ?? textOf(record['RelatedEventIdentifier']);
  slots['actor.user.uid'] = idOf(record['UserId']);
  slots['actor.user.name'] = textOf(record['Username'])?.toLowerCase();
  slots['actor.user.type'] = userTypeOf(knownTextOf(record['UserType']));
  slots['actor.session.uid'] = textOf(record['SessionKey']);
  slots['actor.session.uid_alt'] = textOf(record['LoginKey']);
  slots['src_endpoint.ip'] = knownTextOf(record['SourceIp']);
  slots['src_endpoint.location.country'] = textOf(record['CountryIso']) ?? textOf(record['Country']);
  slots['src_endpoint.location.city'] = textOf(record['City']);
  slots['http_request.user_agent'] = knownTextOf(record['UserAgent']);
}

/** A transaction security policy that blocks ends the act, whatever else the event says. */
function setOutcome(slots: Slots, record: JsonObject): void {
  const status = knownTextOf(record['OperationStatus']);
  if (status !== undefined) slots.status_id = /^succe/i.test(status) ? 1 : /^fail/i.test(status) ? 2 : undefined;
  const outcome = knownTextOf(record['PolicyOutcome']);
  if (outcome === undefined || !/block|denied/i.test(outcome)) return;
  slots.status_id = 2;
  slots.status_detail = outcome;
}

function readObject(value: JsonObject): Reading | Invalid {
  const delivery = unwrapDelivery(value);
  if (delivery === undefined) return { invalid: 'no EventDate with an EventIdentifier, expected a real-time event' };
  const { record, kind } = delivery;
  const time = timeOf(record['EventDate']);
  if (time === undefined)
    return { invalid: `EventDate is "${textOf(record['EventDate'])?.slice(0, 40)}", expected an ISO 8601 time` };
  const slots = new Slots();
  slots['metadata.event_code'] = kind;
  setCommon(slots, record);
  if (kind !== undefined) readKind(kind, slots, record);
  setOutcome(slots, record);
  return { time, key: keyOf(record, kind, time), slots };
}

/**
 * A streamed event and its stored copy share EventIdentifier. A large report or list view comes as several events of
 * one ExecutionIdentifier (slot `unmapped.job.uid`): each part has its own key, and the rows of the parts add up.
 */
function keyOf(record: JsonObject, kind: string | undefined, time: number): string {
  const identifier = textOf(record['EventIdentifier']) ?? textOf(record['EventUuid']);
  const sequence = textOf(record['Sequence']);
  const name = identifier ?? `${kind}:${time}:${textOf(record['Id']) ?? textOf(record['UserId'])}`;
  return sequence === undefined ? name : `${name}:${sequence}`;
}

/**
 * Events of Real-Time Event Monitoring, streamed (`ApiEventStream`) or stored (`ApiEvent`), bare or in what delivered
 * them. https://developer.salesforce.com/docs/atlas.en-us.platform_events.meta/platform_events/
 */
export const source: Source = {
  name: 'salesforce-real-time-event',
  title: 'Salesforce real-time event',
  lag: 'seconds',
  longestLagMs: 5 * 60_000,
  acceptsObject: (value) => unwrapDelivery(value) !== undefined,
  readObject,
};
