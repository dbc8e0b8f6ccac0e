import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { vendorField } from '../vendor-field.ts';
import { source } from './source.ts';

const login = {
  CreationTime: '2026-08-12T21:58:40',
  Id: 'm-1',
  Operation: 'UserLoggedIn',
  OrganizationId: 't-house',
  RecordType: 15,
  ResultStatus: 'Success',
  UserKey: 'u-anna',
  UserType: 0,
  Workload: 'AzureActiveDirectory',
  ClientIP: '203.0.113.7:50123',
  UserId: 'Anna.Moser@House.example',
  ObjectId: 'o-1',
  ApplicationId: 'a-1',
  ExtendedProperties: [
    { Name: 'RequestType', Value: 'Cmsi:Cmsi' },
    { Name: 'UserAgent', Value: 'Mozilla/5.0' },
  ],
  DeviceProperties: [{ Name: 'SessionId', Value: 's-1' }],
};

test('a sign-in has the slots of one; its time is UTC though no zone is written', () => {
  const { slots, time, key } = readAct(source, login);
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40));
  assert.equal(key, 'm-1');
  assert.equal(slots.activity_name, 'sign-on');
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['actor.session.uid'], 's-1');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
  assert.equal(slots['http_request.user_agent'], 'Mozilla/5.0');
  assert.equal(slots['entity.uid'], 'a-1');
  assert.equal(slots.status_id, 1);
  assert.equal(readAct(source, { ...login, Operation: 'UserLoginFailed' }).slots.status_id, 2);
});

test('addresses lose their port, of either version', () => {
  const address = (ClientIP: string): unknown => readAct(source, { ...login, ClientIP }).slots['src_endpoint.ip'];
  assert.equal(address('[2001:db8::7]:443'), '2001:db8::7');
  assert.equal(address('2001:db8::7'), '2001:db8::7');
  assert.equal(address('203.0.113.7'), '203.0.113.7');
});

test('what stands in lists of names and values can be asked for by name', () => {
  const [record] = source.recordsIn!(login);
  assert.equal(vendorField(record!, 'ExtendedProperties.RequestType'), 'Cmsi:Cmsi');
});

test('operations by workload are acts, with the account acted upon', () => {
  const cases: readonly (readonly [string, string, Activity])[] = [
    ['AzureActiveDirectory', 'Disable Strong Authentication.', 'factor-reset'],
    ['AzureActiveDirectory', 'Consent to application.', 'app-change'],
    ['AzureActiveDirectory', 'Add member to role.', 'permission-change'],
    ['SecurityComplianceCenter', 'AlertTriggered', 'vendor-finding'],
    ['Exchange', 'New-InboxRule', 'setting-change'],
    ['Exchange', 'MailItemsAccessed', 'other'],
    ['SharePoint', 'FileDownloaded', 'other'],
  ];
  for (const [Workload, Operation, activity] of cases)
    assert.equal(readAct(source, { ...login, Workload, Operation }).slots.activity_name, activity, Operation);
  const reset = { ...login, Operation: 'Disable Strong Authentication.', ObjectId: 'Ben@House.example' };
  assert.equal(readAct(source, reset).slots['user.name'], 'ben@house.example');
});

test('an outcome is said in many words; an alert has been raised even where none is', () => {
  const outcome = (change: object): unknown => readAct(source, { ...login, ...change }).slots.status_id;
  assert.deepEqual(
    ['Succeeded', 'True', 'PartiallySucceeded', 'Failed', 'False', 'Odd', null].map((ResultStatus) =>
      outcome({ ResultStatus }),
    ),
    [1, 1, 1, 2, 2, undefined, undefined],
  );
  assert.equal(outcome({ ResultStatus: null, Workload: 'SecurityComplianceCenter' }), 1);
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...login, CreationTime: 'x' }), 'CreationTime is "x", expected an ISO 8601 time');
  assert.match(refusalOf(source, { ...login, Id: null }), /^no Id/);
});
