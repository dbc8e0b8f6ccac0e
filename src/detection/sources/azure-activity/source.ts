import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { diagnosticCategory, tableOf } from '../azure-record.ts';
import { isObject, noTime, partOf, textOf } from '../record-values.ts';

/** https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema#categories */
const categories: ReadonlySet<string> = new Set([
  'Administrative',
  'Security',
  'ServiceHealth',
  'Alert',
  'Recommendation',
  'Policy',
  'Autoscale',
  'ResourceHealth',
]);

function acceptsObject(value: JsonObject): boolean {
  if (tableOf(value) === 'AzureActivity') return true;
  if (typeof value['eventTimestamp'] === 'string') return isObject(value['operationName']) && 'resourceId' in value;
  const category = diagnosticCategory(value) ?? ('callerIpAddress' in value ? textOf(value['category']) : undefined);
  return categories.has(category ?? '') && 'time' in value;
}

/** The REST API gives `{"value": "Microsoft.Network/…", "localizedValue": "…"}` where others give the text. */
const valueIn = (field: unknown): string | undefined => textOf(isObject(field) ? field['value'] : field);

const statuses: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({ success: 1, succeeded: 1, failure: 2, failed: 2 }),
);

function readObject(value: JsonObject): Reading | Invalid {
  const written = textOf(value['time'] ?? value['eventTimestamp'] ?? value['TimeGenerated']) ?? '';
  const time = parseInstant(written);
  if (time === undefined) return noTime('time', written);
  const operation = valueIn(value['OperationNameValue'] ?? value['operationName'] ?? value['OperationName']);
  if (operation === undefined) return { invalid: 'no operationName, expected a record of the activity log' };
  const result = valueIn(
    value['resultType'] ?? value['status'] ?? value['ActivityStatusValue'] ?? value['ActivityStatus'],
  );
  const correlation = textOf(value['correlationId'] ?? value['CorrelationId']);
  const slots = new Slots();
  slots.activity_name = activityOf(operation);
  slots['metadata.event_code'] = operation;
  slots['metadata.product.name'] = 'Microsoft Azure';
  slots['metadata.correlation_uid'] = correlation;
  slots['metadata.tenant_uid'] = textOf(value['tenantId'] ?? value['TenantId']);
  slots['api.operation'] = operation;
  slots['api.service.name'] =
    valueIn(value['resourceProviderName'] ?? value['ResourceProviderValue']) ?? operation.split('/', 1)[0];
  slots.status_id = statuses.get((result ?? '').toLowerCase());
  slots.status_detail = result;
  slots['resources.uid'] = textOf(value['resourceId'] ?? value['_ResourceId'] ?? value['ResourceId']);
  setActor(slots, value);
  const id = textOf(value['eventDataId'] ?? value['EventDataId']);
  return { time, key: id ?? [correlation, operation, result, slots['resources.uid'], time].join(' '), slots };
}

function activityOf(operation: string): Activity {
  if (/^microsoft\.authorization\/(role|elevateaccess)/i.test(operation)) return 'permission-change';
  return /\/(write|delete|action)$/i.test(operation) ? 'setting-change' : 'other';
}

const claimNames = {
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  uid: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
} as const;

/** Who acts stands in the token's claims; `caller` is a sign-in name, or the id of a service principal. */
function setActor(slots: Slots, value: JsonObject): void {
  const claims = partOf(partOf(value, 'identity'), 'claims') ?? partOf(value, 'claims') ?? partOf(value, 'Claims_d');
  const caller = textOf(value['caller'] ?? value['Caller']);
  slots['actor.user.name'] = (textOf(claims?.[claimNames.name]) ?? caller)?.toLowerCase();
  slots['actor.user.uid'] = textOf(claims?.[claimNames.uid]);
  slots['src_endpoint.ip'] =
    textOf(value['callerIpAddress'] ?? value['CallerIpAddress']) ??
    textOf(partOf(value, 'httpRequest')?.['clientIpAddress']);
}

/**
 * What was done to the resources of a subscription, as diagnostic settings, the REST API or Log Analytics give it.
 * https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
 */
export const source: Source = {
  name: 'azure-activity',
  title: 'Azure activity log',
  lag: '3 to 20 minutes',
  longestLagMs: 3_600_000,
  acceptsObject,
  readObject,
};
