import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { activities } from '#model/activity.ts';
import type { JsonObject, Source } from '#model/source.ts';
import { source as cloudTrail } from './aws-cloudtrail/source.ts';
import { source as azureActivity } from './azure-activity/source.ts';
import { source as duo } from './cisco-duo/source.ts';
import { source as gateway } from './cordon-gateway/source.ts';
import { CellList } from './csv-row.ts';
import { source as directoryAudit } from './entra-directory-audit/source.ts';
import { source as riskDetection } from './entra-risk-detection/source.ts';
import { source as signIn } from './entra-sign-in/source.ts';
import { findSources } from './find-sources.ts';
import { source as gitHub } from './github-audit/source.ts';
import { source as cloudAudit } from './google-cloud-audit/source.ts';
import { source as workspace } from './google-workspace/source.ts';
import { source as microsoft365 } from './microsoft-365/source.ts';
import { source as graphAlert } from './microsoft-graph-alert/source.ts';
import { source as okta } from './okta-system-log/source.ts';
import { source as oneLogin } from './onelogin/source.ts';
import { columnNames } from './salesforce-event-log-file/columns.ts';
import { source as eventLogFile } from './salesforce-event-log-file/source.ts';
import { source as loginHistory } from './salesforce-login-history/source.ts';
import { source as realTime } from './salesforce-real-time-event/source.ts';
import { source as setupAuditTrail } from './salesforce-setup-audit-trail/source.ts';
import { source as suricata } from './suricata-eve/source.ts';
import { source as zeek } from './zeek/source.ts';

/** What every source owes: whatever a record holds, it is a reading with a time and a key, or invalid with a reason. */

interface Sample {
  readonly source: Source;
  /** A record that the source accepts, with every field that it looks at. */
  readonly record: JsonObject;
}

const withFields = (names: readonly string[], rest: JsonObject): JsonObject => ({
  ...Object.fromEntries(names.map((name) => [name, null])),
  ...rest,
});

const samples: readonly Sample[] = [
  {
    source: eventLogFile,
    record: withFields(columnNames, { EVENT_TYPE: 'RestApi', TIMESTAMP: '20260812221409.017' }),
  },
  {
    source: realTime,
    record: withFields(
      [
        'Query',
        'QueriedEntities',
        'ColumnHeaders',
        'RowsReturned',
        'ReportId',
        'Sequence',
        'PolicyOutcome',
        'Status',
        'LoginType',
        'attributes',
        'payload',
        'data',
        'channel',
        'DelegatedUsername',
        'Score',
        'Report',
        'ParentIdList',
      ],
      { EventDate: '2026-08-12T22:14:09Z', EventIdentifier: 'e-1' },
    ),
  },
  {
    source: loginHistory,
    record: withFields(['Id', 'UserId', 'Status', 'Application', 'Browser', 'attributes'], {
      LoginTime: '2026-08-12T22:14:09.000+0000',
      LoginType: 'Application',
      SourceIp: '192.0.2.1',
    }),
  },
  {
    source: setupAuditTrail,
    record: withFields(['Id', 'Display', 'Section', 'CreatedById', 'CreatedBy', 'attributes'], {
      CreatedDate: '2026-08-12T22:14:09.000+0000',
      Action: 'createduser',
    }),
  },
  {
    source: gateway,
    record: withFields(
      ['integration', 'token', 'operation', 'object', 'fields', 'records', 'bytes', 'status', 'reason'],
      {
        cordonGateway: 1,
        id: 'r-1',
        kind: 'call',
        at: '2026-08-12T22:14:09.017Z',
      },
    ),
  },
  {
    source: okta,
    record: withFields(
      [
        'actor',
        'client',
        'outcome',
        'target',
        'securityContext',
        'authenticationContext',
        'debugContext',
        'transaction',
        'displayMessage',
      ],
      {
        eventType: 'user.session.start',
        published: '2026-08-12T22:14:09.017Z',
        uuid: 'u-1',
        outcome: { result: 'constructor' },
      },
    ),
  },
  {
    source: signIn,
    record: withFields(
      [
        'userPrincipalName',
        'userId',
        'status',
        'location',
        'deviceDetail',
        'riskEventTypes_v2',
        'signInEventTypes',
        'sessionId',
        'isInteractive',
      ],
      {
        id: 's-1',
        createdDateTime: '2026-08-12T22:14:09Z',
        appId: 'a-1',
        appDisplayName: 'Salesforce',
        ipAddress: '192.0.2.1',
      },
    ),
  },
  {
    source: signIn,
    record: withFields(['resultType', 'callerIpAddress', 'resultDescription', 'identity'], {
      time: '2026-08-12T22:14:09.1234567Z',
      resourceId: '/tenants/t/providers/Microsoft.aadiam',
      category: 'ServicePrincipalSignInLogs',
      properties: { id: 's-2', createdDateTime: '2026-08-12T22:14:09.1234567+00:00', servicePrincipalId: 'p-1' },
    }),
  },
  {
    source: signIn,
    record: withFields(['Status', 'LocationDetails', 'DeviceDetail', 'IPAddress', 'ResultType'], {
      Type: 'SigninLogs',
      TimeGenerated: '2026-08-12T22:14:09Z',
      CreatedDateTime: '2026-08-12T22:14:09Z',
      Id: 's-3',
    }),
  },
  {
    source: directoryAudit,
    record: withFields(['initiatedBy', 'targetResources', 'additionalDetails', 'result', 'resultReason', 'category'], {
      id: 'd-1',
      activityDisplayName: 'Consent to application',
      activityDateTime: '2026-08-12T22:14:09Z',
    }),
  },
  {
    source: directoryAudit,
    record: withFields(['operationName', 'resultSignature', 'identity'], {
      time: '2026-08-12T22:14:09Z',
      tenantId: 't',
      category: 'AuditLogs',
      properties: { id: 'd-2', activityDisplayName: 'Add user' },
    }),
  },
  {
    source: riskDetection,
    record: withFields(['userPrincipalName', 'userId', 'ipAddress', 'location', 'riskState', 'riskDetail'], {
      id: 'r-1',
      riskEventType: 'anonymizedIPAddress',
      detectedDateTime: '2026-08-12T22:14:09Z',
    }),
  },
  {
    source: riskDetection,
    record: withFields(['scopeId', 'isActive', 'alertIncidents'], {
      id: 'DirectoryRole_t_StaleSignInAlert',
      alertDefinitionId: 'DirectoryRole_t_StaleSignInAlert',
      incidentCount: 2,
      lastModifiedDateTime: '2026-08-12T22:14:09Z',
    }),
  },
  {
    source: graphAlert,
    record: withFields(['status', 'title', 'category', 'tenantId', 'firstActivityDateTime', 'evidence'], {
      id: 'a-1',
      severity: 'high',
      serviceSource: 'microsoftDefenderForCloudApps',
      createdDateTime: '2026-08-12T22:14:09Z',
    }),
  },
  {
    source: graphAlert,
    record: withFields(['userStates', 'networkConnections', 'cloudAppStates', 'status', 'title', 'eventDateTime'], {
      id: 'a-2',
      azureTenantId: 't',
      severity: 'high',
      createdDateTime: '2026-08-12T22:14:09Z',
    }),
  },
  {
    source: azureActivity,
    record: withFields(['resultType', 'identity', 'callerIpAddress', 'correlationId', 'properties'], {
      time: '2026-08-12T22:14:09Z',
      resourceId: '/subscriptions/s',
      operationName: 'MICROSOFT.NETWORK/DNSZONES/WRITE',
      category: 'Administrative',
      properties: {},
    }),
  },
  {
    source: azureActivity,
    record: withFields(['status', 'caller', 'claims', 'httpRequest', 'category', 'resourceProviderName'], {
      eventTimestamp: '2026-08-12T22:14:09Z',
      resourceId: '/subscriptions/s',
      operationName: { value: 'Microsoft.Network/dnsZones/write' },
    }),
  },
  {
    source: workspace,
    record: withFields(['actor', 'ipAddress', 'networkInfo', 'ownerDomain'], {
      kind: 'admin#reports#activity',
      id: { time: '2026-08-12T22:14:09.017Z', uniqueQualifier: '1', applicationName: 'login', customerId: 'C1' },
      events: [
        { type: 'login', name: 'login_success', parameters: [{ name: 'login_type', value: 'saml' }] },
        { type: 'login', name: 'login_challenge' },
      ],
    }),
  },
  {
    source: microsoft365,
    record: withFields(
      [
        'UserId',
        'UserKey',
        'ClientIP',
        'ObjectId',
        'ResultStatus',
        'ExtendedProperties',
        'Parameters',
        'AppAccessContext',
      ],
      {
        CreationTime: '2026-08-12T22:14:09',
        Id: 'm-1',
        Operation: 'UserLoggedIn',
        Workload: 'AzureActiveDirectory',
      },
    ),
  },
  {
    source: gitHub,
    record: withFields(['actor_ip', 'user', 'actor_location', 'request_id', 'repo'], {
      '@timestamp': 1_786_572_849_017,
      _document_id: 'g-1',
      action: 'org.add_member',
      actor: 'anna',
      org: 'house',
    }),
  },
  {
    source: duo,
    record: withFields(['user', 'access_device', 'application', 'result', 'reason', 'email', 'timestamp'], {
      isotimestamp: '2026-08-12T22:14:09.017000+00:00',
      txid: 't-1',
      event_type: 'authentication',
      factor: 'duo_push',
    }),
  },
  {
    source: duo,
    record: withFields(['description'], {
      timestamp: 1_786_572_849,
      action: 'bypass_create',
      username: 'a',
      object: 'b',
    }),
  },
  {
    source: oneLogin,
    record: withFields(['user_id', 'actor_user_id', 'user_name', 'actor_user_name', 'ipaddr', 'app_name'], {
      id: 1,
      account_id: 1,
      created_at: '2026-08-12T22:14:09.017Z',
      event_type_id: 5,
    }),
  },
  {
    source: cloudTrail,
    record: withFields(['userIdentity', 'responseElements', 'additionalEventData', 'sourceIPAddress', 'errorCode'], {
      eventVersion: '1.09',
      eventTime: '2026-08-12T22:14:09Z',
      eventID: 'c-1',
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
    }),
  },
  {
    source: cloudAudit,
    record: withFields(['insertId', 'logName', 'resource', 'operation'], {
      timestamp: '2026-08-12T22:14:09.017Z',
      protoPayload: { methodName: 'storage.buckets.list', status: {}, authorizationInfo: [null, { granted: false }] },
    }),
  },
  {
    source: suricata,
    record: withFields(['dest_ip', 'dest_port', 'proto', 'flow', 'tls', 'http', 'community_id', 'host'], {
      timestamp: '2026-08-12T22:14:09.017000+0000',
      event_type: 'tls',
      flow_id: 1,
      src_ip: '192.0.2.1',
    }),
  },
  {
    source: zeek,
    record: withFields(
      ['id.resp_h', 'id.resp_p', 'proto', 'orig_bytes', 'resp_bytes', 'duration', 'conn_state', 'service'],
      {
        _path: 'conn',
        ts: 1_786_572_849.017,
        uid: 'C1',
        'id.orig_h': '192.0.2.1',
      },
    ),
  },
];

test('every source that reads objects is held to this', async () => {
  const objectSources = (await findSources()).filter((source) => source.readObject !== undefined);
  const held = new Set(samples.map(({ source }) => source.name));
  assert.deepEqual(
    objectSources.map(({ name }) => name).filter((name) => !held.has(name)),
    [],
    'sources without a record among the samples above',
  );
});

function assertRead(source: Source, record: JsonObject): void {
  for (const act of source.recordsIn?.(record) ?? [record]) assertActRead(source, act);
}

function assertActRead(source: Source, record: JsonObject): void {
  const reading = source.readObject!(record);
  if ('invalid' in reading) {
    assert.ok(reading.invalid.length > 0 && reading.invalid.length < 200, reading.invalid);
    return;
  }
  assert.ok(Number.isFinite(reading.time));
  assert.ok(Object.hasOwn(activities, reading.slots.activity_name), String(reading.slots.activity_name));
  assert.ok(reading.slots.status_id === undefined || reading.slots.status_id === 1 || reading.slots.status_id === 2);
  assert.ok(String(reading.key).length > 0);
  const again = source.readObject!(structuredClone(record));
  assert.ok(!('invalid' in again) && String(again.key) === String(reading.key), 'the same record has the same key');
}

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '-1',
    'N/A',
    '%',
    '%zz',
    '9999',
    'SELECT',
    'FIND {a} RETURNING',
    '/services/data/v58.0/query?q=SELECT+Id+FROM',
    '//',
    '"',
    '[',
    '{"string":"x"}',
    '0055j00000AT6I1',
    'constructor',
  ),
);

for (const { source, record } of samples) {
  test(`${source.name}: accepts its own record, and no other source does`, () => {
    const takers = new Set(samples.map((each) => each.source).filter((each) => each.acceptsObject?.(record)));
    assert.deepEqual(
      [...takers].map((each) => each.name),
      [source.name],
    );
    assertRead(source, record);
  });

  test(`${source.name}: whatever its fields hold, nothing is thrown`, () => {
    const changes = fc.dictionary(fc.constantFrom(...Object.keys(record)), anyValue, { maxKeys: 12 });
    fc.assert(
      fc.property(changes, (change) => {
        const changed = { ...record, ...change };
        source.acceptsObject!(changed);
        assertRead(source, changed);
      }),
      { numRuns: 400 },
    );
  });

  test(`${source.name}: whatever an object is, asking whether it is accepted throws nothing`, () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), anyValue), (value) => void source.acceptsObject!(value)));
  });

  if (source.readCsv === undefined) continue;
  test(`${source.name}: whatever cells hold, and however many there are, nothing is thrown`, () => {
    const header = Object.keys(record);
    const read = source.readCsv!(header);
    assert.ok(read !== undefined);
    const cells = fc.array(fc.oneof(fc.string(), fc.constantFrom('', '20260812221409.017', '-1', 'RestApi')), {
      minLength: header.length - 1,
      maxLength: header.length + 1,
    });
    fc.assert(
      fc.property(cells, (row) => {
        const reading = read(new CellList(row));
        if (row.length !== header.length) assert.ok('invalid' in reading);
      }),
    );
  });
}

test('words that every JavaScript object has are no words of a vendor', () => {
  const rows: readonly Readonly<Record<string, string>>[] = [
    { EVENT_TYPE: 'API', METHOD_NAME: 'constructor' },
    { EVENT_TYPE: 'BulkApi2', JOB_STATUS: 'constructor' },
    { EVENT_TYPE: 'RestApi', URI: '/services/data/v58.0/ui-api/constructor' },
    { EVENT_TYPE: 'RestApi', URI: '/services/data/v58.0/constructor' },
    { EVENT_TYPE: 'constructor', REQUEST_STATUS: 'constructor' },
  ];
  for (const row of rows) assertRead(eventLogFile, { ...row, TIMESTAMP: '20260812221409.017' });
  const login = {
    LoginTime: '2026-08-12T22:14:09Z',
    LoginType: 'x',
    EventDate: '2026-08-12T22:14:09Z',
    EventIdentifier: 'e',
  };
  for (const source of [loginHistory, realTime])
    assertRead(source, { ...login, constructor: 'x', Operation: 'constructor' });
  for (const source of [loginHistory, setupAuditTrail, eventLogFile])
    assert.equal(source.readCsv!(['constructor', '__proto__', 'toString']), undefined);
});
