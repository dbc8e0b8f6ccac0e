import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import type { JsonObject } from '#model/source.ts';
import { readAct, readActs, refusalOf } from '../read-act.fixture.ts';
import { vendorField } from '../vendor-field.ts';
import { source } from './source.ts';

const parameters = (values: JsonObject): readonly JsonObject[] =>
  Object.entries(values).map(([name, value]) => ({
    name,
    [typeof value === 'boolean' ? 'boolValue' : 'value']: value,
  }));

const activity = (applicationName: string, ...events: readonly JsonObject[]): JsonObject => ({
  kind: 'admin#reports#activity',
  id: { time: '2026-08-12T21:58:40.123Z', uniqueQualifier: '-697', applicationName, customerId: 'C1' },
  actor: { callerType: 'USER', email: 'Anna.Moser@House.example', profileId: '1157' },
  ipAddress: '203.0.113.7',
  networkInfo: { ipAsn: [64511], regionCode: 'AT' },
  events,
});

const event = (type: string, name: string, values: JsonObject = {}): JsonObject => ({
  type,
  name,
  parameters: parameters(values),
});

test('a sign-on to the CRM by SAML has the slots of one', () => {
  const { slots, time } = readAct(
    source,
    activity(
      'saml',
      event('login', 'login_success', { application_name: 'Salesforce', saml_status_code: 'SUCCESS_URI' }),
    ),
  );
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
  assert.equal(slots.activity_name, 'sign-on');
  assert.equal(slots['service.name'], 'Salesforce');
  assert.equal(slots.auth_protocol, 'SAML');
  assert.equal(slots.status_id, 1);
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
  assert.equal(slots['src_endpoint.location.country'], 'AT');
  assert.equal(slots['src_endpoint.autonomous_system.number'], 64511);
  assert.equal(slots['metadata.tenant_uid'], 'C1');
});

test('each event of an activity is one event, with its own parameters', () => {
  const record = activity(
    'admin',
    event('USER_SETTINGS', 'CHANGE_PASSWORD', { USER_EMAIL: 'Ben@House.example' }),
    event('USER_SETTINGS', 'GRANT_ADMIN_PRIVILEGE', { USER_EMAIL: 'carla@house.example' }),
  );
  const readings = readActs(source, record);
  assert.deepEqual(
    readings.map(({ slots }) => [slots['metadata.event_code'], slots.activity_name, slots['user.name']]),
    [
      ['CHANGE_PASSWORD', 'password-reset', 'ben@house.example'],
      ['GRANT_ADMIN_PRIVILEGE', 'permission-change', 'carla@house.example'],
    ],
  );
  assert.equal(new Set(readings.map(({ key }) => String(key))).size, 2);
  const [, second] = source.recordsIn!(record);
  assert.deepEqual(vendorField(second!, 'events.name'), ['GRANT_ADMIN_PRIVILEGE']);
  assert.equal(vendorField(second!, 'parameters.user_email'), 'carla@house.example');
});

test('events by application are acts', () => {
  const cases: readonly (readonly [string, string, string, Activity])[] = [
    ['login', 'login', 'login_success', 'login'],
    ['login', 'login', 'login_failure', 'login'],
    ['login', 'login', 'login_verification', 'factor-challenge'],
    ['login', '2sv_change', '2sv_disable', 'factor-reset'],
    ['login', '2sv_change', '2sv_enroll', 'factor-enrol'],
    ['login', 'password_change', 'password_edit', 'password-reset'],
    ['login', 'account_warning', 'suspicious_login', 'vendor-finding'],
    ['token', 'auth', 'authorize', 'app-change'],
    ['token', 'auth', 'activity', 'other'],
    ['admin', 'USER_SETTINGS', 'TURN_OFF_2_STEP_VERIFICATION', 'factor-reset'],
    ['admin', 'USER_SETTINGS', 'CREATE_USER', 'account-change'],
    ['admin', 'DELEGATED_ADMIN_SETTINGS', 'ASSIGN_ROLE', 'permission-change'],
    ['admin', 'DOMAIN_SETTINGS', 'AUTHORIZE_API_CLIENT_ACCESS', 'app-change'],
    ['admin', 'SECURITY_SETTINGS', 'ENFORCE_STRONG_AUTHENTICATION', 'setting-change'],
    ['drive', 'access', 'download', 'other'],
    ['login', 'login', 'constructor', 'other'],
  ];
  for (const [application, type, name, expected] of cases)
    assert.equal(readAct(source, activity(application, event(type, name))).slots.activity_name, expected, name);
});

test('failures are told by name, with their reason', () => {
  const { slots } = readAct(
    source,
    activity('login', event('login', 'login_failure', { login_failure_type: 'login_failure_invalid_password' })),
  );
  assert.deepEqual([slots.status_id, slots.status_detail], [2, 'login_failure_invalid_password']);
  const second = readAct(source, activity('login', event('login', 'login_success', { is_second_factor: true })));
  assert.equal(second.slots.is_mfa, true);
});

test('an app that is let in is named', () => {
  const { slots } = readAct(
    source,
    activity('token', event('auth', 'authorize', { client_id: '1.apps.example', app_name: 'Mail Helper' })),
  );
  assert.deepEqual(
    [slots['actor.app_uid'], slots['entity.name'], slots['entity.uid']],
    ['1.apps.example', 'Mail Helper', '1.apps.example'],
  );
});

test('what cannot be read says what was found', () => {
  const record = activity('login', event('login', 'login_success'));
  assert.match(refusalOf(source, { ...record, id: { ...(record['id'] as JsonObject), time: 'x' } }), /^id.time is "x"/);
  assert.match(refusalOf(source, { ...record, events: [] }), /^no named event/);
});
