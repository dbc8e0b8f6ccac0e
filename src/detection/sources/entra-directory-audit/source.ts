import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { diagnosticCategory, graphRecord, tableOf } from '../azure-record.ts';
import { activityInDirectory } from '../entra-activities.ts';
import { namedValues, noTime, partOf, partsOf, textOf } from '../record-values.ts';

function acceptsObject(value: JsonObject): boolean {
  if (diagnosticCategory(value) === 'AuditLogs' || tableOf(value) === 'AuditLogs') return true;
  return typeof value['activityDisplayName'] === 'string' && typeof value['activityDateTime'] === 'string';
}

/**
 * The record in Graph's form, with the new values of what was changed by name, so that a rule can ask for one:
 * `modifiedProperties.ConsentContext.IsAdminConsent` is `["True"]`, where the record says
 * `{"displayName": "ConsentContext.IsAdminConsent", "newValue": "\"True\""}`.
 */
function recordsIn(value: JsonObject): readonly JsonObject[] {
  const record = graphRecord(value);
  const modified = partsOf(record['targetResources']).flatMap((target) => partsOf(target['modifiedProperties']));
  const changed = namedValues(
    modified,
    (property) => property['displayName'] && `modifiedProperties.${textOf(property['displayName'])}`,
    (property) => textOf(property['newValue'])?.replace(/^"(.*)"$/s, '$1'),
  );
  return [{ ...record, ...changed }];
}

const statuses: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({ success: 1, failure: 2, timeout: 2, clienterror: 2 }),
);

function readObject(value: JsonObject): Reading | Invalid {
  const name = textOf(value['activityDisplayName']) ?? textOf(value['operationName']);
  const id = textOf(value['id']);
  if (name === undefined || id === undefined)
    return { invalid: `no ${name === undefined ? 'activityDisplayName' : 'id'}, expected a directory audit` };
  const written = textOf(value['activityDateTime']) ?? textOf(value['time']) ?? '';
  const time = parseInstant(written);
  if (time === undefined) return noTime('activityDateTime', written);
  const slots = new Slots();
  slots.activity_name = activityInDirectory(name, textOf(value['category']));
  slots['metadata.event_code'] = name.trim();
  slots['metadata.product.name'] = 'Microsoft Entra ID';
  slots['metadata.tenant_uid'] = textOf(value['tenantId']);
  slots['metadata.correlation_uid'] = textOf(value['correlationId']);
  slots['api.service.name'] = textOf(value['loggedByService']);
  slots['api.operation'] = textOf(value['operationType']);
  slots.status_id = statuses.get((textOf(value['result']) ?? '').toLowerCase());
  slots.status_detail = textOf(value['resultReason']);
  slots.message = name.trim();
  setActor(slots, value);
  setTargets(slots, value['targetResources']);
  return { time, key: id, slots };
}

function setActor(slots: Slots, value: JsonObject): void {
  const by = partOf(value, 'initiatedBy');
  const user = partOf(by, 'user');
  const app = partOf(by, 'app');
  slots['actor.user.uid'] = textOf(user?.['id']);
  slots['actor.user.name'] = textOf(user?.['userPrincipalName'])?.toLowerCase();
  slots['src_endpoint.ip'] = textOf(user?.['ipAddress']) ?? textOf(value['callerIpAddress']);
  slots['http_request.user_agent'] =
    textOf(value['userAgent']) ?? textOf(namedValues(value['additionalDetails'], keyOf, contentOf)['User-Agent']);
  if (app === undefined) return;
  slots['actor.app_uid'] = textOf(app['appId']) ?? textOf(app['servicePrincipalId']);
  slots['actor.app_name'] = textOf(app['displayName']) ?? textOf(app['servicePrincipalName']);
  if (slots['actor.app_uid'] !== undefined || slots['actor.app_name'] !== undefined)
    slots['unmapped.app_attribution'] = 'stated';
}

const keyOf = (detail: JsonObject): unknown => detail['key'];
const contentOf = (detail: JsonObject): unknown => detail['value'];

/** The first user that is not the actor, and the first app, policy, role or group. */
function setTargets(slots: Slots, targets: unknown): void {
  for (const target of partsOf(targets)) {
    const type = textOf(target['type']);
    const uid = textOf(target['id']);
    const name = textOf(target['userPrincipalName'])?.toLowerCase();
    if (type === 'User' || name !== undefined) {
      const isActor = uid === slots['actor.user.uid'] || (name !== undefined && name === slots['actor.user.name']);
      if (isActor || slots['user.uid'] !== undefined || slots['user.name'] !== undefined) continue;
      slots['user.uid'] = uid;
      slots['user.name'] = name ?? textOf(target['displayName'])?.toLowerCase();
    } else if (slots['entity.uid'] === undefined && slots['entity.name'] === undefined) {
      slots['entity.uid'] = uid;
      slots['entity.name'] = textOf(target['displayName']);
      slots['entity.type'] = type;
    }
  }
}

/**
 * What was changed in the directory: people, their second factors, roles, apps, consents, policies.
 * https://learn.microsoft.com/graph/api/resources/directoryaudit
 * https://learn.microsoft.com/entra/identity/monitoring-health/reference-azure-monitor-audit-log-schema
 */
export const source: Source = {
  name: 'entra-directory-audit',
  title: 'Microsoft Entra audit log',
  lag: 'minutes',
  longestLagMs: 2 * 3_600_000,
  acceptsObject,
  recordsIn,
  readObject,
};
