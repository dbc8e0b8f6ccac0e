import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from './event.ts';
import type { Evidence } from './finding.ts';
import { gatewayTokensOf } from './gateway-tokens.ts';

function line(source: string, app: string, token?: string): Evidence {
  const slots = new Slots();
  slots['actor.app_name'] = app;
  slots['actor.session.uid'] = token;
  return { key: '', time: 0, arrivedAt: 0, source, origin: { file: '', offset: 0, bytes: 0 }, raw: '', slots };
}

test('tokens stand in lines of the gateway alone, each once', () => {
  const findings = [
    { evidence: [line('cordon-gateway', 'chat', 'token-a'), line('okta-system-log', 'Okta', 'session-1')] },
    { evidence: [line('cordon-gateway', 'chat', 'token-b'), line('cordon-gateway', 'chat', 'token-a')] },
    { evidence: [line('cordon-gateway', 'agenda'), line('cordon-gateway', 'agenda', '-')] },
  ];
  assert.deepEqual(gatewayTokensOf(findings), [
    { integration: 'chat', tokens: ['token-a', 'token-b'] },
    { integration: 'agenda', tokens: [] },
  ]);
  assert.deepEqual(gatewayTokensOf([{ evidence: [line('okta-system-log', 'Okta', 'session-1')] }]), []);
});
