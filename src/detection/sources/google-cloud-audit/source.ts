import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { isObject, noTime, partOf, partsOf, textOf } from '../record-values.ts';

const acceptsObject = (value: JsonObject): boolean => {
  const payload = partOf(entryOf(value), 'protoPayload');
  return payload !== undefined && 'methodName' in payload;
};

/** Some exporters keep the log entry in `data`, as SigmaHQ's rules name it. */
const entryOf = (value: JsonObject): JsonObject =>
  isObject(value['data']) && isObject(value['data']['protoPayload']) ? value['data'] : value;

function readObject(value: JsonObject): Reading | Invalid {
  const payload = partOf(value, 'protoPayload');
  const written = textOf(value['timestamp']) ?? textOf(value['receiveTimestamp']) ?? '';
  const time = parseInstant(written);
  if (time === undefined) return noTime('timestamp', written);
  const method = textOf(payload?.['methodName']);
  if (method === undefined) return { invalid: 'no protoPayload.methodName, expected an audit log entry' };
  const slots = new Slots();
  const request = partOf(payload, 'requestMetadata');
  const actor = partOf(payload, 'authenticationInfo');
  slots.activity_name = /set(iam|org)(policy|permissions)/i.test(method) ? 'permission-change' : 'other';
  slots['metadata.event_code'] = method;
  slots['metadata.product.name'] = 'Google Cloud';
  slots['metadata.tenant_uid'] = textOf(partOf(partOf(value, 'resource'), 'labels')?.['project_id']);
  slots['metadata.correlation_uid'] = textOf(partOf(value, 'operation')?.['id']);
  slots['api.operation'] = method;
  slots['api.service.name'] = textOf(payload?.['serviceName']);
  slots['resources.uid'] = textOf(payload?.['resourceName']);
  setOutcome(slots, payload);
  slots['actor.user.name'] = textOf(actor?.['principalEmail'])?.toLowerCase();
  slots['actor.user.uid'] = textOf(actor?.['principalSubject']);
  slots['src_endpoint.ip'] = textOf(request?.['callerIp']);
  slots['http_request.user_agent'] = textOf(request?.['callerSuppliedUserAgent']);
  const id = textOf(value['insertId']);
  // Cloud Logging tells entries apart by log, time and insertId.
  return { time, key: [textOf(value['logName']), written, id ?? method].join(' '), slots };
}

/** Code 0, or no status, is success (google.rpc.Status); a refusal may stand in authorizationInfo alone. */
function setOutcome(slots: Slots, payload: JsonObject | undefined): void {
  const status = partOf(payload, 'status');
  const code = textOf(status?.['code']) ?? '0';
  const isRefused = partsOf(payload?.['authorizationInfo']).some((each) => each['granted'] === false);
  slots.status_id = code !== '0' || isRefused ? 2 : 1;
  slots.status_detail = textOf(status?.['message']);
}

/**
 * Audit entries of Cloud Logging.
 * https://docs.cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog
 */
export const source: Source = {
  name: 'google-cloud-audit',
  title: 'Google Cloud audit log',
  lag: 'seconds to minutes',
  longestLagMs: 3_600_000,
  acceptsObject,
  recordsIn: (value) => [entryOf(value)],
  readObject,
};
