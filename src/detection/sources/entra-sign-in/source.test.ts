import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '#model/source.ts';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

/** As Graph's beta endpoint gives it. */
const signIn = {
  id: '66ea54eb-6301-4ee5-be62-ff5a759b0100',
  createdDateTime: '2026-08-12T21:58:40Z',
  userPrincipalName: 'Anna.Moser@House.example',
  userId: 'u-anna',
  userType: 'member',
  appId: 'a-salesforce',
  appDisplayName: 'Salesforce',
  ipAddress: '203.0.113.7',
  clientAppUsed: 'Browser',
  userAgent: 'Mozilla/5.0',
  correlationId: 'c-1',
  isInteractive: true,
  authenticationProtocol: 'saml20',
  authenticationRequirement: 'multiFactorAuthentication',
  autonomousSystemNumber: 64511,
  riskEventTypes_v2: ['anonymizedIPAddress'],
  sessionId: 's-1',
  uniqueTokenIdentifier: 't-1',
  status: { errorCode: 0, failureReason: 'Other.', additionalDetails: 'MFA completed in Azure AD' },
  location: { city: 'Wien', countryOrRegion: 'AT' },
};

/** The same sign-in in the other two forms. */
const diagnostic = {
  time: '2026-08-12T21:58:40.1234567Z',
  resourceId: '/tenants/t-house/providers/Microsoft.aadiam',
  operationName: 'Sign-in activity',
  category: 'SignInLogs',
  tenantId: 't-house',
  resultType: '0',
  callerIpAddress: '203.0.113.7',
  location: 'AT',
  properties: { ...signIn, createdDateTime: '2026-08-12T21:58:40.1234567+00:00' },
};
const row = {
  Type: 'SigninLogs',
  TimeGenerated: '2026-08-12T21:58:41Z',
  CreatedDateTime: '2026-08-12T21:58:40Z',
  Id: signIn.id,
  AADTenantId: 't-house',
  TenantId: 'w-workspace',
  UserPrincipalName: signIn.userPrincipalName,
  UserId: signIn.userId,
  UserType: 'member',
  AppId: signIn.appId,
  AppDisplayName: signIn.appDisplayName,
  IPAddress: signIn.ipAddress,
  ClientAppUsed: 'Browser',
  UserAgent: 'Mozilla/5.0',
  CorrelationId: 'c-1',
  AuthenticationProtocol: 'saml20',
  AuthenticationRequirement: 'multiFactorAuthentication',
  AutonomousSystemNumber: '64511',
  RiskEventTypes_V2: '["anonymizedIPAddress"]',
  SessionId: 's-1',
  UniqueTokenIdentifier: 't-1',
  Status: JSON.stringify(signIn.status),
  LocationDetails: JSON.stringify(signIn.location),
  Location: 'AT',
  ResultType: '0',
};

for (const [form, record] of Object.entries<JsonObject>({
  Graph: signIn,
  'diagnostic settings': diagnostic,
  'Log Analytics': row,
}))
  test(`a sign-in to the CRM has the same slots in the form of ${form}`, () => {
    const { time, key, slots } = readAct(source, record);
    assert.equal(Math.trunc(time / 1000), Date.UTC(2026, 7, 12, 21, 58, 40) / 1000);
    assert.equal(key, signIn.id);
    const expected: Partial<typeof slots> = {
      activity_name: 'sign-on',
      status_id: 1,
      is_mfa: true,
      'metadata.event_code': 'SignInLogs',
      'metadata.product.name': 'Microsoft Entra ID',
      'metadata.correlation_uid': 'c-1',
      'actor.user.uid': 'u-anna',
      'actor.user.name': 'anna.moser@house.example',
      'actor.session.uid': 's-1',
      'actor.session.uid_alt': 't-1',
      'actor.app_uid': undefined,
      'service.name': 'Salesforce',
      'entity.uid': 'a-salesforce',
      'src_endpoint.ip': '203.0.113.7',
      'src_endpoint.location.country': 'AT',
      'src_endpoint.location.city': 'Wien',
      'src_endpoint.autonomous_system.number': 64511,
      'unmapped.src_endpoint.is_proxy': true,
      'http_request.user_agent': 'Mozilla/5.0',
      'metadata.tenant_uid': form === 'Graph' ? undefined : 't-house',
      auth_protocol: 'SAML',
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(slots[name as keyof typeof slots], value, name);
  });

test('an error is a failure; what only asks for more is neither', () => {
  const outcome = (errorCode: unknown, failureReason?: string): readonly unknown[] => {
    const { slots } = readAct(source, { ...signIn, status: { errorCode, failureReason } });
    return [slots.status_id, slots.status_detail, slots.is_mfa];
  };
  assert.deepEqual(outcome(50126, 'Invalid username or password.'), [
    2,
    '50126 Invalid username or password.',
    undefined,
  ]);
  assert.deepEqual(outcome('53003'), [2, '53003', undefined]);
  assert.deepEqual(outcome(50074, 'Strong Authentication is required.'), [
    undefined,
    '50074 Strong Authentication is required.',
    undefined,
  ]);
  assert.deepEqual(outcome(null), [undefined, undefined, undefined]);
});

test('whether a second factor was given, is said by the requirement or by the words of the status', () => {
  const factor = (authenticationRequirement: unknown, additionalDetails: unknown): unknown =>
    readAct(source, { ...signIn, authenticationRequirement, status: { errorCode: 0, additionalDetails } }).slots.is_mfa;
  assert.equal(factor('singleFactorAuthentication', null), false);
  assert.equal(factor(undefined, 'MFA requirement satisfied by claim in the token'), true);
  assert.equal(factor(undefined, null), undefined);
});

test('a service principal is the app, and no person', () => {
  const record = {
    ...diagnostic,
    category: 'ServicePrincipalSignInLogs',
    properties: {
      id: 'sp-1',
      createdDateTime: '2026-08-12T21:58:40Z',
      appId: 'a-sync',
      servicePrincipalId: 'p-1',
      servicePrincipalName: 'Nightly Sync',
      resourceDisplayName: 'Microsoft Graph',
      status: { errorCode: 0 },
    },
  };
  const { slots } = readAct(source, record);
  assert.equal(slots['actor.user.name'], undefined);
  assert.equal(slots['actor.app_uid'], 'a-sync');
  assert.equal(slots['actor.app_name'], 'Nightly Sync');
  assert.equal(slots['service.name'], 'Microsoft Graph');
  assert.equal(slots['metadata.event_code'], 'ServicePrincipalSignInLogs');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
});

test('ids that an anonymiser made one are no keys', () => {
  const nil = { ...signIn, id: '00000000-0000-0000-0000-000000000000' };
  const keys = [nil, { ...nil, ipAddress: '203.0.113.8' }].map((record) => String(readAct(source, record).key));
  assert.equal(new Set(keys).size, 2);
});

test('what cannot be read says what was found', () => {
  assert.equal(
    refusalOf(source, { ...signIn, createdDateTime: 'soon' }),
    'createdDateTime is "soon", expected an ISO 8601 time',
  );
  assert.equal(refusalOf(source, { ...signIn, id: null }), 'no id, expected a sign-in');
  assert.equal(source.acceptsObject!({ createdDateTime: '2026-08-12T21:58:40Z', title: 'an alert' }), false);
});
