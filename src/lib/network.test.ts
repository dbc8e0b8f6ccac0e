import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { networkOf } from './network.ts';

test('addresses of one provider block share a network', () => {
  assert.equal(networkOf('44.215.108.109'), '44.215.0.0/16');
  assert.equal(networkOf('2a01:4f8:c0c:1234::1'), '2a01:4f8::/32');
  assert.equal(networkOf('::ffff:44.215.108.109'), '44.215.0.0/16');
});

test('what is no address has no network', () => {
  for (const text of ['Salesforce.com IP', '', '999.1.1.1', '1.2.3', 'unknown'])
    assert.equal(networkOf(text), undefined);
});

test('the short way agrees with the full parse', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(networkOf(address), `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/16`)}/16`);
    }),
  );
});
