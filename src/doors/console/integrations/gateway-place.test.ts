import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayIntegrationView } from '#model/gateway-wire.ts';
import { gatewayPlaceOf } from './gateway-place.ts';

const chat: GatewayIntegrationView = {
  name: 'parlance-chat',
  owner: '',
  vendor: '',
  state: 'active',
  tier: 'unbound',
  tokens: 0,
  dryRun: false,
  objects: [],
  operations: [],
  warnings: [],
  uncounted: [],
  budgets: [],
  calls: 0,
  refused: 0,
};
const coverage = { integrations: { behind: 1, all: 2 }, reads: undefined, outside: ['Drift Chat'], words: '' };

test('an app goes straight to the CRM only where the gateway says that it does', () => {
  const view = { integrations: [chat], coverage };
  assert.deepEqual(gatewayPlaceOf({ name: 'Drift Chat' }, view), { words: 'straight to the CRM' });
  assert.deepEqual(gatewayPlaceOf({ name: 'parlance-chat' }, view), {
    words: 'behind the gateway',
    of: '/gateway/parlance-chat',
  });
  assert.deepEqual(gatewayPlaceOf({ name: 'Parlance Chat' }, view), { words: 'behind the gateway', of: '/gateway' });
});

test('without a gateway, or one that stands before nobody, nothing is said', () => {
  assert.equal(gatewayPlaceOf({ name: 'Drift Chat' }, undefined), undefined);
  assert.equal(gatewayPlaceOf({ name: 'Drift Chat' }, { integrations: [], coverage }), undefined);
});
