import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { noTime, partOf, textOf } from '../record-values.ts';

const acceptsObject = (value: JsonObject): boolean =>
  typeof value['eventSource'] === 'string' &&
  typeof value['eventName'] === 'string' &&
  'eventTime' in value &&
  ('userIdentity' in value || 'eventVersion' in value);

const byName: ReadonlyMap<string, Activity> = new Map<string, Activity>(
  Object.entries({
    ConsoleLogin: 'login',
    AssumeRoleWithSAML: 'sign-on',
    AssumeRoleWithWebIdentity: 'sign-on',
    SwitchRole: 'login-as',
    EnableMFADevice: 'factor-enrol',
    CreateVirtualMFADevice: 'factor-enrol',
    DeactivateMFADevice: 'factor-reset',
    DeleteVirtualMFADevice: 'factor-reset',
    CreateLoginProfile: 'password-reset',
    UpdateLoginProfile: 'password-reset',
    ChangePassword: 'password-reset',
  }),
);

function activityOf(service: string, name: string): Activity {
  const known = byName.get(name);
  if (known !== undefined) return known;
  if (service !== 'iam.amazonaws.com') return 'other';
  if (/Polic(y|ies)$|GroupMembership|UserToGroup$|RoleToInstanceProfile$/.test(name)) return 'permission-change';
  return /^(Create|Delete|Update)(User|AccessKey|Role|Group)/.test(name) ? 'account-change' : 'setting-change';
}

function readObject(value: JsonObject): Reading | Invalid {
  const written = textOf(value['eventTime']) ?? '';
  const time = parseInstant(written);
  if (time === undefined) return noTime('eventTime', written);
  const id = textOf(value['eventID']);
  const name = textOf(value['eventName']) ?? '';
  const service = textOf(value['eventSource']) ?? '';
  const slots = new Slots();
  slots.activity_name = activityOf(service, name);
  slots['metadata.event_code'] = name;
  slots['metadata.product.name'] = 'AWS';
  slots['metadata.tenant_uid'] = textOf(value['recipientAccountId']);
  slots['metadata.correlation_uid'] = textOf(value['requestID']);
  slots['api.operation'] = name;
  slots['api.service.name'] = service;
  setOutcome(slots, value);
  setActor(slots, value);
  const address = textOf(value['sourceIPAddress']);
  // A service that acts by itself stands in the address by its name, `cloudtrail.amazonaws.com` or `AWS Internal`.
  slots['src_endpoint.ip'] = address !== undefined && /^[\d.]+$|:/.test(address) ? address : undefined;
  slots['http_request.user_agent'] = textOf(value['userAgent']);
  const told = [written, service, name, slots['metadata.correlation_uid'], slots['actor.user.uid']].join(' ');
  return { time, key: id ?? told, slots };
}

function setOutcome(slots: Slots, value: JsonObject): void {
  const error = textOf(value['errorCode']) ?? textOf(value['errorMessage']);
  const login = textOf(partOf(value, 'responseElements')?.['ConsoleLogin']);
  slots.status_id = (error === undefined || error === 'Success') && login !== 'Failure' ? 1 : 2;
  slots.status_detail = textOf(value['errorMessage']) ?? textOf(value['errorCode']);
  const factor = textOf(partOf(value, 'additionalEventData')?.['MFAUsed']);
  if (factor !== undefined && slots.status_id === 1) slots.is_mfa = factor.toLowerCase() === 'yes';
}

function setActor(slots: Slots, value: JsonObject): void {
  const identity = partOf(value, 'userIdentity');
  const issuer = partOf(partOf(identity, 'sessionContext'), 'sessionIssuer');
  const principal = textOf(identity?.['principalId']);
  slots['actor.user.uid'] = textOf(identity?.['arn']) ?? principal;
  slots['actor.user.type'] = textOf(identity?.['type']);
  // `AROAEXAMPLE:anna@house.example`: people who come by single sign-on name their session after themselves.
  const session = principal?.slice(principal.indexOf(':') + 1);
  const named = textOf(identity?.['userName']) ?? (session?.includes('@') ? session : textOf(issuer?.['userName']));
  slots['actor.user.name'] = named?.toLowerCase();
  slots['actor.session.uid'] = textOf(identity?.['accessKeyId']);
}

/**
 * Events of CloudTrail, as its files in S3, its API or its streams give them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const source: Source = {
  name: 'aws-cloudtrail',
  title: 'AWS CloudTrail',
  lag: '5 to 15 minutes',
  longestLagMs: 3_600_000,
  acceptsObject,
  readObject,
};
