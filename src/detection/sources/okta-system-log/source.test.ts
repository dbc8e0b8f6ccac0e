import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import type { JsonObject, Reading } from '#model/source.ts';
import { source } from './source.ts';

const record = {
  uuid: 'u-1',
  published: '2026-08-12T21:44:02.120Z',
  eventType: 'user.session.start',
  actor: { id: '00u1', type: 'User', alternateId: 'Anna@House.example', displayName: 'Anna' },
};

function read(change: JsonObject): Reading {
  const changed = { ...record, ...change };
  assert.ok(source.acceptsObject!(changed));
  const reading = source.readObject!(changed);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

const activities: Readonly<Record<string, Activity>> = {
  'user.session.start': 'login',
  'user.session.end': 'logout',
  'user.authentication.sso': 'sign-on',
  'user.authentication.auth_via_mfa': 'factor-challenge',
  'user.authentication.auth_via_IDP': 'login',
  'user.mfa.factor.activate': 'factor-enrol',
  'user.mfa.factor.deactivate': 'factor-reset',
  'user.mfa.factor.reset_all': 'factor-reset',
  'user.mfa.okta_verify.deny_push': 'factor-challenge',
  'user.mfa.attempt_bypass': 'factor-challenge',
  'system.push.send_factor_verify_push': 'factor-challenge',
  'device.enrollment.create': 'factor-enrol',
  'user.account.reset_password': 'password-reset',
  'user.account.update_password': 'password-reset',
  'user.account.lock': 'account-change',
  'user.account.privilege.grant': 'permission-change',
  'group.privilege.grant': 'permission-change',
  'group.user_membership.add': 'permission-change',
  'user.session.impersonation.initiate': 'login-as',
  'user.account.report_suspicious_activity_by_enduser': 'vendor-finding',
  'security.threat.detected': 'vendor-finding',
  'app.oauth2.authorize.code': 'sign-on',
  'app.oauth2.as.token.grant.access_token': 'sign-on',
  'app.oauth2.token.detect_reuse': 'vendor-finding',
  'app.token.reuse': 'vendor-finding',
  'app.generic.unauth_app_access_attempt': 'sign-on',
  'application.lifecycle.create': 'app-create',
  'application.lifecycle.deactivate': 'app-change',
  'application.policy.sign_on.update': 'setting-change',
  'application.user_membership.add': 'permission-change',
  'application.integration.rate_limit_exceeded': 'api-call',
  'system.api_token.create': 'setting-change',
  'system.idp.lifecycle.create': 'setting-change',
  'policy.rule.update': 'setting-change',
  'policy.lifecycle.delete': 'setting-change',
  'zone.update': 'setting-change',
  'policy.evaluate_sign_on': 'other',
  'event.of_next_year': 'other',
};

test('event types are acts', () => {
  for (const [eventType, activity] of Object.entries(activities))
    assert.equal(read({ eventType }).slots.activity_name, activity, eventType);
});

test('the sample of a vished factor reset is read', () => {
  const text = readFileSync(new URL('samples/vishing.ndjson', import.meta.url), 'utf8');
  const [reset, signOn] = text
    .trim()
    .split('\n')
    .map((line) => read(JSON.parse(line) as JsonObject));
  assert.equal(reset!.slots['actor.user.name'], 'helpdesk@house.example');
  assert.equal(reset!.slots['user.name'], 'anna.moser@house.example');
  assert.equal(reset!.slots['user.uid'], '00uannamoser000000h7');
  assert.equal(reset!.slots['src_endpoint.location.city'], 'Wien');
  assert.equal(reset!.slots['metadata.correlation_uid'], 'aT1');
  assert.equal(signOn!.slots['service.name'], 'Salesforce');
  assert.equal(signOn!.slots['user.name'], undefined, 'AppUser is the actor herself');
  assert.equal(signOn!.slots['unmapped.src_endpoint.is_proxy'], true);
  assert.equal(signOn!.slots['src_endpoint.autonomous_system.number'], 64511);
  assert.equal(signOn!.slots['actor.session.uid'], 'trs2');
  assert.equal(signOn!.slots['actor.app_uid'], undefined);
  assert.equal(signOn!.slots.auth_protocol, 'SAML');
});

test('targets are found by their type, in any order', () => {
  const user = { id: '00u2', type: 'User', alternateId: 'Ben@House.example' };
  const app = { id: '0oa1', type: 'AppInstance', displayName: 'Salesforce' };
  const factor = { id: 'f1', type: 'AuthenticatorEnrollment', displayName: 'Okta Verify' };
  for (const target of [
    [user, app, factor],
    [factor, null, app, user],
  ]) {
    const { slots } = read({ eventType: 'user.mfa.factor.activate', target });
    assert.equal(slots['user.name'], 'ben@house.example');
    assert.equal(slots['service.name'], 'Salesforce');
    assert.equal(slots['entity.name'], 'Okta Verify');
  }
  const own = read({ target: [{ id: '00u1', type: 'User', alternateId: 'anna@house.example' }] });
  assert.equal(own.slots['user.uid'], undefined);
  assert.equal(read({ eventType: 'application.lifecycle.create', target: [app] }).slots['entity.name'], 'Salesforce');
});

test('outcomes are successes, failures or neither', () => {
  const status = (result: string): unknown => read({ outcome: { result, reason: null } }).slots.status_id;
  assert.deepEqual(['SUCCESS', 'ALLOW', 'FAILURE', 'DENY', 'UNANSWERED', 'CHALLENGE', 'UNKNOWN'].map(status), [
    1,
    1,
    2,
    2,
    2,
    undefined,
    undefined,
  ]);
  assert.equal(read({ outcome: { result: 'FAILURE', reason: 'LOCKED_OUT' } }).slots.status_detail, 'LOCKED_OUT');
  assert.equal(
    read({ eventType: 'user.authentication.auth_via_mfa', outcome: { result: 'SUCCESS' } }).slots.is_mfa,
    true,
  );
  assert.equal(
    read({ eventType: 'user.authentication.auth_via_mfa', outcome: { result: 'FAILURE' } }).slots.is_mfa,
    undefined,
  );
});

test('an OAuth client that acts by itself is the app, and no user', () => {
  const actor = { id: '0oaClient', type: 'PublicClientApp', displayName: 'Nightly Sync', alternateId: '0oaClient' };
  const { slots } = read({ eventType: 'app.oauth2.token.grant.access_token', actor });
  assert.equal(slots['actor.app_uid'], '0oaClient');
  assert.equal(slots['actor.app_name'], 'Nightly Sync');
  assert.equal(slots['actor.user.uid'], undefined);
  assert.equal(slots.auth_protocol, 'OAuth');
});

test('what cannot be read says what was found', () => {
  assert.deepEqual(source.readObject!({ ...record, published: 'soon' }), {
    invalid: 'published is "soon", expected an ISO 8601 time',
  });
  assert.deepEqual(source.readObject!({ ...record, uuid: null }), {
    invalid: 'no uuid, expected an event of the System Log',
  });
  assert.equal(source.acceptsObject!({ eventType: 'x' }), false);
});
