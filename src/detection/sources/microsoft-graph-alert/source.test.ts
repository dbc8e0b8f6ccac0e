import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Event } from '#model/event.ts';
import type { JsonObject } from '#model/source.ts';
import { readAct, readActs, refusalOf } from '../read-act.fixture.ts';
import { readLogs } from '../read-logs.ts';
import { source } from './source.ts';

const evidence = (kind: string, rest: JsonObject): JsonObject => ({
  '@odata.type': `#microsoft.graph.security.${kind}Evidence`,
  ...rest,
});

const user = (name: string, uid: string | null = null): JsonObject =>
  evidence('user', {
    roles: ['compromised'],
    userAccount: { userPrincipalName: name, azureAdUserId: uid, accountName: 'x', domainName: null },
  });

const current = {
  id: 'da-1',
  status: 'new',
  severity: 'high',
  serviceSource: 'microsoftDefenderForCloudApps',
  tenantId: 't-1',
  title: 'Suspicious inbox manipulation',
  category: 'Persistence',
  createdDateTime: '2026-08-13T03:00:00.1234567Z',
  firstActivityDateTime: '2026-08-12T21:58:40.116Z',
  evidence: [
    user('Anna.Moser@House.example', 'u-anna'),
    evidence('ip', { roles: ['destination'], ipAddress: '198.51.100.1', countryLetterCode: 'CH' }),
    evidence('ip', { roles: ['contextual'], ipAddress: '198.51.100.2', countryLetterCode: 'CH' }),
    evidence('ip', { roles: ['attacker'], ipAddress: '203.0.113.77', countryLetterCode: 'NO' }),
    evidence('cloudApplication', { roles: ['destination'], displayName: 'Microsoft Exchange Online', appId: 20893 }),
  ],
};

const state = (name: string | null, ip: string | null = null): JsonObject => ({
  aadUserId: null,
  accountName: null,
  domainName: null,
  logonIp: ip,
  userPrincipalName: name,
});

const legacy = {
  id: 'l-1',
  azureTenantId: 't-1',
  status: 'newAlert',
  severity: 'medium',
  category: 'ImpossibleTravel',
  title: 'Impossible travel activity',
  createdDateTime: '2026-08-13T03:00:00Z',
  eventDateTime: '2026-08-12T21:58:40Z',
  vendorInformation: { provider: 'MCAS', vendor: 'Microsoft' },
  cloudAppStates: [{ destinationServiceName: 'Salesforce', destinationServiceIp: null }],
  userStates: [state('Anna.Moser@House.example', '203.0.113.77')],
};

test('an alert is the vendor’s finding about a person, at the time of what was done', () => {
  const { slots, time, key } = readAct(source, current);
  assert.equal(slots.activity_name, 'vendor-finding');
  assert.equal(slots['metadata.event_code'], 'Persistence');
  assert.equal(slots['metadata.tenant_uid'], 't-1');
  assert.equal(slots.message, 'Suspicious inbox manipulation');
  assert.equal(slots.status_detail, 'new');
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['actor.user.uid'], 'u-anna');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.77', 'of several addresses that of the attacker');
  assert.equal(slots['src_endpoint.location.country'], 'NO');
  assert.equal(slots['service.name'], 'Microsoft Exchange Online');
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40, 116));
  assert.equal(key, 'da-1:new');
});

test('a legacy alert says the same in its own words', () => {
  const { slots, time, key } = readAct(source, legacy);
  assert.equal(slots.activity_name, 'vendor-finding');
  assert.equal(slots['metadata.event_code'], 'ImpossibleTravel');
  assert.equal(slots['metadata.tenant_uid'], 't-1');
  assert.equal(slots['actor.user.name'], 'anna.moser@house.example');
  assert.equal(slots['src_endpoint.ip'], '203.0.113.77');
  assert.equal(slots['service.name'], 'Salesforce');
  assert.equal(time, Date.UTC(2026, 7, 12, 21, 58, 40));
  assert.equal(key, 'l-1:newAlert');
});

test('an alert whose status has changed is told again', () => {
  assert.notEqual(readAct(source, current).key, readAct(source, { ...current, status: 'resolved' }).key);
  assert.equal(readAct(source, current).key, readAct(source, { ...current, lastUpdateDateTime: 'later' }).key);
});

test('each of several people is told for themselves, with all that is not about others', () => {
  const others = [user('bo@house.example'), user('ANNA.MOSER@house.example')];
  const several = { ...current, evidence: [...current.evidence, ...others] };
  const acts = readActs(source, several);
  assert.deepEqual(
    acts.map(({ slots, key }) => [slots['actor.user.name'], slots['src_endpoint.ip'], key]),
    [
      ['anna.moser@house.example', '203.0.113.77', 'da-1:new'],
      ['bo@house.example', '203.0.113.77', 'da-1:new#1'],
    ],
  );
  for (const [index, record] of source.recordsIn!(several).entries())
    assert.equal(JSON.stringify(record).toLowerCase().split('@house.example').length, 2, `one account in act ${index}`);
  const states = [state('a@house.example', '203.0.113.1'), state('b@house.example', '203.0.113.2')];
  const again = state('A@house.example', '203.0.113.3');
  assert.deepEqual(
    readActs(source, { ...legacy, userStates: [...states, again] }).map(({ slots }) => slots['src_endpoint.ip']),
    ['203.0.113.1', '203.0.113.2'],
  );
});

test('more people than one record may tell of do not make an alert unreadable', () => {
  const userStates = Array.from({ length: 300 }, (_, index) => state(`p${index}@house.example`));
  assert.equal(readActs(source, { ...legacy, userStates }).length, 256);
});

test('an account without a sign-in name is told by its domain, its mailbox or its id', () => {
  const named = (account: JsonObject): string | undefined =>
    readAct(source, { ...legacy, userStates: [state(null, '203.0.113.9'), { ...state(null), ...account }] }).slots[
      'actor.user.name'
    ];
  assert.equal(named({ accountName: 'Anna', domainName: 'House.example' }), 'anna@house.example');
  assert.equal(named({ accountName: 'Anna', domainName: 'HOUSE' }), 'anna');
  const mailbox = evidence('mailbox', { primaryAddress: 'Anna@House.example', userAccount: null });
  assert.equal(readAct(source, { ...current, evidence: [mailbox] }).slots['actor.user.name'], 'anna@house.example');
  const nobody = readAct(source, { ...current, evidence: [] }).slots;
  assert.equal(nobody['actor.user.name'] ?? nobody['actor.user.uid'], undefined);
});

test('an address that was called, or attacked, is nobody’s who acts', () => {
  const called = ['destination', 'commandAndControl', 'attacked', 'scanned'].map((role) =>
    evidence('ip', { roles: [role], ipAddress: '198.51.100.9' }),
  );
  assert.equal(readAct(source, { ...current, evidence: called }).slots['src_endpoint.ip'], undefined);
});

test('an app that an alert is about acts for nobody', () => {
  const app = evidence('oauthApplication', { appId: 'a-1', displayName: 'Mail Helper' });
  const { slots } = readAct(source, { ...current, evidence: [...current.evidence, app] });
  assert.equal(slots['entity.name'], 'Mail Helper');
  assert.equal(slots['entity.uid'], 'a-1');
  assert.equal(slots['actor.app_name'], undefined);
});

test('what cannot be read says what was found', () => {
  const soon = { ...current, firstActivityDateTime: null, createdDateTime: 'soon' };
  assert.match(refusalOf(source, soon), /^createdDateTime is "soon", expected/);
  assert.match(refusalOf(source, { ...current, id: null }), /^no id/);
});

async function read(path: string): Promise<readonly Event[]> {
  const reading = await readLogs([path], { sources: [source] });
  assert.ok(reading.ok);
  const events: Event[] = [];
  for await (const batch of reading.value.events) events.push(...batch);
  assert.deepEqual(reading.value.summary.unknown, []);
  assert.deepEqual(reading.value.summary.quarantine, []);
  return events;
}

test('alerts are read as Graph answers, as arrays, alone, and as connectors keep them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graph-alert-'));
  try {
    const second = { ...current, id: 'da-2' };
    const raw = (alert: JsonObject): string => JSON.stringify({ _raw: JSON.stringify(alert), host: 'h' });
    const forms = [
      JSON.stringify({ '@odata.context': 'c', value: [current, second] }, null, 2),
      JSON.stringify([current, second]),
      `${JSON.stringify(current)}\n${JSON.stringify(second)}\n`,
      `${raw(current)}\n${raw(second)}\n`,
    ];
    for (const [index, text] of forms.entries()) {
      const path = join(folder, `${index}.json`);
      writeFileSync(path, text);
      const events = await read(path);
      assert.deepEqual(events.map(({ key }) => key).sort(), [
        'microsoft-graph-alert:da-1:new',
        'microsoft-graph-alert:da-2:new',
      ]);
      assert.equal(events[0]!.native('severity'), 'high');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const sample = fileURLToPath(new URL('../../../../../shared/data/crm/cribl-ms-graph/5THhyq.json', import.meta.url));

test('an alert that a connector exported', { skip: existsSync(sample) ? false : 'no corpus' }, async () => {
  const events = await read(sample);
  assert.equal(events.length, 1, 'its two states are of one account');
  const [event] = events as [Event];
  const { slots, time } = event;
  assert.equal(slots.activity_name, 'vendor-finding');
  assert.equal(slots['actor.user.name'], 'asmith@company.io');
  assert.equal(slots['src_endpoint.ip'], '2600:1700:0000:41b0:b56e:eb54:24ea:0000');
  assert.equal(slots.message, 'New UserAgent observed in last 24 hours');
  assert.equal(time, Date.UTC(2025, 6, 21, 19, 33, 14, 970));
  assert.equal(event.native('severity'), 'low');
  assert.equal(event.native('vendorInformation.provider'), 'Azure Sentinel');
});
