import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const signIn = {
  access_device: { ip: '203.0.113.7', location: { city: 'Wien', country: 'Austria' }, browser: 'Chrome' },
  application: { key: 'DI1', name: 'Salesforce' },
  email: 'Anna.Moser@House.example',
  event_type: 'authentication',
  factor: 'duo_push',
  isotimestamp: '2026-08-12T21:58:40.123000+00:00',
  timestamp: 1_786_571_920,
  txid: 't-1',
  reason: 'user_approved',
  result: 'success',
  user: { key: 'DU1', name: 'anna.moser' },
};

test('a second factor that was given proves itself; one that was passed by does not', () => {
  const { slots, time } = readAct(source, signIn);
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 123));
  assert.equal(slots.activity_name, 'factor-challenge');
  assert.deepEqual([slots.status_id, slots.is_mfa], [1, true]);
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['service.name'], 'Salesforce');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.7');
  assert.equal(readAct(source, { ...signIn, reason: 'bypass_user' }).slots.is_mfa, false);
  const denied = readAct(source, { ...signIn, result: 'fraud', reason: 'user_marked_fraud' }).slots;
  assert.deepEqual([denied.status_id, denied.is_mfa, denied.status_detail], [2, undefined, 'user_marked_fraud']);
});

test('without an address of its own the user is named as Duo names them, at the second', () => {
  const { email, isotimestamp, ...rest } = signIn;
  const { slots, time } = readAct(source, rest);
  assert.equal(slots['actor.user.name'], 'anna.moser');
  assert.equal(time, 1_786_571_920_000);
});

test('what administrators do', () => {
  const log = {
    action: 'bypass_create',
    description: '{"count": 1}',
    isotimestamp: '2026-08-12T21:58:40+00:00',
    object: 'ben',
    username: 'Help Desk',
  };
  const { slots } = readAct(source, log);
  assert.equal(slots.activity_name, 'factor-enrol');
  assert.equal(slots['entity.name'], 'ben');
  assert.equal(readAct(source, { ...log, action: 'phone_delete' }).slots.activity_name, 'factor-reset');
});

test('what cannot be read says what was found', () => {
  assert.equal(refusalOf(source, { ...signIn, isotimestamp: 'x' }), 'isotimestamp is "x", expected an ISO 8601 time');
});
