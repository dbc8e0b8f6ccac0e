import { parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { diagnosticCategory, graphRecord, tableOf } from '../azure-record.ts';
import { noTime, partOf, textOf } from '../record-values.ts';

const categories: ReadonlySet<string> = new Set(['UserRiskEvents', 'ServicePrincipalRiskEvents']);
const tables: ReadonlySet<string> = new Set(['AADUserRiskEvents', 'AADServicePrincipalRiskEvents']);

function acceptsObject(value: JsonObject): boolean {
  if (categories.has(diagnosticCategory(value) ?? '') || tables.has(tableOf(value) ?? '')) return true;
  if (typeof value['alertDefinitionId'] === 'string') return 'incidentCount' in value || 'isActive' in value;
  return typeof value['riskEventType'] === 'string' && ('detectedDateTime' in value || 'activityDateTime' in value);
}

/**
 * Alerts of Privileged Identity Management are named by their definition, `DirectoryRole_<tenant>_StaleSignInAlert`;
 * what raised them are incidents of the type of that name, `staleSignInAlertIncident`. An alert without incidents has
 * been scanned for and says nothing.
 */
function recordsIn(value: JsonObject): readonly JsonObject[] {
  const definition = /_([A-Za-z]+Alert)$/.exec(textOf(value['alertDefinitionId']) ?? '')?.[1];
  if (definition === undefined) return [graphRecord(value)];
  if (value['isActive'] === false) return [value];
  const riskEventType = `${definition.charAt(0).toLowerCase()}${definition.slice(1)}Incident`;
  return [{ ...value, riskEventType }];
}

function readObject(value: JsonObject): Reading | Invalid {
  const id = textOf(value['id']);
  if (id === undefined) return { invalid: 'no id, expected a risk detection or an alert' };
  const isAlert = 'alertDefinitionId' in value;
  const written = textOf(isAlert ? value['lastModifiedDateTime'] : value['activityDateTime']) ?? '';
  const detected =
    textOf(value['detectedDateTime']) ?? textOf(value['lastScannedDateTime']) ?? textOf(value['time']) ?? '';
  const time = parseInstant(written) ?? parseInstant(detected);
  if (time === undefined) return noTime(isAlert ? 'lastModifiedDateTime' : 'activityDateTime', written);
  const slots = new Slots();
  const type = textOf(value['riskEventType']);
  slots.activity_name = isAlert && type === undefined ? 'other' : 'vendor-finding';
  slots['metadata.event_code'] = type ?? textOf(value['alertDefinitionId']);
  slots['metadata.product.name'] = 'Microsoft Entra ID';
  slots['metadata.tenant_uid'] = textOf(value['tenantId']);
  slots['metadata.correlation_uid'] = textOf(value['correlationId']);
  slots.message = textOf(value['riskDetail']) ?? textOf(value['alertDefinitionId']);
  slots.status_detail = textOf(value['riskState']);
  slots['entity.name'] = type;
  slots['entity.type'] = isAlert ? 'alert' : 'risk detection';
  slots['actor.user.uid'] = textOf(value['userId']);
  slots['actor.user.name'] = textOf(value['userPrincipalName'])?.toLowerCase();
  slots['src_endpoint.ip'] = textOf(value['ipAddress']);
  const place = partOf(value, 'location');
  slots['src_endpoint.location.country'] = textOf(place?.['countryOrRegion']);
  slots['src_endpoint.location.city'] = textOf(place?.['city']);
  if (type === 'anonymizedIPAddress') slots['unmapped.src_endpoint.is_proxy'] = true;
  // A detection is written again whenever its state changes.
  const state = isAlert ? written : (slots.status_detail ?? '');
  return { time, key: `${id}:${state}`, slots };
}

/**
 * What Microsoft's own models find: risk detections of people and service principals, and the alerts of Privileged
 * Identity Management. https://learn.microsoft.com/graph/api/resources/riskdetection
 * https://learn.microsoft.com/graph/api/resources/unifiedrolemanagementalert
 */
export const source: Source = {
  name: 'entra-risk-detection',
  title: 'Microsoft Entra risk detections',
  lag: 'minutes to hours',
  longestLagMs: 48 * 3_600_000,
  acceptsObject,
  recordsIn,
  readObject,
};
