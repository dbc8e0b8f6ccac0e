import type { FieldType } from '../objects/table.ts';

/** An object in which the CRM keeps a log, as its own describe tells of it. */
export interface LogObject {
  readonly name: string;
  readonly keyPrefix: string;
  readonly timeField: string;
  readonly fields: readonly (readonly [name: string, type: FieldType])[];
  /** The only fields that WHERE may name; all when absent. */
  readonly filters?: readonly string[];
  /** Big objects: ORDER BY the time, newest first, and nothing else. */
  readonly isBig: boolean;
  /** What an organisation without it has no such object for. */
  readonly licence: 'eventLogFiles' | 'eventLogObjects' | 'realTimeEvents' | undefined;
  /** Absent in older versions of the API. */
  readonly since: number;
}

const types: Readonly<Record<string, FieldType>> = {
  '#': 'double',
  '@': 'datetime',
  '?': 'boolean',
  '>': 'reference',
};

/** `UserId> LoginTime@ Status`: `>` a reference, `@` a time, `#` a number, `?` yes or no, everything else text. */
const fieldsOf = (names: string): LogObject['fields'] =>
  names
    .split(/\s+/)
    .filter(Boolean)
    .map((name) => {
      const type = types[name.at(-1)!];
      return type === undefined ? ([name, 'string'] as const) : ([name.slice(0, -1), type] as const);
    });

const idAnd = (names: string): LogObject['fields'] => [['Id', 'id'], ...fieldsOf(names)];

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile.htm */
const eventLogFile: LogObject = {
  name: 'EventLogFile',
  keyPrefix: '0AT',
  timeField: 'CreatedDate',
  fields: idAnd(
    'ApiVersion# CreatedDate@ CreatedById> EventType Interval LogDate@ LogFile LogFileContentType LogFileFieldNames LogFileFieldTypes LogFileLength# Sequence#',
  ),
  filters: [
    'Id',
    'ApiVersion',
    'CreatedDate',
    'CreatedById',
    'EventType',
    'Interval',
    'LogDate',
    'LogFileContentType',
    'LogFileLength',
    'Sequence',
  ],
  isBig: false,
  licence: 'eventLogFiles',
  since: 32,
};

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_loginhistory.htm */
const loginHistory: LogObject = {
  name: 'LoginHistory',
  keyPrefix: '0Ya',
  timeField: 'LoginTime',
  fields: idAnd(
    'UserId> LoginTime@ LoginType SourceIp LoginUrl AuthenticationServiceId> LoginGeoId> TlsProtocol CipherSuite Browser Platform Status Application ClientVersion ApiType ApiVersion CountryIso',
  ),
  filters: ['Id', 'UserId', 'LoginTime', 'LoginType', 'LoginUrl', 'TlsProtocol', 'CipherSuite', 'CountryIso'],
  isBig: false,
  licence: undefined,
  since: 21,
};

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupaudittrail.htm */
const setupAuditTrail: LogObject = {
  name: 'SetupAuditTrail',
  keyPrefix: '0Ym',
  timeField: 'CreatedDate',
  fields: idAnd(
    'Action Section CreatedDate@ CreatedById> Display DelegateUser ResponsibleNamespacePrefix CreatedByContext CreatedByIssuer',
  ),
  filters: ['Id', 'Action', 'Section', 'CreatedDate', 'CreatedById', 'DelegateUser'],
  isBig: false,
  licence: undefined,
  since: 15,
};

const inRequest = 'ClientIp CpuTime# LoginKey RequestIdentifier RunTime# SessionKey Timestamp@ Uri UserIdentifier';

/**
 * Event Log Objects; RestApiEventLog's fields are those of ApexRestApiEventLog, whose page names all of them.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_apitotalusageeventlog.htm
 */
const eventLogObjects = {
  ApiTotalUsageEventLog:
    'ApiFamily ApiResource ClientIp ClientName ConnectedAppIdentifier HttpMethod IsApiLimitCounted? ObjectName RequestIdentifier StatusCode# Timestamp@ UserIdentifier',
  BulkApi2EventLog: `${inRequest} FailedRecordCount# ErrorMessage JobIdentifier JobStatus ObjectType OperationType ProcessedRecordCount# ResultSize#`,
  LoginEventLog: `${inRequest} ApiType ApiVersion# AuthenticatedMethodReference BrowserType CipherSuite DatabaseTotalTime# LoginStatus LoginSubType LoginType RequestStatus SourceIp TransportLayerSecurityProtocol UserName UserType`,
  ReportEventLog: `${inRequest} AverageRowSize# BucketCount# ColumnCount# DatabaseBlocks# DatabaseCpuTime# DatabaseTotalTime# DisplayType ExceptionFilterCount# ObjectName Origin RenderingType ReportIdentifier RequestStatus RowCount# SortOrder UserType`,
  ReportExportEventLog: `${inRequest} ClientInfo ReportDescription`,
  RestApiEventLog: `${inRequest} DatabaseBlocks# DatabaseCpuTime# DatabaseTotalTime# ExceptionMessage FieldCount# MediaType Method ObjectName RequestSize# RequestStatus ResponseSize# RowsProcessed# StatusCode# UserAgent UserType`,
} as const;

const inEvent = 'CreatedDate@ EventDate@ EventIdentifier LoginKey SessionKey SessionLevel SourceIp UserId> Username';
const withPolicy = `${inEvent} EvaluationTime# LoginHistoryId> PolicyId> PolicyOutcome RelatedEventIdentifier`;

/** https://developer.salesforce.com/docs/atlas.en-us.platform_events.meta/platform_events/platform_events_objects_monitoring.htm */
const storedEvents = {
  ApiEvent: `${withPolicy} ActionName AdditionalInfo ApiType ApiVersion# Application BotSessionIdentifier Client ConnectedAppId> ElapsedTime# Operation OperationStatus PlannerId Platform QueriedEntities Query Records RequestIdentifier RowsProcessed# RowsReturned# UserAgent`,
  BulkApiResultEventStore: `${withPolicy} Query`,
  ListViewEvent: `${withPolicy} AppName ColumnHeaders DeveloperName EventSource ExecutionIdentifier FilterCriteria ListViewId> Name NumberOfColumns# OrderBy OwnerId> QueriedEntities Records RowsProcessed# Scope Sequence#`,
  LoginEvent: `${withPolicy} AdditionalInfo ApiType ApiVersion Application AuthMethodReference AuthServiceId> Browser CipherSuite City ClientVersion Country CountryIso ForwardedForIp HttpMethod LoginGeoId> LoginLatitude# LoginLongitude# LoginSubType LoginType LoginUrl Platform PostalCode Status Subdivision TlsProtocol UserType`,
  LogoutEvent: inEvent,
  ReportEvent: `${withPolicy} ActionName BotSessionIdentifier ColumnHeaders DashboardId> DashboardName Description DisplayedFieldEntities EventSource ExecutionIdentifier ExportFileFormat Format GroupedColumnHeaders IsScheduled? Name NumberOfColumns# Operation OwnerId> PlannerId QueriedEntities Records ReportId> RowsProcessed# Scope Sequence#`,
} as const;

export const logObjects: readonly LogObject[] = [
  eventLogFile,
  loginHistory,
  setupAuditTrail,
  ...Object.entries(eventLogObjects).map(
    ([name, fields], at): LogObject => ({
      name,
      keyPrefix: `0V${at}`,
      timeField: 'Timestamp',
      fields: fieldsOf(fields),
      isBig: false,
      licence: 'eventLogObjects',
      since: name === 'ReportExportEventLog' ? 65 : 61,
    }),
  ),
  ...Object.entries(storedEvents).map(
    ([name, fields]): LogObject => ({
      name,
      keyPrefix: '000',
      timeField: 'EventDate',
      fields: idAnd(fields),
      filters: ['EventDate', 'EventIdentifier'],
      isBig: true,
      licence: 'realTimeEvents',
      since: 46,
    }),
  ),
];

export const logObjectOf = (name: string): LogObject | undefined =>
  logObjects.find((object) => object.name.toLowerCase() === name.toLowerCase());
