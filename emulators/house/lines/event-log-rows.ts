import { mix } from '#lib/random.ts';
import type {
  Act,
  BulkCall,
  BulkState,
  Caller,
  PageView,
  ReportRead,
  RestCall,
  SignIn,
  SignOut,
  SoapCall,
} from '../acts.ts';
import type { House } from '../house.ts';
import { requestIdOf } from '../marks.ts';
import type { EventLogType } from './log-files.ts';

/** Rows of Salesforce event log files, each in the column order of log-files.ts. */

const short = (id: string): string => id.slice(0, 15);
const cell = (text: string): string => (text.includes('"') ? text.replaceAll('"', '""') : text);

/** `2026-10-18T11:15:42.123Z` → `20261018111542.123` */
const compact = (iso: string): string =>
  iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10) + iso.slice(11, 13) + iso.slice(14, 16) + iso.slice(17, 23);

/** A server's own figure for an act (ms, bytes): repeatable, of no meaning. */
function figure(act: Act, salt: number, least: number, most: number): number {
  const drawn = mix(mix(act.serial >>> 0) ^ Math.floor(act.serial / 0x1_0000_0000) ^ Math.imul(salt, 0x9e3779b1));
  return least + (drawn % (most - least + 1));
}

const stamp = (act: Act): string => new Date(act.time).toISOString();

/** EVENT_TYPE to LOGIN_KEY. */
const before = (house: House, type: EventLogType, act: Act, iso: string, uri: string): string => {
  const { caller } = act;
  const runTime = figure(act, 1, 18, 420);
  return `"${type}","${compact(iso)}","${requestIdOf(act.serial)}","${short(house.organizationId)}","${short(caller.userId)}","${runTime}","${runTime >> 1}","${uri}","${caller.sessionKey}","${caller.loginKey}"`;
};
/** TIMESTAMP_DERIVED to URI_ID_DERIVED. */
const after = (caller: Caller, iso: string, uriId = ''): string =>
  `,"${iso}","${caller.userId}","${caller.address}","${uriId}"`;
const database = (act: Act): string => `"${figure(act, 2, 900_000, 90_000_000)}"`;

export function restApiRow(house: House, act: RestCall): string {
  const { caller, method } = act;
  const iso = stamp(act);
  const path = `/services/data/v${caller.apiVersion}${act.path}`;
  const query = act.path === '/query' ? cell(act.soql) : '';
  const created = method === 'POST' ? 201 : method === 'PATCH' ? 204 : 200;
  return `${before(house, 'RestApi', act, iso, path)},"Standard","S",${database(act)},"${method}","application/json;charset=UTF-8","${created}","${caller.userAgent}","${act.rows}","${act.fields}","${figure(act, 3, 4, 900)}","10","${act.soql.length + 120}","${act.bytes}","${act.object}","${short(caller.app?.id ?? '')}","${caller.clientName}","","${query}"${after(caller, iso)}`;
}

export function apiRow(house: House, act: SoapCall): string {
  const { caller } = act;
  const iso = stamp(act);
  return `${before(house, 'API', act, iso, 'Api')},"S",${database(act)},"P","${caller.apiVersion}","${caller.clientName}","${act.operation}","${act.object}","${act.rows}","${act.soql.length + 900}","${act.bytes}","${figure(act, 3, 4, 900)}","10"${after(caller, iso)}`;
}

export function bulkApi2Row(house: House, act: BulkState): string {
  const iso = stamp(act);
  const size = act.megabytes === 0 ? '' : act.megabytes.toFixed(2);
  return `${before(house, 'BulkApi2', act, iso, '')},"${short(act.jobId)}","${act.operation}","${act.object}","${act.state}","${act.rows}","0","${size}",""${after(act.caller, iso)}`;
}

export function apiTotalUsageRow(house: House, act: RestCall | SoapCall | BulkCall): string {
  const { caller } = act;
  const iso = stamp(act);
  const family = act.kind === 'rest-call' ? 'REST' : act.kind === 'soap-call' ? 'SOAP' : 'BULK';
  const resource = act.kind === 'soap-call' ? act.operation : `/v${caller.apiVersion}${act.path}`;
  const method = act.kind === 'soap-call' ? 'POST' : act.method;
  const object = act.kind === 'bulk-call' ? '' : act.object;
  const created = act.kind === 'rest-call' && method !== 'GET' ? (method === 'POST' ? 201 : 204) : 200;
  return `"ApiTotalUsage","${compact(iso)}","${requestIdOf(act.serial)}","${short(house.organizationId)}","${short(caller.userId)}","${family}","${caller.apiVersion}","${resource}","${caller.clientName}","${method}","${caller.address}","1","${short(caller.app?.id ?? '')}","${object}","${created}","${caller.app?.name ?? ''}","${caller.email}","${iso}"`;
}

export function loginRow(house: House, act: SignIn): string {
  const { caller } = act;
  const iso = stamp(act);
  const [uri, type] = { oauth: ['/services/oauth2/token', 'i'], saml: ['/', '8'], password: ['/index.jsp', 'A'] }[
    act.way
  ];
  const status = act.succeeded ? 'LOGIN_NO_ERROR' : 'LOGIN_ERROR_INVALID_PASSWORD';
  return `${before(house, 'Login', act, iso, uri!).replace(`"${caller.sessionKey}"`, '""')},"Standard","",${database(act)},"${type}","${caller.userAgent}","","9998.0","${caller.email}","TLSv1.3","TLS_AES_256_GCM_SHA384","",""${after(caller, iso)},"${status}","${caller.address}"`;
}

export function logoutRow(house: House, act: SignOut): string {
  const { caller } = act;
  const iso = stamp(act);
  return `"Logout","${compact(iso)}","${requestIdOf(act.serial)}","${short(house.organizationId)}","${short(caller.userId)}","Standard(db=S,api=Standard)","UI","STANDARD(db=1,api=STANDARD)","${caller.userAgent}","1015","9999","1000","9998.0","","","1","${caller.sessionKey}","${caller.loginKey}","${iso}","${caller.userId}","${caller.address}"`;
}

export function reportRow(house: House, act: ReportRead): string {
  const { caller } = act;
  const iso = stamp(act);
  const columns = act.columns.length;
  return `${before(house, 'Report', act, iso, '/aura')},"Standard","S",${database(act)},"${act.object}","T","W","${short(act.reportId)}","${act.rows}","0","${columns}","${columns}","${40 + columns * 30}","","${figure(act, 3, 40, 9000)}","60","0"${after(caller, iso)},"${act.reportId}","ReportRunFromLightning"`;
}

export function reportExportRow(house: House, act: ReportRead): string {
  const { caller } = act;
  const iso = stamp(act);
  const metadata = {
    reportMetadata: {
      detailColumns: act.columns,
      id: act.reportId,
      name: act.name,
      reportFormat: 'TABULAR',
      reportType: { label: act.object, type: `${act.object}List` },
      scope: 'organization',
    },
  };
  const description = `?isdtp=p1&enc=UTF-8&lexExport=true&export=Export&runReportJson=${encodeURIComponent(JSON.stringify(metadata))}&xf=csv`;
  return `${before(house, 'ReportExport', act, iso, `/${act.reportId}`)},"${caller.userAgent}","${description}"${after(caller, iso, act.reportId)}`;
}

export function uriRow(house: House, act: PageView): string {
  const iso = stamp(act);
  const referrer = `${house.salesforceHost.replaceAll('.', '-')}/lightning/r/${act.object}/${act.recordId}/view`;
  return `${before(house, 'URI', act, iso, `/${act.recordId}`)},"S",${database(act)},"${figure(act, 3, 1, 400)}","5","${referrer}"${after(act.caller, iso, act.recordId)}`;
}
