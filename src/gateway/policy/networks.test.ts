import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeNetworks, networksBeyond, parseNetwork } from './networks.ts';

test('a block is written as its network writes it', () => {
  assert.equal(parseNetwork('203.0.113.77/24'), '203.0.113.0/24');
  assert.equal(parseNetwork(' 198.51.100.17 '), '198.51.100.17/32');
  assert.equal(parseNetwork('2001:DB8:0:17::9/48'), '2001:db8::/48');
  assert.equal(parseNetwork('2001:db8::1'), '2001:db8::1/128');
  const wrong = [
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.1',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '10.0.0.0/-1',
    '',
    'any',
    '10.0.0.0/',
  ];
  for (const text of wrong) assert.equal(parseNetwork(text), undefined, text);
});

test('addresses are judged by their block; what is no address is outside', () => {
  const isInside = judgeNetworks(['203.0.113.0/24', '2001:db8::/48']);
  assert.equal(isInside('203.0.113.255'), true);
  assert.equal(isInside('203.0.114.0'), false);
  assert.equal(isInside('2001:db8:0:ffff::1'), true);
  assert.equal(isInside('2001:db8:1::1'), false);
  for (const wrong of ['', 'Salesforce.com IP', '203.0.113', '203.0.113.1:443'])
    assert.equal(isInside(wrong), false, wrong);
  assert.equal(judgeNetworks([])('203.0.113.1'), false);
});

const block = fc
  .tuple(fc.nat({ max: 7 }), fc.integer({ min: 29, max: 32 }))
  .map(([last, prefix]) => parseNetwork(`10.0.0.${last}/${prefix}`)!);
const blocks = fc.array(block, { maxLength: 4 });

test('blocks lie beyond others exactly when some address of theirs does', () => {
  fc.assert(
    fc.property(blocks, blocks, (these, those) => {
      const [isThese, isThose] = [judgeNetworks(these), judgeNetworks(those)];
      const isBeyond = Array.from({ length: 16 }, (_, last) => `10.0.0.${last}`).some(
        (address) => isThese(address) && !isThose(address),
      );
      assert.equal(networksBeyond(these, those).length > 0, isBeyond);
    }),
  );
});

test('any network is all of both families', () => {
  assert.deepEqual(networksBeyond('any', ['0.0.0.0/0']), ['any network']);
  assert.deepEqual(networksBeyond('any', ['::/1', '8000::/1', '0.0.0.0/0']), []);
  assert.deepEqual(networksBeyond(['10.0.0.0/8'], 'any'), []);
});
