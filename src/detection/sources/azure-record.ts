import type { JsonObject } from '#model/source.ts';
import { isObject, partOf, textOf } from './record-values.ts';

/**
 * The three forms in which Microsoft gives one record: bare, as Graph does; in the envelope of diagnostic settings
 * (`{time, category, operationName, properties: {…}}`); as a row of a Log Analytics table (`{TimeGenerated, Type,
 * UserPrincipalName, …}`). https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs-schema
 */

/** The record's category where it stands in an envelope of diagnostic settings. */
export function diagnosticCategory(value: JsonObject): string | undefined {
  return isObject(value['properties']) && ('resourceId' in value || 'operationName' in value || 'tenantId' in value)
    ? textOf(value['category'])
    : undefined;
}

/** The Log Analytics table a row is of. */
export const tableOf = (value: JsonObject): string | undefined =>
  'TimeGenerated' in value ? textOf(value['Type']) : undefined;

/**
 * The record with the fields of Graph's form, whichever form it has. Fields of the envelope stay where the record has
 * none of that name, and `properties` stays for rules that speak of it.
 */
export function graphRecord(value: JsonObject): JsonObject {
  const properties = partOf(value, 'properties');
  if (properties !== undefined) return { ...value, ...properties, properties };
  return tableOf(value) === undefined ? value : graphRow(value);
}

/** Names of columns that are no Graph names with a capital. */
const graphNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    IPAddress: 'ipAddress',
    LocationDetails: 'location',
    Location: 'locationCode',
    AADTenantId: 'tenantId',
    // Of the Log Analytics workspace.
    TenantId: 'workspaceId',
  }),
);

/** `UserPrincipalName` → `userPrincipalName`; what a column holds as JSON text becomes what it says. */
function graphRow(row: JsonObject): JsonObject {
  const named = Object.entries(row).map(([column, cell]) => [
    graphNames.get(column) ?? `${column.charAt(0).toLowerCase()}${column.slice(1)}`,
    typeof cell === 'string' && /^[[{]/.test(cell) ? parsed(cell) : cell,
  ]);
  return Object.fromEntries(named) as JsonObject;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
