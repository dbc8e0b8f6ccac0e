import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const event = {
  id: 697,
  created_at: '2026-08-12T21:58:40.123Z',
  account_id: 1,
  user_id: 2,
  user_name: 'anna@house.example',
  actor_user_id: 2,
  actor_user_name: 'Anna Moser',
  event_type_id: 8,
  ipaddr: '203.0.113.7',
  app_id: 3,
  app_name: 'Salesforce',
};

test('a sign-on to an app has the slots of one; a first and last name is no sign-in name', () => {
  const { slots, time, key } = readAct(source, event);
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
  assert.equal(key, '697');
  assert.equal(slots.activity_name, 'sign-on');
  assert.equal(slots['service.name'], 'Salesforce');
  assert.equal(slots['actor.user.uid'], '2');
  assert.equal(slots['actor.user.name'], 'anna@house.example');
  assert.equal(slots['user.uid'], undefined);
  const other = readAct(source, { ...event, event_type_id: 3, actor_user_id: 4 }).slots;
  assert.deepEqual(
    [other.activity_name, other['actor.user.uid'], other['actor.user.name'], other['user.uid'], other['user.name']],
    ['login-as', '4', undefined, '2', 'anna@house.example'],
  );
});

test('types that are not known are other, and neither success nor failure', () => {
  const { slots } = readAct(source, { ...event, event_type_id: 99_999 });
  assert.deepEqual([slots.activity_name, slots.status_id, slots['metadata.event_code']], ['other', undefined, '99999']);
  assert.equal(readAct(source, { ...event, event_type_id: 6 }).slots.status_id, 2);
});

test('the form of webhooks is read', () => {
  const { id, created_at, ...rest } = event;
  const hook = { ...rest, uuid: 'w-1', event_timestamp: '2026-08-12 21:58:40 UTC' };
  const { time, key } = readAct(source, hook);
  assert.deepEqual([time, key], [Date.UTC(2026, 7, 12, 21, 58, 40), 'w-1']);
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...event, created_at: 'x' }), 'created_at is "x", expected an ISO 8601 time');
  assert.match(refusalOf(source, { ...event, id: null }), /^no id/);
});
