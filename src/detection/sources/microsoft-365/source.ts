import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { activityInDirectory } from '../entra-activities.ts';
import { namedValues, noTime, partOf, textOf } from '../record-values.ts';

const acceptsObject = (value: JsonObject): boolean =>
  typeof value['CreationTime'] === 'string' &&
  typeof value['Operation'] === 'string' &&
  ('Workload' in value || 'RecordType' in value);

/** The record with what its lists of names and values hold by name: `ExtendedProperties.RequestType`. */
function recordsIn(value: JsonObject): readonly JsonObject[] {
  const named = ['ExtendedProperties', 'Parameters', 'DeviceProperties'].map((list) =>
    namedValues(
      value[list],
      (entry) => entry['Name'] && `${list}.${textOf(entry['Name'])}`,
      (entry) => entry['Value'],
    ),
  );
  return [Object.assign({ ...value }, ...named) as JsonObject];
}

const statuses: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({ success: 1, succeeded: 1, true: 1, partiallysucceeded: 1, failed: 2, failure: 2, false: 2 }),
);

function readObject(value: JsonObject): Reading | Invalid {
  // UTC, written without a zone: "2026-08-12T22:14:09".
  const written = textOf(value['CreationTime']) ?? '';
  const time = parseInstant(written) ?? parseInstant(`${written}Z`);
  if (time === undefined) return noTime('CreationTime', written);
  const operation = textOf(value['Operation']);
  const id = textOf(value['Id']);
  if (operation === undefined || id === undefined)
    return { invalid: `no ${id === undefined ? 'Id' : 'Operation'}, expected a record of the unified audit log` };
  const slots = new Slots();
  const workload = textOf(value['Workload']);
  slots.activity_name = activityOf(workload, operation);
  slots['metadata.event_code'] = operation;
  slots['metadata.product.name'] = 'Microsoft 365';
  slots['metadata.tenant_uid'] = textOf(value['OrganizationId']);
  slots['metadata.correlation_uid'] = textOf(value['InterSystemsId']);
  slots['api.service.name'] = workload;
  slots['api.operation'] = operation;
  slots.message = textOf(value['Name']);
  setOutcome(slots, value);
  setActor(slots, value);
  setSubject(slots, value);
  return { time, key: id, slots };
}

const exchangeSettings = /^(new|set|add|remove|enable|disable|update)-/i;

function activityOf(workload: string | undefined, operation: string): Activity {
  if (workload === 'AzureActiveDirectory') return activityInDirectory(operation, undefined);
  if (/^Alert(Triggered|EntityGenerated|Updated)$/.test(operation)) return 'vendor-finding';
  if (workload === 'SecurityComplianceCenter' || workload === 'Exchange')
    return exchangeSettings.test(operation) ? 'setting-change' : 'other';
  return 'other';
}

function setOutcome(slots: Slots, value: JsonObject): void {
  const result = textOf(value['ResultStatus']);
  // The Security & Compliance Center often leaves the result of its alerts out; what is raised has been raised.
  const isRaised = result === undefined && slots['api.service.name'] === 'SecurityComplianceCenter';
  slots.status_id = isRaised ? 1 : statuses.get((result ?? '').toLowerCase());
  // Of a sign-in ResultStatus is only the HTTP request's: a failed one is an operation of its own.
  if (slots['api.operation'] === 'UserLoginFailed') slots.status_id = 2;
  slots.status_detail = textOf(value['LogonError']) ?? textOf(value['ResultReasonType']) ?? result;
}

function setActor(slots: Slots, value: JsonObject): void {
  const user = textOf(value['UserId']);
  const address = textOf(value['ClientIP']) ?? textOf(value['ClientIPAddress']) ?? textOf(value['ActorIpAddress']);
  const access = partOf(value, 'AppAccessContext');
  slots['actor.user.name'] = user?.toLowerCase();
  slots['actor.user.uid'] = textOf(value['UserKey']);
  slots['actor.user.type'] = textOf(value['UserType']);
  slots['actor.session.uid'] =
    textOf(access?.['AADSessionId']) ?? textOf(value['DeviceProperties.SessionId']) ?? textOf(value['SessionId']);
  slots['src_endpoint.ip'] = address === undefined ? undefined : withoutPort(address);
  slots['http_request.user_agent'] =
    textOf(value['UserAgent']) ?? textOf(value['ExtendedProperties.UserAgent']) ?? textOf(value['ClientInfoString']);
}

/** `[2001:db8::1]:5000` and `192.0.2.1:5000`; an IPv6 address alone has more than one colon. */
function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(address)?.[1];
  return bracketed ?? address.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** In the directory's operations ObjectId is the account acted upon, or the app; elsewhere a file, site or mailbox. */
function setSubject(slots: Slots, value: JsonObject): void {
  const object = textOf(value['ObjectId']);
  if (slots['api.service.name'] !== 'AzureActiveDirectory') {
    slots['resources.uid'] = object;
    return;
  }
  if (slots.activity_name === 'sign-on') {
    slots['entity.uid'] = textOf(value['ApplicationId']);
    slots['entity.type'] = 'application';
  } else if (object?.includes('@')) {
    const name = object.toLowerCase();
    if (name !== slots['actor.user.name']) slots['user.name'] = name;
  } else slots['entity.uid'] = object;
}

/**
 * The unified audit log: directory, Exchange, SharePoint, Teams, Defender and the Security & Compliance Center.
 * https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
 */
export const source: Source = {
  name: 'microsoft-365',
  title: 'Microsoft 365 unified audit log',
  lag: 'an hour or more',
  // https://learn.microsoft.com/purview/audit-search: core services 60 to 90 minutes, others up to a day.
  longestLagMs: 24 * 3_600_000,
  acceptsObject,
  recordsIn,
  readObject,
};
