import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayHits } from './gateway-hits.ts';

const integrations = [
  { name: 'parlance-chat', vendor: 'Parlance', owner: 'Ada', state: 'suspended' },
  { name: 'wishlist', vendor: 'house', owner: 'Jonas', state: 'active' },
] as const;

test('integrations are found by name, vendor and owner, with what they read', () => {
  assert.deepEqual(
    gatewayHits('ada', integrations, false).map(({ title, detail, to }) => [title, detail, to]),
    [
      ['parlance-chat', 'Parlance · cut off', '/gateway/parlance-chat'],
      ['What parlance-chat read', 'exposure', '/exposure?kind=integration&of=parlance-chat'],
    ],
  );
});

test('a token is asked about by its id; a customer by those who may', () => {
  const token = 'token-a7b537a70a6b699604f9';
  assert.deepEqual(
    gatewayHits(` ${token} `, [], false).map(({ to }) => to),
    [`/exposure?kind=token&of=${token}`],
  );
  assert.deepEqual(gatewayHits('003Jx0000000000IAA', [], false), []);
  assert.equal(gatewayHits('003Jx0000000000IAA', [], true)[0]?.title, 'Who read 003Jx0000000000IAA');
});
