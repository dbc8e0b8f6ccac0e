import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const payload = {
  status: {},
  authenticationInfo: { principalEmail: 'Anna.Moser@House.example' },
  requestMetadata: { callerIp: '203.0.113.7', callerSuppliedUserAgent: 'gcloud' },
  serviceName: 'storage.googleapis.com',
  methodName: 'storage.setIamPermissions',
  resourceName: 'projects/_/buckets/crm-export',
  authorizationInfo: [{ permission: 'storage.buckets.setIamPolicy', granted: true }],
};
const entry = {
  protoPayload: payload,
  insertId: 'i-1',
  timestamp: '2026-08-12T21:58:40.123456789Z',
  logName: 'projects/house/logs/cloudaudit.googleapis.com%2Factivity',
  resource: { type: 'gcs_bucket', labels: { project_id: 'house' } },
};

test('an entry says who called what, bare or in the exporter’s envelope', () => {
  for (const record of [entry, { data: entry, publishTime: '2026-08-12T21:59:00Z' }]) {
    const { slots, time, key } = readAct(source, record);
    assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
    assert.equal(key, `${entry.logName} ${entry.timestamp} i-1`);
    assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
    assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
    assert.equal(slots['api.operation'], 'storage.setIamPermissions');
    assert.equal(slots['metadata.tenant_uid'], 'house');
    assert.equal(slots.status_id, 1);
  }
});

test('a call fails by its status or by a permission that was not granted', () => {
  const outcome = (change: object): unknown =>
    readAct(source, { ...entry, protoPayload: { ...payload, ...change } }).slots.status_id;
  assert.equal(outcome({ status: { code: 7, message: 'denied' } }), 2);
  assert.equal(outcome({ status: null }), 1);
  assert.equal(outcome({ authorizationInfo: [{ granted: false }] }), 2);
});

test('policies are changes of permissions', () => {
  const record = { ...entry, protoPayload: { ...payload, methodName: 'google.iam.admin.v1.SetIAMPolicy' } };
  assert.equal(readAct(source, record).slots.activity_name, 'permission-change');
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...entry, timestamp: 'x' }), 'timestamp is "x", expected an ISO 8601 time');
  assert.match(refusalOf(source, { ...entry, protoPayload: { methodName: '' } }), /^no protoPayload.methodName/);
});
