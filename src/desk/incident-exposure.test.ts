import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '#model/event.ts';
import type { Finding, Grant } from '#model/finding.ts';
import { exposureOf } from './incident-exposure.ts';

const grant = (appName: string | undefined): Grant => ({
  ...{ key: `${appName}@-`, appName, appUid: undefined, userUid: appName, userName: undefined },
});

function finding(source: string, app: string, token: string): Finding {
  const slots = Object.assign(new Slots(), { 'actor.app_name': app, 'actor.session.uid': token });
  const origin = { file: 'told', offset: 0, bytes: 0 };
  return {
    ...{ key: token, rule: { name: 'a', id: 'a', title: 'A', techniques: [] }, level: 'high', grant: grant(app) },
    ...{ otherGrants: [], firstAt: 10, lastAt: 10, raisedAt: 10, evidenceCount: 1, history: 'not needed' },
    ...{ explanation: 'Why.', advice: 'What to do.' },
    evidence: [{ key: token, time: 10, arrivedAt: 10, source, origin, raw: '', slots }],
  };
}

const incident = { id: 'inc-1', firstAt: 10, lastAt: 20, grants: [grant('agenda-sync')] };

test('an incident of the gateway stands for its tokens, whenever they read', () => {
  const findings = [finding('cordon-gateway', 'agenda-sync', 'token-a'), finding('cordon-gateway', 'chat', 'token-b')];
  const asked = exposureOf({ ...incident, findings }, { to: 15 });
  assert.deepEqual(asked.ok && asked.value, {
    ...{ kind: 'incident', incident: 'inc-1', tokens: ['token-a', 'token-b'], to: 15 },
  });
});

test('where logs alone tell of it, it stands for what its integrations read meanwhile', () => {
  const findings = [finding('okta-system-log', 'agenda-sync', 'session')];
  const asked = exposureOf({ ...incident, findings }, { from: 5 });
  assert.deepEqual(asked.ok && asked.value, { kind: 'window', integrations: ['agenda-sync'], from: 5, to: 20 });
  assert.equal(exposureOf({ ...incident, findings, grants: [grant(undefined)] }, {}).ok, false);
});
