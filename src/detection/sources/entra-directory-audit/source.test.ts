import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import type { JsonObject } from '#model/source.ts';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { vendorField } from '../vendor-field.ts';
import { source } from './source.ts';

const consent = {
  id: 'Directory_1_ABC',
  category: 'ApplicationManagement',
  correlationId: 'c-1',
  result: 'success',
  resultReason: '',
  activityDisplayName: 'Consent to application',
  activityDateTime: '2026-08-12T21:58:40.1234567Z',
  loggedByService: 'Core Directory',
  operationType: 'Assign',
  initiatedBy: {
    user: { id: 'u-anna', userPrincipalName: 'Anna.Moser@House.example', ipAddress: '203.0.113.7' },
    app: null,
  },
  targetResources: [
    {
      id: 'p-1',
      displayName: 'Mail Helper',
      type: 'ServicePrincipal',
      userPrincipalName: null,
      modifiedProperties: [
        { displayName: 'ConsentContext.IsAdminConsent', oldValue: null, newValue: '"False"' },
        { displayName: '__proto__', oldValue: null, newValue: '"x"' },
      ],
    },
  ],
  additionalDetails: [{ key: 'User-Agent', value: 'Mozilla/5.0' }],
};

const reset = {
  ...consent,
  id: 'AUDIT_2',
  category: 'UserManagement',
  activityDisplayName: 'Admin deleted security info',
  targetResources: [
    { id: 'u-anna', type: 'User', userPrincipalName: 'anna.moser@house.example' },
    { id: 'u-ben', type: 'User', userPrincipalName: 'Ben@House.example' },
  ],
};

test('a consent names the app, who gave it and whence', () => {
  const { slots, key, time } = readAct(source, consent);
  assert.equal(slots.activity_name, 'app-change');
  assert.equal(slots.status_id, 1);
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
  assert.equal(slots['http_request.user_agent'], 'Mozilla/5.0');
  assert.deepEqual(
    [slots['entity.uid'], slots['entity.name'], slots['entity.type']],
    ['p-1', 'Mail Helper', 'ServicePrincipal'],
  );
  assert.equal(key, 'Directory_1_ABC');
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
});

test('in the envelope of diagnostic settings and as a row it is the same event', () => {
  const { activityDateTime, ...properties } = consent;
  const envelope = {
    time: '2026-08-12T21:58:40.1234567Z',
    tenantId: 't-house',
    operationName: 'Consent to application',
    category: 'AuditLogs',
    properties: { ...properties, activityDateTime },
  };
  const row = {
    Type: 'AuditLogs',
    TimeGenerated: activityDateTime,
    AADTenantId: 't-house',
    Id: consent.id,
    Category: consent.category,
    CorrelationId: 'c-1',
    OperationName: consent.activityDisplayName,
    ActivityDateTime: activityDateTime,
    LoggedByService: 'Core Directory',
    AADOperationType: 'Assign',
    Result: 'success',
    InitiatedBy: JSON.stringify(consent.initiatedBy),
    TargetResources: JSON.stringify(consent.targetResources),
    AdditionalDetails: JSON.stringify(consent.additionalDetails),
  };
  const plain = readAct(source, consent);
  for (const record of [envelope, row]) {
    const { key, time, slots } = readAct(source, record);
    assert.deepEqual([String(key), time], [String(plain.key), plain.time]);
    assert.equal(slots['metadata.tenant_uid'], 't-house');
    for (const name of ['activity_name', 'actor.user.name', 'entity.name', 'status_id', 'metadata.event_code'] as const)
      assert.equal(slots[name], plain.slots[name], name);
  }
});

test('a changed property can be asked for by its name', () => {
  const [record] = source.recordsIn!(consent);
  assert.equal(vendorField(record!, 'modifiedProperties.ConsentContext.IsAdminConsent'), 'False');
  assert.equal(Object.getPrototypeOf(record), Object.prototype);
});

test('the account acted upon is the first that is not the actor', () => {
  const { slots } = readAct(source, reset);
  assert.equal(slots.activity_name, 'factor-reset');
  assert.deepEqual([slots['user.uid'], slots['user.name']], ['u-ben', 'ben@house.example']);
});

test('an app that acts is the app', () => {
  const { slots } = readAct(source, {
    ...consent,
    initiatedBy: { user: null, app: { appId: 'a-1', displayName: 'Provisioning' } },
  });
  assert.deepEqual(
    [slots['actor.app_uid'], slots['actor.app_name'], slots['actor.user.name']],
    ['a-1', 'Provisioning', undefined],
  );
});

test('activities by name, by how they begin, by category', () => {
  const cases: readonly (readonly [string, string, Activity])[] = [
    ['User registered security info', 'UserManagement', 'factor-enrol'],
    ['Disable Strong Authentication', 'UserManagement', 'factor-reset'],
    ['Reset user password', 'UserManagement', 'password-reset'],
    ['Reset password (self-service)', 'UserManagement', 'password-reset'],
    ['Add service principal', 'ApplicationManagement', 'app-create'],
    ['Add service principal credentials', 'ApplicationManagement', 'app-change'],
    ['Update application – Certificates and secrets management ', 'ApplicationManagement', 'app-change'],
    ['Add member to role in PIM requested (timebound)', 'RoleManagement', 'permission-change'],
    ['Add member to group', 'GroupManagement', 'permission-change'],
    ['Update user', 'UserManagement', 'account-change'],
    ['Add conditional access policy', 'Policy', 'setting-change'],
    ['Read BitLocker key', 'KeyManagement', 'other'],
  ];
  for (const [activityDisplayName, category, activity] of cases)
    assert.equal(
      readAct(source, { ...consent, activityDisplayName, category }).slots.activity_name,
      activity,
      activityDisplayName,
    );
});

test('what cannot be read says what was found', () => {
  assert.equal(
    refusalOf(source, { ...consent, activityDateTime: 'soon' }),
    'activityDateTime is "soon", expected an ISO 8601 time',
  );
  assert.equal(refusalOf(source, { ...consent, id: '' }), 'no id, expected a directory audit');
  const strange: JsonObject = { ...consent, targetResources: 'x', initiatedBy: [], additionalDetails: {} };
  assert.equal(readAct(source, strange).slots['actor.user.name'], undefined);
});
