import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const login = {
  eventVersion: '1.09',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROA1:Anna.Moser@House.example',
    arn: 'arn:aws:sts::1:assumed-role/Analyst/Anna.Moser@House.example',
    accessKeyId: 'ASIA1',
    sessionContext: { sessionIssuer: { userName: 'Analyst' } },
  },
  eventTime: '2026-08-12T21:58:40Z',
  eventID: 'e-1',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'Mozilla/5.0',
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { MFAUsed: 'No' },
  recipientAccountId: '1',
};

test('a console login says who, whence and whether a second factor was given', () => {
  const { slots, time, key } = readAct(source, login);
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40));
  assert.equal(key, 'e-1');
  assert.deepEqual([slots.activity_name, slots.status_id, slots.is_mfa], ['login', 1, false]);
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['actor.session.uid'], 'ASIA1');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
  const failed = readAct(source, { ...login, responseElements: { ConsoleLogin: 'Failure' } }).slots;
  assert.deepEqual([failed.status_id, failed.is_mfa], [2, undefined]);
});

test('a service that acts by itself has no address; a role without a person in its session is named by the role', () => {
  const { slots } = readAct(source, {
    ...login,
    sourceIPAddress: 'AWS Internal',
    userIdentity: { ...login.userIdentity, principalId: 'AROA1:i-0697' },
  });
  assert.equal(slots['src_endpoint.ip'], undefined);
  assert.equal(slots['actor.user.name'], 'analyst');
});

test('calls are acts, and fail by their error', () => {
  const cases: readonly (readonly [string, string, Activity])[] = [
    ['sts.amazonaws.com', 'AssumeRoleWithSAML', 'sign-on'],
    ['iam.amazonaws.com', 'DeactivateMFADevice', 'factor-reset'],
    ['iam.amazonaws.com', 'AttachUserPolicy', 'permission-change'],
    ['iam.amazonaws.com', 'CreateAccessKey', 'account-change'],
    ['iam.amazonaws.com', 'DeleteSAMLProvider', 'setting-change'],
    ['s3.amazonaws.com', 'ListBuckets', 'other'],
  ];
  for (const [eventSource, eventName, activity] of cases)
    assert.equal(readAct(source, { ...login, eventSource, eventName }).slots.activity_name, activity, eventName);
  const denied = readAct(source, { ...login, errorCode: 'AccessDenied', errorMessage: 'Access Denied' }).slots;
  assert.deepEqual([denied.status_id, denied.status_detail], [2, 'Access Denied']);
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...login, eventTime: 'x' }), 'eventTime is "x", expected an ISO 8601 time');
});
