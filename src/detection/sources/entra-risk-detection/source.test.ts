import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAct, refusalOf } from '../read-act.fixture.ts';
import { source } from './source.ts';

const detection = {
  id: 'r-1',
  riskEventType: 'anonymizedIPAddress',
  riskState: 'atRisk',
  riskDetail: 'none',
  correlationId: 'c-1',
  ipAddress: '203.0.113.77',
  location: { city: 'Oslo', countryOrRegion: 'NO' },
  activityDateTime: '2026-08-12T21:58:40Z',
  detectedDateTime: '2026-08-13T03:00:00Z',
  userId: 'u-anna',
  userPrincipalName: 'Anna.Moser@House.example',
};

const alert = {
  id: 'DirectoryRole_t_StaleSignInAlert',
  alertDefinitionId: 'DirectoryRole_t_StaleSignInAlert',
  incidentCount: 3,
  isActive: true,
  lastModifiedDateTime: '2026-08-12T21:58:40Z',
};

test('a risk detection is the vendor’s finding about a person, at the time of the act', () => {
  for (const record of [
    detection,
    { time: '2026-08-13T03:00:00Z', tenantId: 't', category: 'UserRiskEvents', properties: detection },
  ]) {
    const { slots, time, key } = readAct(source, record);
    assert.equal(slots.activity_name, 'vendor-finding');
    assert.equal(slots['metadata.event_code'], 'anonymizedIPAddress');
    assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
    assert.equal(slots['src_endpoint.location.country'], 'NO');
    assert.equal(slots['unmapped.src_endpoint.is_proxy'], true);
    assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40));
    assert.equal(key, 'r-1:atRisk');
  }
});

test('a detection whose state has changed is told again', () => {
  assert.notEqual(readAct(source, detection).key, readAct(source, { ...detection, riskState: 'dismissed' }).key);
});

test('an alert of roles is named by the incidents that raised it, and only while it is active', () => {
  const { slots, key } = readAct(source, alert);
  assert.equal(slots['metadata.event_code'], 'staleSignInAlertIncident');
  assert.equal(slots.activity_name, 'vendor-finding');
  assert.equal(key, 'DirectoryRole_t_StaleSignInAlert:2026-08-12T21:58:40Z');
  const [record] = source.recordsIn!(alert);
  assert.equal(record!['riskEventType'], 'staleSignInAlertIncident');
  const [quiet] = source.recordsIn!({ ...alert, isActive: false });
  assert.equal(quiet!['riskEventType'], undefined);
  assert.equal(readAct(source, { ...alert, isActive: false }).slots.activity_name, 'other');
});

test('what cannot be read says what was found', () => {
  assert.match(refusalOf(source, { ...alert, lastModifiedDateTime: 'soon' }), /^lastModifiedDateTime is "soon"/);
  assert.match(refusalOf(source, { ...detection, id: null }), /^no id/);
});
