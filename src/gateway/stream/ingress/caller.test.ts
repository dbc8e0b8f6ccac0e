import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf, plainAddress } from './caller.ts';

test('whoever has an address of IPv6 has its whole /64; of IPv4 the address alone', () => {
  assert.equal(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:1:ffff:ffff:ffff:ffff'));
  assert.equal(networkOf('2001:db8:0:1::1'), '2001:db8:0:1::/64');
  assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:2::1'));
  assert.notEqual(networkOf('192.0.2.1'), networkOf('192.0.2.2'));
  assert.equal(networkOf(plainAddress('::ffff:192.0.2.1')), '192.0.2.1');
  assert.equal(networkOf(plainAddress('fe80::1%eth0')), 'fe80::/64');
});
