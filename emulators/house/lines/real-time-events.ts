import type { Act, BulkResult, ListView, ReportRead, RestCall, SignIn, SignOut, SoapCall } from '../acts.ts';
import { requestIdOf, uuidOf } from '../marks.ts';

/**
 * Stored real-time events, one JSON object a line as a query of all fields answers it. `Records` stays null: the
 * house has storing of record ids switched off for its volume.
 */

/** A token is fresh, and its app named, only right after signing in: afterwards ConnectedAppId is null (248.0 docs). */
const freshMs = 60_000;

const iso = (time: number): string => `${new Date(time).toISOString().slice(0, -1)}+0000`;

function common(type: string, act: Act, salt: number): string {
  const { caller } = act;
  return `{"attributes":{"type":"${type}","url":"/services/data/v66.0/sobjects/${type}/000000000000000AAA"},"CreatedDate":"${iso(act.time + 1200)}","EventDate":"${iso(act.time)}","EventIdentifier":"${uuidOf(act.serial, salt)}","LoginKey":"${caller.loginKey}","SessionKey":"${caller.sessionKey}","SessionLevel":"STANDARD","SourceIp":"${caller.address}","UserId":"${caller.userId}","Username":"${caller.email}"`;
}

const policy = (act: Act): string =>
  `,"EvaluationTime":0.0,"LoginHistoryId":"${act.caller.loginHistoryId}","PolicyId":null,"PolicyOutcome":null,"RelatedEventIdentifier":null`;

const appNames = (act: Act): string => (act.caller.app === undefined ? '"N/A"' : JSON.stringify(act.caller.app.name));

export function apiEvent(act: RestCall | SoapCall): string {
  const { caller } = act;
  const isRest = act.kind === 'rest-call';
  const operation = isRest
    ? act.path === '/query'
      ? 'Query'
      : 'QueryMore'
    : act.operation === 'query'
      ? 'Query'
      : 'QueryMore';
  const fresh = caller.app !== undefined && act.time - caller.signedInAt < freshMs;
  return `${common('ApiEvent', act, 10)}${policy(act)},"ActionName":null,"AdditionalInfo":"{}","ApiType":"${isRest ? 'REST' : 'SOAP Partner'}","ApiVersion":${Number(caller.apiVersion).toFixed(1)},"Application":${appNames(act)},"BotSessionIdentifier":null,"Client":${caller.clientName === '' ? 'null' : `"${caller.clientName}"`},"ConnectedAppId":${fresh ? `"${caller.app?.id}"` : 'null'},"ElapsedTime":${20 + (act.serial % 400)},"Operation":"${operation}","OperationStatus":"Success","PlannerId":null,"Platform":"Unknown","QueriedEntities":"${act.object}","Query":${JSON.stringify(act.soql)},"Records":null,"RequestIdentifier":"${requestIdOf(act.serial)}","RowsProcessed":${act.rows}.0,"RowsReturned":${act.rows}.0,"UserAgent":"${caller.userAgent}"}`;
}

export const bulkApiResultEvent = (act: BulkResult): string =>
  `${common('BulkApiResultEventStore', act, 20)}${policy(act)},"Query":${JSON.stringify(act.soql)}}`;

/** LoginHistory's word for the way in. */
export const loginTypes = {
  oauth: 'Remote Access 2.0',
  saml: 'SAML Sfdc Initiated SSO',
  password: 'Application',
} as const;

export function loginEvent(act: SignIn): string {
  const { caller } = act;
  const status = act.succeeded ? 'Success' : 'Invalid Password';
  const application = caller.app === undefined ? '"Browser"' : appNames(act);
  return `${common('LoginEvent', act, 30)}${policy(act)},"AdditionalInfo":"{}","ApiType":"N/A","ApiVersion":"N/A","Application":${application},"AuthMethodReference":null,"AuthServiceId":null,"Browser":"${caller.browser}","CipherSuite":"TLS_AES_256_GCM_SHA384","City":${caller.city === '' ? 'null' : `"${caller.city}"`},"ClientVersion":"N/A","Country":"${caller.country}","CountryIso":"${caller.iso}","ForwardedForIp":null,"HttpMethod":"POST","LoginGeoId":null,"LoginLatitude":null,"LoginLongitude":null,"LoginSubType":null,"LoginType":"${loginTypes[act.way]}","LoginUrl":"maison-orfevre.my.salesforce.com","Platform":"${caller.platform}","PostalCode":null,"Status":"${status}","Subdivision":null,"TlsProtocol":"TLS 1.3","UserType":"Standard"}`;
}

export const logoutEvent = (act: SignOut): string => `${common('LogoutEvent', act, 40)}}`;

export function reportEvent(act: ReportRead): string {
  const { caller } = act;
  const columns = JSON.stringify(JSON.stringify(act.columns));
  const isExport = act.kind === 'report-export';
  const [operation, source] = isExport ? ['ReportExported', 'Export'] : ['ReportRunFromLightning', 'Lightning'];
  return `${common('ReportEvent', act, 50)}${policy(act)},"ActionName":null,"BotSessionIdentifier":null,"ColumnHeaders":${columns},"DashboardId":null,"DashboardName":null,"Description":null,"DisplayedFieldEntities":"${act.object}","EventSource":"${source}","ExecutionIdentifier":"${uuidOf(act.serial, 54)}","ExportFileFormat":${isExport ? '"CSV"' : 'null'},"Format":"Tabular","GroupedColumnHeaders":"[]","IsScheduled":false,"Name":${JSON.stringify(act.name)},"NumberOfColumns":${act.columns.length},"Operation":"${operation}","OwnerId":"${caller.userId}","PlannerId":null,"QueriedEntities":"${act.object}","Records":null,"ReportId":"${act.reportId}","RowsProcessed":${act.rows}.0,"Scope":"organization","Sequence":1}`;
}

export function listViewEvent(act: ListView): string {
  const columns = JSON.stringify(JSON.stringify(act.columns));
  return `${common('ListViewEvent', act, 60)}${policy(act)},"AppName":"one:one","ColumnHeaders":${columns},"DeveloperName":"${act.name.replaceAll(' ', '')}","EventSource":"Lightning","ExecutionIdentifier":"${uuidOf(act.serial, 64)}","FilterCriteria":null,"ListViewId":"${act.listViewId}","Name":"${act.name}","NumberOfColumns":${act.columns.length},"OrderBy":null,"OwnerId":"${act.caller.userId}","QueriedEntities":"${act.object}","Records":null,"RowsProcessed":${act.rows}.0,"Scope":"mine","Sequence":1}`;
}
