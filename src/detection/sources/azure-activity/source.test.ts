import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const claims = {
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'Anna@House.example',
  'http://schemas.microsoft.com/identity/claims/objectidentifier': 'u-anna',
};

const diagnostic = {
  time: '2026-08-12T21:58:40.1234567Z',
  resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/CRM',
  operationName: 'MICROSOFT.NETWORK/DNSZONES/WRITE',
  category: 'Administrative',
  resultType: 'Success',
  callerIpAddress: '198.51.100.24',
  correlationId: 'c-1',
  identity: { claims },
  properties: {},
};
const rest = {
  eventTimestamp: '2026-08-12T21:58:40.1234567Z',
  eventDataId: 'e-1',
  correlationId: 'c-1',
  caller: 'Anna@House.example',
  operationName: { value: 'Microsoft.Network/dnsZones/write', localizedValue: 'Create or Update DNS Zone' },
  resourceProviderName: { value: 'Microsoft.Network' },
  resourceId: '/subscriptions/s/resourceGroups/crm',
  status: { value: 'Succeeded' },
  claims,
  httpRequest: { clientIpAddress: '198.51.100.24' },
};
const row = {
  Type: 'AzureActivity',
  TimeGenerated: '2026-08-12T21:58:40.1234567Z',
  OperationNameValue: 'MICROSOFT.NETWORK/DNSZONES/WRITE',
  CategoryValue: 'Administrative',
  ResourceProviderValue: 'MICROSOFT.NETWORK',
  ActivityStatusValue: 'Success',
  Caller: 'Anna@House.example',
  CallerIpAddress: '198.51.100.24',
  CorrelationId: 'c-1',
  EventDataId: 'e-1',
};

test('an operation has the same slots in each of its forms', () => {
  for (const record of [diagnostic, rest, row]) {
    const { slots, time } = readAct(source, record);
    assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
    assert.equal(slots.activity_name, 'setting-change');
    assert.equal(slots.status_id, 1);
    assert.equal(slots['api.operation']?.toUpperCase(), 'MICROSOFT.NETWORK/DNSZONES/WRITE');
    assert.equal(slots['api.service.name']?.toUpperCase(), 'MICROSOFT.NETWORK');
    assert.equal(slots['actor.user.name'], 'anna@house.example');
    assert.equal(slots['src_endpoint.ip'], '198.51.100.24');
    assert.equal(slots['metadata.correlation_uid'], 'c-1');
  }
});

test('roles that are given are a change of permissions; a start is neither success nor failure', () => {
  const operationName = 'Microsoft.Authorization/roleAssignments/write';
  const { slots } = readAct(source, { ...diagnostic, operationName, resultType: 'Start' });
  assert.equal(slots.activity_name, 'permission-change');
  assert.equal(slots.status_id, undefined);
  assert.equal(readAct(source, { ...diagnostic, resultType: 'Failure' }).slots.status_id, 2);
});

test('the start and the end of one operation are two events', () => {
  assert.notEqual(readAct(source, diagnostic).key, readAct(source, { ...diagnostic, resultType: 'Start' }).key);
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...diagnostic, time: 'x' }), 'time is "x", expected an ISO 8601 time');
  assert.match(refusalOf(source, { ...diagnostic, operationName: '' }), /^no operationName/);
});
