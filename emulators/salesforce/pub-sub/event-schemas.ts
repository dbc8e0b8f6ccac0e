import { createHash } from 'node:crypto';
import avro from 'avsc';

/**
 * The streamed events of Real-Time Event Monitoring and their own fields, as their stored twins have them; a field is a
 * text where no type is named. "Real-Time Event Monitoring Objects", Platform Events Developer Guide. The order of the
 * fields is not documented: subscribers go by the schema.
 */
const ownFields = {
  ApiEventStream:
    'ActionName AdditionalInfo ApiType ApiVersion:double Application BotSessionIdentifier Client ConnectedAppId ElapsedTime:int LoginHistoryId Operation OperationStatus PlannerId Platform QueriedEntities Query Records RelatedEventIdentifier RequestIdentifier RowsProcessed:double RowsReturned:double SessionLevel UserAgent',
  BulkApiResultEvent: 'LoginHistoryId Query RelatedEventIdentifier SessionLevel',
  ReportEventStream:
    'ActionName BotSessionIdentifier ColumnHeaders DashboardId DashboardName Description DisplayedFieldEntities EventSource ExecutionIdentifier ExportFileFormat Format GroupedColumnHeaders IsScheduled:boolean LoginHistoryId Name NumberOfColumns:int Operation OwnerId PlannerId QueriedEntities Records RelatedEventIdentifier ReportId RowsProcessed:double Scope Sequence:int SessionLevel',
  ListViewEventStream:
    'AppName ColumnHeaders DeveloperName EventSource ExecutionIdentifier FilterCriteria ListViewId LoginHistoryId Name NumberOfColumns:int OrderBy OwnerId QueriedEntities Records RelatedEventIdentifier RowsProcessed:double Scope Sequence:int SessionLevel',
  LoginEventStream:
    'AdditionalInfo ApiType ApiVersion Application AuthMethodReference AuthServiceId Browser CipherSuite City ClientVersion Country CountryIso ForwardedForIp HttpMethod LoginGeoId LoginHistoryId LoginLatitude:double LoginLongitude:double LoginSubType LoginType LoginUrl Platform PostalCode RelatedEventIdentifier SessionLevel Status Subdivision TlsProtocol UserType',
  LogoutEventStream: 'SessionLevel',
  LoginAsEventStream:
    'Application Browser DelegatedOrganizationId DelegatedUsername LoginAccessChangeExpDate:long LoginAccessChangeGranteeName LoginAccessChangeGranteeType LoginAsCategory LoginHistoryId LoginType Platform SessionLevel TargetUrl UserType',
  UriEventStream:
    'Message Name Operation OperationStatus QueriedEntities RecordId RelatedEventIdentifier SessionLevel UserType',
  LightningUriEventStream:
    'AppName ConnectionType DeviceId DeviceModel DevicePlatform DeviceSessionId Duration:double EffectivePageTime:double EffectivePageTimeDeviationErrorType EffectivePageTimeDeviationReason HasEffectivePageTimeDeviation:boolean Operation OsName OsVersion PageStartTime:long PageUrl PreviousPageAppName PreviousPageEntityId PreviousPageEntityType PreviousPageUrl QueriedEntities RecordId RelatedEventIdentifier SdkAppType SdkAppVersion SdkVersion SessionLevel UserAgent UserType',
  FileEvent:
    'CanDownloadPdf:boolean ContentSize:int DocumentId FileAction FileName FileSource FileType IsLatestVersion:boolean ProcessDuration:double RelatedEventIdentifier SessionLevel VersionId VersionNumber',
  PermissionSetEvent:
    'EventSource HasExternalUsers:boolean ImpactedUserIds LoginHistoryId Operation ParentIdList ParentNameList PermissionExpiration:long PermissionExpirationList PermissionList PermissionType RelatedEventIdentifier SessionLevel UserCount',
  ApiAnomalyEvent:
    'Operation QueriedEntities RequestIdentifier RowsProcessed:double Score:double SecurityEventData Summary Uri UserAgent',
  ReportAnomalyEvent: 'Report Score:double SecurityEventData Summary',
  LoginAnomalyEvent: 'FeatureContribution FeatureName FeatureValue Score:double SecurityEventData Summary',
  UniversalAnomalyEvent: 'AnomalySubType Score:double SecurityEventData Summary',
  SessionHijackingEvent:
    'CurrentIp CurrentPlatform CurrentScreen CurrentUserAgent CurrentWindow PreviousIp PreviousPlatform PreviousScreen PreviousUserAgent PreviousWindow Score:double SecurityEventData Summary',
  CredentialStuffingEvent: 'AcceptLanguage LoginType LoginUrl Score:double Summary UserAgent',
  GuestUserAnomalyEvent:
    'RequestedEntities Score:double SecurityEventData SoqlCommands Summary TotalControllerEvents:double UserAgent UserType',
} as const;

export type StreamedEvent = keyof typeof ownFields;
export const streamedEvents = Object.keys(ownFields) as readonly StreamedEvent[];

const sharedFields = 'EventDate:long EventIdentifier LoginKey SessionKey SourceIp UserId Username';
const policyFields = 'EvaluationTime:double PolicyId PolicyOutcome';
const withoutPolicy: ReadonlySet<StreamedEvent> = new Set([
  'LogoutEventStream',
  'UriEventStream',
  'LightningUriEventStream',
]);

/** One version of an event's Avro schema. */
export interface EventSchema {
  /** A fingerprint of the schema, as the real one's look: 22 characters. */
  readonly id: string;
  readonly json: string;
  /** From a record's fields to Avro; fields that are absent are null, ISO times become ms. */
  readonly encode: (record: Readonly<Record<string, unknown>>) => Buffer;
}

/** As the event bus words it: two fields that every event has, then nullable ones, with what they are in `doc`. */
export function createSchema(name: StreamedEvent, moreFields: readonly string[] = []): EventSchema {
  const policed = withoutPolicy.has(name) ? [] : policyFields.split(' ');
  const fields = [...sharedFields.split(' '), ...policed, ...ownFields[name].split(' '), ...moreFields].map(nullable);
  const json = JSON.stringify({
    name,
    namespace: 'com.sforce.eventbus',
    type: 'record',
    fields: [
      { name: 'CreatedDate', type: 'long', doc: 'CreatedDate:DateTime' },
      { name: 'CreatedById', type: 'string', doc: 'CreatedBy:EntityId' },
      ...fields,
    ],
  });
  const type = avro.Type.forSchema(JSON.parse(json));
  const isLong = new Set([
    'CreatedDate',
    ...fields.filter((field) => field.type[1] === 'long').map((field) => field.name),
  ]);
  const names = ['CreatedDate', 'CreatedById', ...fields.map((field) => field.name)];
  return {
    id: createHash('md5').update(json).digest('base64url'),
    json,
    encode: (record) =>
      type.toBuffer(Object.fromEntries(names.map((field) => [field, avroOf(record[field], isLong.has(field))]))),
  };
}

function nullable(field: string) {
  const [name = '', type = 'string'] = field.split(':');
  return { name, type: ['null', type], doc: `Data:${type}`, default: null };
}

const avroOf = (value: unknown, isLong: boolean): unknown =>
  isLong && typeof value === 'string' ? Date.parse(value) : (value ?? null);
