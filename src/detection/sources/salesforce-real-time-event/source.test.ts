import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Slots } from '#model/event.ts';
import type { JsonObject, Reading } from '#model/source.ts';
import { source } from './source.ts';

const common = {
  EventDate: '2026-08-12T22:14:09Z',
  EventIdentifier: '7f0c2a44-91c2',
  UserId: '0055j00000AT6I1',
  Username: 'Anna@House.example',
  SourceIp: '192.0.2.1',
  SessionKey: 's',
  LoginKey: 'l',
};

function read(record: JsonObject): Reading {
  assert.ok(source.acceptsObject!(record), JSON.stringify(record));
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

const typed = (type: string, fields: JsonObject): JsonObject => ({ attributes: { type }, ...common, ...fields });

const mappings: readonly (readonly [JsonObject, Partial<Slots>])[] = [
  [
    typed('ApiEvent', {
      ApiType: 'REST',
      ApiVersion: 58,
      Operation: 'Query',
      Query: 'SELECT Id, Email FROM Contact',
      RowsProcessed: 9000,
      RowsReturned: 2000,
      ConnectedAppId: '0H45j000000Ldr1',
      Application: 'Loyalty Sync',
      UserAgent: 'python-requests/2.32.4',
    }),
    {
      activity_name: 'query',
      'api.service.name': 'REST',
      'api.version': '58.0',
      'resources.type': ['Contact'],
      'unmapped.rows': 2000,
      'actor.app_name': 'Loyalty Sync',
      'actor.user.uid': '0055j00000AT6I1AAL',
      'actor.user.name': 'anna@house.example',
      'unmapped.query.fields': ['Id', 'Email'],
      'http_request.user_agent': 'python-requests/2.32.4',
      'metadata.event_code': 'ApiEvent',
    },
  ],
  [
    typed('ApiEventStream', { Operation: 'Query', Query: 'SELECT COUNT() FROM Case' }),
    { activity_name: 'count', 'metadata.event_code': 'ApiEvent' },
  ],
  [
    typed('ApiEvent', {
      Operation: 'QueryMore',
      QueriedEntities: 'Account, Contact',
      RowsProcessed: '50',
      RowsReturned: 0,
      Application: 'N/A',
      Client: 'Workbench',
    }),
    {
      activity_name: 'query',
      'resources.type': ['Account', 'Contact'],
      'unmapped.rows': 50,
      'actor.app_name': 'Workbench',
    },
  ],
  [
    typed('ApiEvent', { ApiType: 'SOAP Partner', Query: 'SELECT Id, Name FROM Lead WHERE Na' }),
    { activity_name: 'query', 'api.service.name': 'SOAP', 'resources.type': ['Lead'] },
  ],
  [typed('ApiEvent', { Operation: 'Query', PolicyOutcome: 'Block' }), { status_id: 2, status_detail: 'Block' }],
  [
    typed('BulkApiResultEventStore', { Query: 'SELECT Id FROM Case' }),
    {
      activity_name: 'bulk-result',
      'resources.type': ['Case'],
      'metadata.event_code': 'BulkApiResultEvent',
      'unmapped.rows': undefined,
    },
  ],
  [
    typed('ReportEvent', {
      Operation: 'ReportExported',
      ReportId: '00O3X00000C8gq9',
      Name: 'VIP',
      ColumnHeaders: '[FIRST_NAME, ACCOUNT.NAME]',
      NumberOfColumns: 2,
      QueriedEntities: 'Contact',
      RowsProcessed: 500,
      ExecutionIdentifier: 'x-1',
      Sequence: 2,
    }),
    {
      activity_name: 'report-export',
      'resources.uid': '00O3X00000C8gq9UAB',
      'resources.name': 'VIP',
      'unmapped.query.fields': ['FIRST_NAME', 'ACCOUNT.NAME'],
      'unmapped.query.field_count': 2,
      'unmapped.rows': 500,
      'unmapped.job.uid': 'x-1',
    },
  ],
  [
    typed('ReportEventStream', { Operation: 'ReportRunFromLightning' }),
    { activity_name: 'report-run', 'api.operation': 'ReportRunFromLightning' },
  ],
  [
    typed('ListViewEvent', { ListViewId: '00B0O000008kzau', ColumnHeaders: '[Name]', RowsProcessed: 50 }),
    { activity_name: 'list-view', 'unmapped.rows': 50, 'unmapped.query.field_count': 1 },
  ],
  [
    typed('LoginEvent', {
      LoginType: 'Remote Access 2.0',
      LoginSubType: 'OAuth Username-Password',
      Status: 'Success',
      Application: 'My Ticket Portal',
      CountryIso: 'AT',
      City: 'Wien',
      HttpMethod: 'POST',
    }),
    {
      activity_name: 'login',
      status_id: 1,
      auth_protocol: 'OAuth',
      'actor.app_name': 'My Ticket Portal',
      'src_endpoint.location.country': 'AT',
      'src_endpoint.location.city': 'Wien',
    },
  ],
  [
    typed('LoginEvent', { LoginType: 'Application', Status: 'Invalid Password', Application: 'Browser' }),
    { status_id: 2, status_detail: 'Invalid Password', 'actor.app_name': undefined },
  ],
  [typed('LogoutEvent', {}), { activity_name: 'logout' }],
  [
    typed('LoginAsEvent', { DelegatedUsername: 'Admin@House.example', TargetUrl: '/home' }),
    {
      activity_name: 'login-as',
      'actor.user.name': 'admin@house.example',
      'user.name': 'anna@house.example',
      'user.uid': '0055j00000AT6I1AAL',
    },
  ],
  [
    typed('UriEvent', { Operation: 'Read', RecordId: '0033X00000BoLQR', QueriedEntities: 'Contact' }),
    { activity_name: 'record-view', 'resources.uid': '0033X00000BoLQRQA3', 'resources.type': ['Contact'] },
  ],
  [typed('LightningUriEvent', { Operation: 'Update', RecordId: '0033X00000BoLQR' }), { activity_name: 'write' }],
  [
    typed('PermissionSetEventStore', {
      Operation: 'AssignedToUsers',
      ParentNameList: 'Api Enabled',
      ImpactedUserIds: '0055j00000AT6I1',
      PermissionList: 'ApiEnabled',
    }),
    {
      activity_name: 'permission-change',
      'entity.name': 'Api Enabled',
      'user.uid': '0055j00000AT6I1AAL',
      message: 'ApiEnabled',
    },
  ],
  [
    typed('FileEvent', {
      FileAction: 'API_DOWNLOAD',
      FileName: 'vip.xlsx',
      ContentSize: 99,
      DocumentId: '0693X00000HKWgj',
    }),
    { activity_name: 'file-read', 'resources.name': 'vip.xlsx', 'query_info.bytes': 99 },
  ],
  [typed('FileEventStore', { FileAction: 'UPLOAD' }), { activity_name: 'write' }],
  [
    typed('IdentityVerificationEvent', { Activity: 'Login', Status: 'Succeeded', VerificationMethod: 'Totp' }),
    { activity_name: 'factor-challenge', status_id: 1, is_mfa: true },
  ],
  [
    typed('IdentityVerificationEvent', { Activity: 'ConnectTotp', Status: 'Succeeded' }),
    { activity_name: 'factor-enrol' },
  ],
  [
    typed('IdentityProviderEventStore', { SsoType: 'Saml', ErrorCode: 'Success', SamlEntityUrl: 'https://sp' }),
    { activity_name: 'sign-on', status_id: 1, 'service.name': 'https://sp' },
  ],
  [
    typed('ApiAnomalyEventStore', { Score: 0.9, Summary: 'Unusual', QueriedEntities: 'Contact', RowsProcessed: 9 }),
    {
      activity_name: 'vendor-finding',
      message: 'Unusual',
      'resources.type': ['Contact'],
      'unmapped.rows': 9,
      'metadata.event_code': 'ApiAnomalyEvent',
    },
  ],
  [typed('SessionHijackingEvent', { CurrentIp: '192.0.2.7', Score: 1 }), { activity_name: 'vendor-finding' }],
  [typed('CredentialStuffingEventStore', { AcceptLanguage: 'de' }), { activity_name: 'vendor-finding' }],
  [typed('EventOfNextYearEvent', {}), { activity_name: 'other', 'metadata.event_code': 'EventOfNextYearEvent' }],
];

test('each kind of event becomes the slots of its act', () => {
  for (const [record, slots] of mappings) {
    const found = read(record).slots;
    for (const [name, value] of Object.entries(slots))
      assert.deepEqual(found[name as keyof Slots], value, `${name} of ${JSON.stringify(record)}`);
  }
});

test('a streamed event and its stored copy are one event', () => {
  const fields = { ...common, Operation: 'Query', ApiType: 'REST', RowsReturned: 5, Sequence: null };
  const stored = read({
    attributes: { type: 'ApiEvent', url: '/x' },
    ...fields,
    EventDate: '2026-08-12T22:14:09.000+0000',
  });
  const payload = { ...fields, EventUuid: '11f0', ReplayId: 7 };
  const forms: readonly JsonObject[] = [
    payload,
    { schema: 'h', payload, event: { replayId: 7 } },
    { channel: '/event/ApiEventStream', data: { schema: 'h', payload, event: { replayId: 7 } } },
    { topicName: '/event/ApiEventStream', replayId: 7, payload },
    {
      replayId: 7,
      payload: { ...payload, EventDate: Date.UTC(2026, 7, 12, 22, 14, 9), Username: { string: 'Anna@House.example' } },
    },
  ];
  for (const form of forms) {
    const streamed = read(form);
    assert.equal(streamed.key, stored.key);
    assert.equal(streamed.time, stored.time);
    assert.deepEqual(streamed.slots, stored.slots);
  }
});

test('the parts of one report are several events of one execution', () => {
  const parts = [1, 2].map((Sequence) =>
    read(typed('ReportEvent', { Operation: 'ReportExported', Sequence, ExecutionIdentifier: 'x', RowsProcessed: 100 })),
  );
  assert.notEqual(parts[0]!.key, parts[1]!.key);
  assert.deepEqual(
    parts.map(({ slots }) => slots['unmapped.job.uid']),
    ['x', 'x'],
  );
});

test('the sample file is read', () => {
  const text = readFileSync(new URL('samples/stream.ndjson', import.meta.url), 'utf8');
  const readings = text
    .trim()
    .split('\n')
    .map((line) => read(JSON.parse(line) as JsonObject));
  assert.deepEqual(
    readings.map(({ slots }) => slots.activity_name),
    ['query', 'report-export'],
  );
});

test('what cannot be read says what was found', () => {
  assert.deepEqual(source.readObject!({ ...common, EventDate: 'soon' }), {
    invalid: 'EventDate is "soon", expected an ISO 8601 time',
  });
  assert.equal(source.acceptsObject!({ EventDate: '2026-08-12T22:14:09Z' }), false);
  assert.equal(
    source.acceptsObject!({ LoginTime: '2026-08-12T22:14:09Z', LoginType: 'Application', SourceIp: '192.0.2.1' }),
    false,
  );
});
