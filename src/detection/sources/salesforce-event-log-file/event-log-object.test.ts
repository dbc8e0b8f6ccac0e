import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, Reading } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { eventTypeOf } from './event-log-object.ts';
import { source } from './source.ts';

function readRecord(type: string, fields: JsonObject): Reading {
  const record = { attributes: { type, url: `/services/data/v66.0/sobjects/${type}/0V0` }, ...fields };
  assert.ok(source.acceptsObject!(record));
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

function readRow(row: Readonly<Record<string, string>>): Reading {
  const reading = source.readCsv!(Object.keys(row))!(new CellList(Object.values(row)));
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

/** What both tell, without the name of the log. */
const slotsOf = ({ slots }: Reading): Record<string, unknown> => ({ ...slots, 'metadata.event_code': undefined });

test('a record says what its row in a file says', () => {
  const record = readRecord('RestApiEventLog', {
    ClientIp: '203.0.113.90',
    FieldCount: 7,
    LoginKey: 'login',
    Method: 'GET',
    ObjectName: 'Contact',
    RequestIdentifier: '4hQa1ncX5xUBdF',
    RequestStatus: 'S',
    ResponseSize: 401_233,
    RowsProcessed: 2000,
    SessionKey: 'session',
    StatusCode: 200,
    Timestamp: '2026-08-12T22:14:09.017+0000',
    Uri: '/services/data/v58.0/query',
    UserAgent: 'python-requests/2.32.4',
    UserIdentifier: '0055j00000HouSE',
    UserType: 'Standard',
  });
  const row = readRow({
    EVENT_TYPE: 'RestApi',
    TIMESTAMP: '20260812221409.017',
    CLIENT_IP: '203.0.113.90',
    NUMBER_FIELDS: '7',
    LOGIN_KEY: 'login',
    METHOD: 'GET',
    ENTITY_NAME: 'Contact',
    REQUEST_ID: '4hQa1ncX5xUBdF',
    REQUEST_STATUS: 'S',
    RESPONSE_SIZE: '401233',
    ROWS_PROCESSED: '2000',
    SESSION_KEY: 'session',
    STATUS_CODE: '200',
    URI: '/services/data/v58.0/query',
    USER_AGENT: 'python-requests/2.32.4',
    USER_ID: '0055j00000HouSE',
    USER_TYPE: 'Standard',
  });
  assert.equal(record.time, row.time);
  assert.deepEqual(slotsOf(record), slotsOf(row));
  assert.equal(record.slots['metadata.event_code'], 'RestApiEventLog');
  assert.equal(record.slots['unmapped.rows'], 2000);
});

test('states of bulk jobs, sign-ins, reports, exports and calls', () => {
  const at = { Timestamp: '2026-08-17T11:15:18.031Z', UserIdentifier: '0055j00000HouSE', RequestIdentifier: 'r1' };
  const bulk = readRecord('BulkApi2EventLog', {
    ...at,
    JobIdentifier: '7505j00000HouSE',
    JobStatus: 'JobComplete',
    ObjectType: 'Case',
    OperationType: 'query',
    ProcessedRecordCount: 184_220,
  });
  assert.deepEqual(
    [
      bulk.slots.activity_name,
      bulk.slots['unmapped.rows'],
      bulk.slots['resources.type'],
      bulk.slots['unmapped.job.uid'],
    ],
    ['bulk-complete', 184_220, ['Case'], '7505j00000HouSEAAZ'],
  );
  const unnamed = readRecord('BulkApi2EventLog', { ...at, JobStatus: 'created', ObjectType: 'BulkApi2' });
  assert.deepEqual(unnamed.slots['resources.type'], []);
  const login = readRecord('LoginEventLog', {
    ...at,
    LoginStatus: 'LOGIN_NO_ERROR',
    LoginType: 'i',
    UserName: 'A@B.example',
  });
  assert.deepEqual(
    [login.slots.activity_name, login.slots.status_id, login.slots.auth_protocol, login.slots['actor.user.name']],
    ['login', 1, 'OAuth', 'a@b.example'],
  );
  const report = readRecord('ReportEventLog', {
    ...at,
    Origin: 'ReportRunFromLightning',
    ReportIdentifier: '00O3X00000C8f8V',
    RowCount: 900,
    ColumnCount: 12,
    AverageRowSize: 400,
  });
  assert.deepEqual(
    [
      report.slots.activity_name,
      report.slots['unmapped.rows'],
      report.slots['unmapped.query.field_count'],
      report.slots['query_info.bytes'],
    ],
    ['report-run', 900, 12, 360_000],
  );
  const exported = readRecord('ReportExportEventLog', {
    ...at,
    Uri: '/00O3X00000C8f8VUAR',
    ReportDescription: '?xf=csv',
  });
  assert.deepEqual(
    [exported.slots.activity_name, exported.slots['resources.uid']],
    ['report-export', '00O3X00000C8f8VUAR'],
  );
  const call = readRecord('ApiTotalUsageEventLog', {
    ...at,
    ApiFamily: 'REST',
    ApiResource: '/v58.0/sobjects/',
    ConnectedAppIdentifier: '0H45j000000Ldr1CAC',
    HttpMethod: 'GET',
    IsApiLimitCounted: true,
  });
  assert.deepEqual([call.slots.activity_name, call.slots['actor.app_uid']], ['list-objects', '0H45j000000Ldr1CAC']);
});

test('the same record has the same key, whatever frame it comes in', () => {
  const fields = { Timestamp: '2026-08-17T11:15:18.031Z', RequestIdentifier: 'r1', ClientIp: '203.0.113.9' };
  const key = String(readRecord('LoginEventLog', fields).key);
  assert.equal(String(readRecord('LoginEventLog', { Id: '0V2Jx0000000001AAA', ...fields, UserType: null }).key), key);
  assert.notEqual(String(readRecord('LoginEventLog', { ...fields, ClientIp: '203.0.113.8' }).key), key);
});

test('event types by the names of their objects', () => {
  assert.deepEqual(['RestApiEventLog', 'SoapApiEventLog', 'EventLogFile', 'LoginEvent'].map(eventTypeOf), [
    'RestApi',
    'API',
    undefined,
    undefined,
  ]);
});
