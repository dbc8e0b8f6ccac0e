import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '#model/activity.ts';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const event = {
  '@timestamp': Date.UTC(2026, 7, 12, 21, 58, 40, 123),
  _document_id: 'g-1',
  action: 'org.add_member',
  actor: 'anna-m',
  actor_id: 697,
  actor_ip: '203.0.113.7',
  actor_location: { country_code: 'AT' },
  external_identity_nameid: 'Anna.Moser@House.example',
  org: 'house',
  user: 'ben-h',
  user_agent: 'Mozilla/5.0',
};

test('an event says who did what to whom, by the name at the provider where it is known', () => {
  const { slots, time, key } = readAct(source, event);
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
  assert.equal(key, 'g-1');
  assert.equal(slots.activity_name, 'permission-change');
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['actor.user.uid'], '697');
  assert.equal(slots['user.name'], 'ben-h');
  assert.equal(slots['src_endpoint.location.country'], 'AT');
  assert.equal(slots['metadata.tenant_uid'], 'house');
  assert.equal(readAct(source, { ...event, external_identity_nameid: null }).slots['actor.user.name'], 'anna-m');
  assert.equal(readAct(source, { ...event, user: 'Anna-M' }).slots['user.name'], undefined);
});

test('actions are acts', () => {
  const cases: readonly (readonly [string, Activity])[] = [
    ['user.login', 'login'],
    ['org.sso_response', 'sign-on'],
    ['two_factor_authentication.disabled', 'factor-reset'],
    ['oauth_application.create', 'app-create'],
    ['integration_installation.create', 'app-change'],
    ['org.oauth_app_access_approved', 'app-change'],
    ['org.disable_two_factor_requirement', 'setting-change'],
    ['repo.access', 'setting-change'],
    ['git.clone', 'other'],
    ['of.next_year', 'other'],
  ];
  for (const [action, activity] of cases)
    assert.equal(readAct(source, { ...event, action }).slots.activity_name, activity, action);
});

test('events without a document id are told apart by what they say', () => {
  const { _document_id, ...git } = { ...event, action: 'git.clone', repo: 'house/crm' };
  assert.equal(readAct(source, git).key, readAct(source, { ...git }).key);
  assert.notEqual(readAct(source, git).key, readAct(source, { ...git, repo: 'house/site' }).key);
});

test('what cannot be read says what was found', () => {
  assert.equal(
    refusalOf(source, { ...event, '@timestamp': 'x' }),
    '@timestamp is "x", expected milliseconds since 1970',
  );
  assert.match(refusalOf(source, { ...event, action: '' }), /^no action/);
});
