import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#model/event.ts';
import type { JsonObject } from '#model/source.ts';
import { createDetection } from './detect.ts';
import { loadRules } from './rules/load-rules.ts';
import { findSources } from './sources/find-sources.ts';
import { readRecords } from './sources/read-records.ts';

/**
 * Whatever provider a person signs in with, its acts meet those in the CRM under the person's sign-in name: the rule
 * `new-app-after-factor-reset`, whose samples are told by Okta, fires as well where another log tells of the reset.
 */

const helpDesk = 'help.desk@maison.example';

/** A reset of somebody's second factor or password on 11 March 2026, 13:58 UTC, as each log tells it. */
const resets: Readonly<Record<string, (person: string) => JsonObject>> = {
  'Entra, Graph': (person) => ({
    id: 'Directory_1',
    category: 'UserManagement',
    result: 'success',
    activityDisplayName: 'Admin deleted security info',
    activityDateTime: '2026-03-11T13:58:00.0000000Z',
    initiatedBy: { user: { id: 'u-1', userPrincipalName: helpDesk, ipAddress: '198.51.100.10' } },
    targetResources: [{ id: 'u-2', type: 'User', userPrincipalName: person }],
  }),
  'Entra, diagnostic settings': (person) => ({
    time: '2026-03-11T13:58:00.0000000Z',
    tenantId: 't',
    operationName: 'Reset user password',
    category: 'AuditLogs',
    properties: {
      id: 'Directory_2',
      category: 'UserManagement',
      result: 'success',
      activityDisplayName: 'Reset user password',
      activityDateTime: '2026-03-11T13:58:00.0000000+00:00',
      initiatedBy: { user: { id: 'u-1', userPrincipalName: helpDesk } },
      targetResources: [{ id: 'u-2', type: 'User', userPrincipalName: person }],
    },
  }),
  'Microsoft 365': (person) => ({
    CreationTime: '2026-03-11T13:58:00',
    Id: 'm-1',
    Operation: 'Disable Strong Authentication.',
    Workload: 'AzureActiveDirectory',
    ResultStatus: 'Success',
    UserId: helpDesk,
    ObjectId: person,
  }),
  'Google, second of two events': (person) => ({
    kind: 'admin#reports#activity',
    id: { time: '2026-03-11T13:58:00.000Z', uniqueQualifier: '1', applicationName: 'admin', customerId: 'C1' },
    actor: { email: helpDesk, profileId: '1' },
    events: [
      { type: 'GROUP_SETTINGS', name: 'ADD_GROUP_MEMBER' },
      {
        type: 'USER_SETTINGS',
        name: 'TURN_OFF_2_STEP_VERIFICATION',
        parameters: [{ name: 'USER_EMAIL', value: person }],
      },
    ],
  }),
  'Google, by the person': (person) => ({
    kind: 'admin#reports#activity',
    id: { time: '2026-03-11T13:58:00.000Z', uniqueQualifier: '2', applicationName: 'login', customerId: 'C1' },
    actor: { email: person, profileId: '2' },
    events: [{ type: '2sv_change', name: '2sv_disable' }],
  }),
  Duo: (person) => ({
    isotimestamp: '2026-03-11T13:58:00+00:00',
    txid: 't-1',
    event_type: 'enrollment',
    factor: 'duo_push',
    result: 'success',
    email: person,
  }),
};

const loaded = await loadRules();
assert.ok(loaded.ok);
const { rules, ruleSet } = loaded.value;
const { fire } = rules.find(({ rule }) => rule.name === 'new-app-after-factor-reset')!.folder.samples;
const withoutProvider = fire.filter((record) => !('eventType' in record));
const sources = await findSources();

async function read(records: readonly JsonObject[]): Promise<readonly Event[]> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const events: Event[] = [];
  for await (const spans of readRecords([Buffer.from(text)], { file: 'samples', sources }))
    for (const span of spans) {
      assert.notEqual(span.fate, 'quarantined', JSON.stringify(span));
      if (span.fate === 'accepted') events.push(span.event);
    }
  return events.sort((one, other) => one.time - other.time);
}

async function fires(records: readonly JsonObject[]): Promise<boolean> {
  const fresh = await loadRules();
  assert.ok(fresh.ok);
  const { findings } = createDetection({ rules: fresh.value.ruleSet }).observe(await read(records));
  return findings.some(({ rule }) => rule.name === 'new-app-after-factor-reset');
}

test('without a reset nothing is found', async () => {
  assert.ok(ruleSet.rules.length > 0);
  assert.ok(withoutProvider.length < fire.length, 'the samples have a reset told by Okta');
  assert.equal(await fires(withoutProvider), false);
});

for (const [log, reset] of Object.entries(resets))
  test(`a reset told by ${log} meets the app that appears in the CRM`, async () => {
    assert.equal(await fires([...withoutProvider, reset('Jane.Hart@maison.example')]), true);
    assert.equal(await fires([...withoutProvider, reset('someone.else@maison.example')]), false);
  });
