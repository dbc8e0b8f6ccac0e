import type { JsonObject } from '#model/source.ts';
import { isObject, textOf } from '../record-values.ts';

/** Objects whose event type has another name. */
const eventTypes: ReadonlyMap<string, string> = new Map([
  ['SoapApiEventLog', 'API'],
  ['ApexSoapApiEventLog', 'ApexSoap'],
  ['PageViewEventLog', 'URI'],
]);

/** `RestApiEventLog` holds what RestApi files hold; undefined for what is no Event Log Object. */
export const eventTypeOf = (object: string): string | undefined =>
  /^[A-Z]\w*EventLog$/.test(object) ? (eventTypes.get(object) ?? object.replace(/EventLog$/, '')) : undefined;

/** Fields that are not called as their column is. */
const columns: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AuthenticatedMethodReference: 'AUTHENTICATION_METHOD_REFERENCE',
    BatchIdentifier: 'BATCH_ID',
    ColumnCount: 'NUMBER_COLUMNS',
    ConnectedAppIdentifier: 'CONNECTED_APP_ID',
    FailedRecordCount: 'RECORDS_FAILED',
    FieldCount: 'NUMBER_FIELDS',
    FirstObjectIdentifier: 'FIRST_ENTITY_ID',
    IsSuccess: 'SUCCESS',
    JobIdentifier: 'JOB_ID',
    ObjectName: 'ENTITY_NAME',
    ObjectType: 'ENTITY_TYPE',
    ProcessedRecordCount: 'RECORDS_PROCESSED',
    ReportIdentifier: 'REPORT_ID',
    RequestIdentifier: 'REQUEST_ID',
    ResultSize: 'RESULT_SIZE_MB',
    UserIdentifier: 'USER_ID',
    Username: 'USER_NAME',
  }),
);

/** What every record of the CRM has beside its own fields. */
const frame: ReadonlySet<string> = new Set(['attributes', 'Id', 'IsDeleted', 'SystemModstamp', 'CreatedDate']);

export interface UnfoldedObject {
  readonly object: string;
  readonly names: readonly string[];
  readonly cells: readonly string[];
}

/**
 * The columns and cells of an Event Log Object's record, as if it stood in an event log file; undefined when it is none.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_restapieventlog.htm
 */
export function unfoldEventLogObject(record: JsonObject): UnfoldedObject | undefined {
  const attributes = record['attributes'];
  const object = isObject(attributes) ? textOf(attributes['type']) : undefined;
  const eventType = object === undefined ? undefined : eventTypeOf(object);
  if (object === undefined || eventType === undefined || !('Timestamp' in record)) return undefined;
  const names = ['EVENT_TYPE'];
  const cells = [eventType];
  for (const [field, value] of Object.entries(record)) {
    const text = frame.has(field) ? undefined : textOf(value);
    // The reference says of BulkApi2EventLog.ObjectType that it names the event's type.
    if (text === undefined || (field === 'ObjectType' && text === eventType)) continue;
    names.push(columns.get(field) ?? field.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase());
    cells.push(text);
  }
  return { object, names, cells };
}
