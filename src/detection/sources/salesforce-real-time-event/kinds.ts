import type { JsonObject } from '#model/source.ts';
import { isObject, textOf } from '../record-values.ts';

/** `ApiEventStream` and `ApiEvent`, `FileEvent` and `FileEventStore` are one kind: streamed and stored. */
const baseKind = (name: string): string => name.replace(/Stream$/, '').replace(/EventStore$/, 'Event');

/** Sign-ins, accounts and suspicions: no such event says how much was read. */
export const tellsNoRows = (name: string): boolean =>
  /^(?:Login|Logout|LoginAs|PermissionSet|Identity\w+|\w+Anomaly|SessionHijacking|CredentialStuffing)Event/.test(name);

/**
 * Which kind a record without a name is, by a field that only that kind has; the first that fits. Kinds of the vendor's
 * anomaly models come first, for they repeat fields of others. Field lists: Salesforce, Platform Events Developer
 * Guide, Real-Time Event Monitoring Objects.
 */
const marks: readonly { readonly kind: string; readonly anyOf: readonly string[]; readonly isAnomaly?: true }[] = [
  { kind: 'SessionHijackingEvent', anyOf: ['CurrentIp', 'PreviousIp', 'CurrentUserAgent'] },
  { kind: 'CredentialStuffingEvent', anyOf: ['AcceptLanguage'] },
  { kind: 'GuestUserAnomalyEvent', anyOf: ['SoqlCommands', 'RequestedEntities', 'TotalControllerEvents'] },
  { kind: 'UniversalAnomalyEvent', anyOf: ['AnomalySubType'] },
  { kind: 'LoginAnomalyEvent', anyOf: ['FeatureName', 'FeatureValue', 'FeatureContribution'] },
  { kind: 'ReportAnomalyEvent', anyOf: ['Report'], isAnomaly: true },
  { kind: 'ApiAnomalyEvent', anyOf: ['RequestIdentifier', 'Uri', 'QueriedEntities'], isAnomaly: true },
  { kind: 'CredentialStuffingEvent', anyOf: ['LoginUrl', 'LoginType'], isAnomaly: true },
  { kind: 'ReportEvent', anyOf: ['ReportId', 'ExportFileFormat', 'DisplayedFieldEntities', 'GroupedColumnHeaders'] },
  { kind: 'ListViewEvent', anyOf: ['ListViewId', 'FilterCriteria'] },
  { kind: 'LoginAsEvent', anyOf: ['DelegatedUsername', 'DelegatedOrganizationId', 'LoginAsCategory'] },
  { kind: 'FileEvent', anyOf: ['FileAction', 'FileName', 'ContentSize', 'VersionId'] },
  { kind: 'PermissionSetEvent', anyOf: ['PermissionType', 'PermissionList', 'ImpactedUserIds', 'ParentIdList'] },
  { kind: 'IdentityVerificationEvent', anyOf: ['VerificationMethod', 'EventGroup'] },
  { kind: 'IdentityProviderEvent', anyOf: ['SsoType', 'SamlEntityUrl', 'AuthSessionId'] },
  { kind: 'LightningUriEvent', anyOf: ['PageUrl', 'EffectivePageTime', 'PageStartTime', 'DeviceSessionId'] },
  { kind: 'ApiEvent', anyOf: ['RowsReturned', 'ConnectedAppId', 'ElapsedTime', 'Client', 'RequestIdentifier'] },
  { kind: 'LoginEvent', anyOf: ['LoginUrl', 'LoginType', 'LoginGeoId', 'CipherSuite'] },
  { kind: 'ApiEvent', anyOf: ['ApiType', 'RowsProcessed', 'Records'] },
  { kind: 'UriEvent', anyOf: ['RecordId', 'OperationStatus', 'Message'] },
  { kind: 'BulkApiResultEvent', anyOf: ['Query'] },
];

/** What a sign-out's record holds, and nothing more. */
const logoutFields: ReadonlySet<string> = new Set([
  'attributes',
  'CreatedById',
  'CreatedDate',
  'EventDate',
  'EventIdentifier',
  'EventUuid',
  'Id',
  'LoginKey',
  'RelatedEventIdentifier',
  'ReplayId',
  'SessionKey',
  'SessionLevel',
  'SourceIp',
  'UserId',
  'Username',
]);

/** The kind that a record's fields show, or undefined. */
function recogniseKind(record: JsonObject): string | undefined {
  const isAnomaly = 'Score' in record || 'SecurityEventData' in record || 'Summary' in record;
  const mark = marks.find(
    (each) => (each.isAnomaly === undefined || isAnomaly) && each.anyOf.some((field) => field in record),
  );
  if (mark !== undefined) return mark.kind;
  return Object.keys(record).every((field) => logoutFields.has(field)) ? 'LogoutEvent' : undefined;
}

export interface Delivery {
  readonly record: JsonObject;
  /** The kind as the delivery names it: by `attributes.type`, a channel or a topic. */
  readonly kind: string | undefined;
}

/**
 * The record within what delivered it: SOQL's bare record, CometD's `{channel, data: {schema, payload, event}}`,
 * `{schema, payload, event}`, or a Pub/Sub client's `{topicName, replayId, payload}`.
 */
export function unwrapDelivery(value: JsonObject): Delivery | undefined {
  let record = value;
  let name = nameOf(value);
  for (const wrap of ['data', 'payload'] as const) {
    const inner = record[wrap];
    if (!isObject(inner)) continue;
    record = inner;
    name = nameOf(inner) ?? name;
  }
  const isEvent = record['EventDate'] !== undefined && record['EventDate'] !== null && !('LoginTime' in record);
  const hasName = textOf(record['EventIdentifier']) !== undefined || textOf(record['EventUuid']) !== undefined;
  const kind = name === undefined ? recogniseKind(record) : baseKind(name);
  return isEvent && (hasName || (name !== undefined && kind !== undefined)) ? { record, kind } : undefined;
}

/** `/event/ApiEventStream` is ApiEventStream. */
function nameOf(value: JsonObject): string | undefined {
  const attributes = value['attributes'];
  const named = isObject(attributes) ? textOf(attributes['type']) : undefined;
  const path = textOf(value['channel']) ?? textOf(value['topicName']) ?? textOf(value['topic']);
  const name = named ?? path?.slice(path.lastIndexOf('/') + 1);
  return name !== undefined && /Event(?:Stream|Store)?$/.test(name) ? name : undefined;
}
