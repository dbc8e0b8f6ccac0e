import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slots } from '#model/event.ts';
import { CellList } from '../csv-row.ts';
import { source } from './source.ts';

function slotsOf(row: Readonly<Record<string, string>>): Slots {
  const cells = { TIMESTAMP: '20260812221409.017', USER_ID: '0055j00000AT6I1', ...row };
  const reading = source.readCsv!(Object.keys(cells))!(new CellList(Object.values(cells)));
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading.slots;
}

const mappings: readonly {
  readonly row: Readonly<Record<string, string>>;
  readonly slots: Partial<Slots>;
}[] = [
  {
    row: {
      EVENT_TYPE: 'Login',
      LOGIN_STATUS: 'LOGIN_NO_ERROR',
      LOGIN_TYPE: 'i',
      SOURCE_IP: '192.0.2.1',
      CLIENT_IP: 'Salesforce.com IP',
      USER_NAME: 'Anna@House.example',
      API_VERSION: '9998.0',
      USER_TYPE: 'Standard(db=S,api=Standard)',
    },
    slots: {
      activity_name: 'login',
      status_id: 1,
      auth_protocol: 'OAuth',
      'src_endpoint.ip': '192.0.2.1',
      'actor.user.name': 'anna@house.example',
      'actor.user.uid': '0055j00000AT6I1AAL',
      'actor.user.type': 'Standard',
      'api.version': undefined,
    },
  },
  {
    row: {
      EVENT_TYPE: 'Login',
      LOGIN_STATUS: 'LOGIN_ERROR_INVALID_PASSWORD',
      SOURCE_IP: 'Salesforce.com IP',
      CLIENT_IP: '192.0.2.2',
      REQUEST_STATUS: 'S',
    },
    slots: { status_id: 2, status_detail: 'LOGIN_ERROR_INVALID_PASSWORD', 'src_endpoint.ip': '192.0.2.2' },
  },
  {
    row: { EVENT_TYPE: 'Login', CLIENT_IP: 'Salesforce.com IP', SOURCE_IP: '' },
    slots: { 'src_endpoint.ip': 'Salesforce.com IP' },
  },
  {
    row: { EVENT_TYPE: 'LoginAs', DELEGATED_USER_NAME: 'Admin@House.example', DELEGATED_USER_ID: '0053X00000BoLQR' },
    slots: {
      activity_name: 'login-as',
      'actor.user.uid': '0053X00000BoLQRQA3',
      'actor.user.name': 'admin@house.example',
      'user.uid': '0055j00000AT6I1AAL',
    },
  },
  {
    row: { EVENT_TYPE: 'SalesforceLoginAs', ACTUAL_USER_ID: 'support1', IP_ADDRESS: '192.0.2.9' },
    slots: { activity_name: 'login-as', 'actor.user.uid': 'support1', 'src_endpoint.ip': '192.0.2.9' },
  },
  {
    row: {
      EVENT_TYPE: 'API',
      METHOD_NAME: 'query',
      API_TYPE: 'P',
      API_VERSION: '58.0',
      CLIENT_NAME: 'DataLoader/',
      ENTITY_NAME: '"Contact, Account"',
      ROWS_PROCESSED: '2000',
      RESPONSE_SIZE: '91000',
    },
    slots: {
      activity_name: 'query',
      'api.service.name': 'SOAP',
      'actor.app_name': 'DataLoader',
      'unmapped.app_attribution': 'stated',
      'resources.type': ['Contact', 'Account'],
      'unmapped.rows': 2000,
      'query_info.bytes': 91000,
    },
  },
  {
    row: { EVENT_TYPE: 'API', METHOD_NAME: 'describeGlobal', API_TYPE: 'E', ROWS_PROCESSED: '-1' },
    slots: { activity_name: 'list-objects', 'unmapped.rows': undefined },
  },
  {
    row: { EVENT_TYPE: 'API', METHOD_NAME: 'describeSObjects', API_TYPE: 'E', ENTITY_NAME: 'Case' },
    slots: { activity_name: 'describe-object', 'resources.type': ['Case'] },
  },
  { row: { EVENT_TYPE: 'API', METHOD_NAME: 'upsert', API_TYPE: 'E' }, slots: { activity_name: 'write' } },
  {
    row: {
      EVENT_TYPE: 'RestApi',
      URI: '/services/data/v58.0/query?q=SELECT+Id,Email+FROM+Contact+WHERE+LastName+LIKE+%27%25AKIA%25%27+LIMIT+20',
      METHOD: 'GET',
      STATUS_CODE: '200',
      ROWS_PROCESSED: '20',
      USER_AGENT: '9999',
      CONNECTED_APP_ID: '0H45j000000Ldr1',
    },
    slots: {
      activity_name: 'query',
      'api.version': '58.0',
      'resources.type': ['Contact'],
      'query_info.query_string': "SELECT Id,Email FROM Contact WHERE LastName LIKE '%AKIA%' LIMIT 20",
      'unmapped.query.fields': ['Id', 'Email'],
      'unmapped.query.field_count': 2,
      'unmapped.query.limit': 20,
      'unmapped.query.like': ['akia'],
      'unmapped.query.is_filtered': true,
      'http_request.user_agent': undefined,
      'http_response.code': 200,
      status_id: 1,
    },
  },
  {
    row: {
      EVENT_TYPE: 'RestApi',
      URI: '/services/data/v58.0/query',
      QUERY: 'SELECT COUNT() FROM Account',
      METHOD: 'GET',
      ENTITY_NAME: 'Account',
    },
    slots: {
      activity_name: 'count',
      'resources.type': ['Account'],
      'unmapped.query.is_count': true,
      'http_request.url.path': '/services/data/v58.0/query',
    },
  },
  {
    row: {
      EVENT_TYPE: 'RestApi',
      URI: '/services/data/v58.0/query',
      QUERY: "SELECT Id, Email FROM Contact WHERE Name = 'cut of",
    },
    slots: { activity_name: 'query', 'resources.type': ['Contact'], 'unmapped.query.fields': ['Id', 'Email'] },
  },
  {
    row: {
      EVENT_TYPE: 'RestApi',
      URI: '//services/data/v58.0/query/01g5j00000HouSEAA0-2000',
      METHOD: 'GET',
      ENTITY_NAME: 'Contact',
    },
    slots: { activity_name: 'query', 'api.operation': 'queryMore', 'resources.type': ['Contact'] },
  },
  {
    row: { EVENT_TYPE: 'RestApi', URI: '/services/data/v58.0/limits/', METHOD: 'GET', STATUS_CODE: '403' },
    slots: { activity_name: 'read-limits', status_id: 2 },
  },
  {
    row: { EVENT_TYPE: 'ApexRestApi', URI: '/CaseCreation/*', METHOD: 'GET', ROWS_PROCESSED: '3' },
    slots: { activity_name: 'api-call', 'api.service.name': 'Apex', 'unmapped.rows': 3 },
  },
  {
    row: {
      EVENT_TYPE: 'CompositeApiSubrequest',
      URI: '/services/data/v58.0/sobjects/Lead/describe',
      METHOD: 'GET',
      SUCCESS: '1',
    },
    slots: { activity_name: 'describe-object', 'resources.type': ['Lead'], status_id: 1 },
  },
  {
    row: {
      EVENT_TYPE: 'ApiTotalUsage',
      API_FAMILY: 'REST',
      API_RESOURCE: '/v58.0/sobjects/Case/describe',
      HTTP_METHOD: 'GET',
      CONNECTED_APP_NAME: 'Loyalty Sync',
      API_VERSION: '58.0',
    },
    slots: {
      activity_name: 'describe-object',
      'resources.type': ['Case'],
      'actor.app_name': 'Loyalty Sync',
      'api.service.name': 'REST',
      'unmapped.rows': undefined,
    },
  },
  {
    row: { EVENT_TYPE: 'ApiTotalUsage', API_FAMILY: 'REST', API_RESOURCE: '/v58.0/jobs/query', HTTP_METHOD: 'POST' },
    slots: { activity_name: 'bulk-create', 'api.service.name': 'Bulk2' },
  },
  {
    row: { EVENT_TYPE: 'ApiTotalUsage', API_FAMILY: 'SOAP', API_RESOURCE: 'queryMore', CLIENT_NAME: 'Workbench/' },
    slots: { activity_name: 'query', 'api.service.name': 'SOAP', 'actor.app_name': 'Workbench' },
  },
  {
    row: {
      EVENT_TYPE: 'BulkApi',
      OPERATION_TYPE: 'query',
      ENTITY_TYPE: 'Contact',
      ROWS_PROCESSED: '250000',
      JOB_ID: '7503X00000as1sz',
    },
    slots: {
      activity_name: 'bulk-complete',
      'resources.type': ['Contact'],
      'unmapped.rows': 250000,
      'unmapped.job.uid': '7503X00000as1szQAA',
    },
  },
  {
    row: { EVENT_TYPE: 'BulkApi', OPERATION_TYPE: 'upsert', ENTITY_TYPE: 'Contact' },
    slots: { activity_name: 'bulk-write' },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'created', OPERATION_TYPE: 'queryAll', ENTITY_TYPE: 'Case' },
    slots: { activity_name: 'bulk-create', 'api.service.name': 'Bulk2' },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'uploadComplete', OPERATION_TYPE: 'query' },
    slots: { activity_name: 'bulk-progress' },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'InProgress', OPERATION_TYPE: 'query' },
    slots: { activity_name: 'bulk-progress' },
  },
  {
    row: {
      EVENT_TYPE: 'BulkApi2',
      JOB_STATUS: 'JobComplete',
      OPERATION_TYPE: 'query',
      RECORDS_PROCESSED: '100',
      RESULT_SIZE_MB: '0.5',
    },
    slots: { activity_name: 'bulk-complete', 'unmapped.rows': 100, 'query_info.bytes': 524_288 },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'aborted', OPERATION_TYPE: 'query' },
    slots: { activity_name: 'bulk-abort' },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'deleted', OPERATION_TYPE: 'query' },
    slots: { activity_name: 'bulk-delete' },
  },
  {
    row: { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'created', OPERATION_TYPE: 'insert' },
    slots: { activity_name: 'bulk-write' },
  },
  {
    row: {
      EVENT_TYPE: 'BulkApiRequest',
      REQUEST_PATH: '/services/async/58.0/job',
      OPERATION_TYPE: 'query',
      CLIENT_NAME: 'Loyalty Sync',
    },
    slots: {
      activity_name: 'bulk-create',
      'api.service.name': 'Bulk',
      'api.version': '58.0',
      'actor.app_name': 'Loyalty Sync',
    },
  },
  {
    row: {
      EVENT_TYPE: 'BulkApiRequest',
      REQUEST_PATH: '/services/async/58.0/job/7503X00000as1sz/batch/7513X00000jx500/result/7523X00000jx500',
      OPERATION_TYPE: 'query',
    },
    slots: { activity_name: 'bulk-result', 'unmapped.job.uid': '7503X00000as1szQAA' },
  },
  {
    row: {
      EVENT_TYPE: 'Report',
      ORIGIN: 'ReportRunFromLightning',
      REPORT_ID: '00O3X00000C8gq9',
      ROW_COUNT: '91',
      AVERAGE_ROW_SIZE: '352',
      NUMBER_COLUMNS: '7',
    },
    slots: {
      activity_name: 'report-run',
      'resources.uid': '00O3X00000C8gq9UAB',
      'unmapped.rows': 91,
      'query_info.bytes': 32_032,
      'unmapped.query.field_count': 7,
    },
  },
  {
    row: { EVENT_TYPE: 'Report', ORIGIN: 'ReportExported', RENDERING_TYPE: '' },
    slots: { activity_name: 'report-export' },
  },
  { row: { EVENT_TYPE: 'Report', RENDERING_TYPE: 'X' }, slots: { activity_name: 'report-export' } },
  { row: { EVENT_TYPE: 'Report', RENDERING_TYPE: 'W' }, slots: { activity_name: 'report-run' } },
  {
    row: { EVENT_TYPE: 'AsyncReportRun', ORIGIN: 'ReportExportedAsynchronously', ROW_COUNT: '9' },
    slots: { activity_name: 'report-export', 'unmapped.rows': 9 },
  },
  {
    row: {
      EVENT_TYPE: 'ReportExport',
      URI: '/00O3X00000C8f8VUAR',
      REPORT_DESCRIPTION: `?export=1&xf=csv&runReportJson=${encodeURIComponent('{"reportMetadata":{"detailColumns":["FIRST_NAME","EMAIL"],"name":"VIP","reportType":{"type":"ContactList"}}}')}`,
    },
    slots: {
      activity_name: 'report-export',
      'resources.uid': '00O3X00000C8f8VUAR',
      'resources.name': 'VIP',
      'resources.type': ['Contact'],
      'unmapped.query.fields': ['FIRST_NAME', 'EMAIL'],
      'unmapped.query.field_count': 2,
      'unmapped.rows': undefined,
    },
  },
  {
    row: {
      EVENT_TYPE: 'ReportExport',
      URI: '/00O3X00000C8f8V',
      REPORT_DESCRIPTION:
        '?xf=xls&runReportJson=%7B%22reportMetadata%22%3A%7B%22detailColumns%22%3A%5B%22EMAIL%22%2C%22PHONE%22%5D%2C%22cut',
    },
    slots: {
      'resources.uid': '00O3X00000C8f8VUAR',
      'unmapped.query.fields': ['EMAIL', 'PHONE'],
      'api.operation': 'xls',
    },
  },
  {
    row: { EVENT_TYPE: 'URI', URI: '/0033X00000BoLQR' },
    slots: { activity_name: 'record-view', 'resources.uid': '0033X00000BoLQRQA3' },
  },
  { row: { EVENT_TYPE: 'URI', URI: '/00O3X00000C8f8V?export=1&xf=csv' }, slots: { activity_name: 'report-export' } },
  { row: { EVENT_TYPE: 'URI', URI: '/aura' }, slots: { activity_name: 'api-call', 'resources.uid': undefined } },
  {
    row: {
      EVENT_TYPE: 'LightningPageView',
      PAGE_URL: '/lightning/r/Contact/0033X00000BoLQRQA3/view',
      PAGE_ENTITY_TYPE: 'Contact',
      APP_NAME: 'one:one',
    },
    slots: {
      activity_name: 'record-view',
      'resources.uid': '0033X00000BoLQRQA3',
      'resources.type': ['Contact'],
      'actor.app_name': undefined,
    },
  },
  {
    row: { EVENT_TYPE: 'LightningPageView', PAGE_URL: '/lightning/o/Lead/list', PAGE_OBJECT_TYPE: 'Lead' },
    slots: { activity_name: 'list-view', 'resources.type': ['Lead'] },
  },
  {
    row: { EVENT_TYPE: 'MetadataApiOperation', OPERATION: 'meta_deploy', CLIENT_ID: 'Workbench/' },
    slots: { activity_name: 'setting-change', 'actor.app_name': 'Workbench' },
  },
  {
    row: { EVENT_TYPE: 'PermissionUpdate', UPDATE_TYPE: 'enabled', DESCRIPTION: 'Export Reports' },
    slots: { activity_name: 'permission-change', message: 'Export Reports' },
  },
  {
    row: {
      EVENT_TYPE: 'InsufficientAccess',
      ENTITY_TYPE: 'Contact',
      REQUESTED_ACCESS_LEVEL: 'Read',
      RECORD_ID: '0033X00000BoLQR',
    },
    slots: { activity_name: 'record-view', status_id: 2, 'resources.type': ['Contact'] },
  },
  {
    row: { EVENT_TYPE: 'PackageInstall', PACKAGE_NAMESPACE: 'portal', INSTALL_TYPE: 'Install' },
    slots: { activity_name: 'app-create', 'entity.name': 'portal' },
  },
  {
    row: { EVENT_TYPE: 'PackageInstall', PACKAGE_NAMESPACE: 'portal', INSTALL_TYPE: 'Uninstall' },
    slots: { activity_name: 'app-change' },
  },
  {
    row: { EVENT_TYPE: 'DatabaseSave', DML_TYPE: 'UPDATE', NUM_ROWS: '200' },
    slots: { activity_name: 'write', 'unmapped.rows': 200 },
  },
  {
    row: {
      EVENT_TYPE: 'ContentTransfer',
      TRANSACTION_TYPE: 'VersionDownloadApi',
      SIZE_BYTES: '78365',
      DOCUMENT_ID: '0693X00000HKWgj',
    },
    slots: { activity_name: 'file-read', 'query_info.bytes': 78_365, 'resources.uid': '0693X00000HKWgjQAH' },
  },
  { row: { EVENT_TYPE: 'ContentDistribution', ACTION: 'INSERT' }, slots: { activity_name: 'file-share' } },
  {
    row: { EVENT_TYPE: 'DocumentAttachmentDownloads', ENTITY_ID: '01520000003gds3' },
    slots: { activity_name: 'file-read', 'resources.uid': '01520000003gds3AAA' },
  },
  {
    row: { EVENT_TYPE: 'Search', SEARCH_QUERY: '"""vip*"""', NUM_RESULTS: '27', PREFIXES_SEARCHED: '003' },
    slots: {
      activity_name: 'search',
      'query_info.query_string': 'vip*',
      'unmapped.rows': 27,
      'resources.type': ['Contact'],
    },
  },
  {
    row: {
      EVENT_TYPE: 'Sites',
      IS_GUEST: '1',
      URI: '/s/sfsites/aura',
      HTTP_HEADERS: 'User-Agent=curl/8.5,Referer=https://x',
    },
    slots: { activity_name: 'api-call', 'actor.user.type': 'Guest', 'http_request.user_agent': 'curl/8.5' },
  },
  {
    row: {
      EVENT_TYPE: 'ApexCallout',
      URL: '"https://test.house.example"',
      METHOD: 'POST',
      SUCCESS: '0',
      STATUS_CODE: '-1',
    },
    slots: {
      activity_name: 'other',
      'http_request.url.path': 'https://test.house.example',
      status_id: 2,
      'http_response.code': undefined,
    },
  },
  {
    row: { EVENT_TYPE: 'TypeOfNextYear', SOME_COLUMN: 'x' },
    slots: { activity_name: 'other', 'metadata.event_code': 'TypeOfNextYear', 'actor.user.uid': '0055j00000AT6I1AAL' },
  },
];

test('each event type becomes the slots of its act', () => {
  for (const { row, slots } of mappings) {
    const read = slotsOf(row);
    for (const [name, value] of Object.entries(slots))
      assert.deepEqual(read[name as keyof Slots], value, `${name} of ${JSON.stringify(row)}`);
  }
});
