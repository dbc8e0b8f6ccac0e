import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { AddressSet } from './address-set.ts';
import { readAddressList } from './read-address-list.ts';

const address = fc.ipV4();
const network = fc.tuple(fc.ipV4(), fc.nat(32)).map(([text, length]) => `${text}/${length}`);

test('an address finds exactly the networks it lies in', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(address, network), { maxLength: 30 }), address, (written, asked) => {
      const set = new AddressSet<string>();
      for (const each of written) assert.ok(set.add(each, each));
      const expected = written.filter((each) => {
        const [start = '', length = '32'] = each.split('/');
        return ipaddr.IPv4.parse(asked).match(ipaddr.IPv4.parse(start), Number(length));
      });
      assert.deepEqual([...set.find(asked)].sort(), [...expected].sort());
      assert.deepEqual([...set.find(`::ffff:${asked}`)].sort(), [...expected].sort());
    }),
  );
});

test('what is no address or network is refused', () => {
  const set = new AddressSet<string>();
  for (const none of [
    '',
    'x',
    '1.2.3',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.4/8x',
    '::/129',
    '::ffff:1.2.3.4/90',
  ])
    assert.equal(set.add(none, none), false, none);
  assert.equal(set.size, 0);
  assert.ok(set.add('2001:db8::/32', 'six'));
  assert.deepEqual(set.find('2001:db8:ffff::1'), ['six']);
  assert.deepEqual(set.find('2001:db9::1'), []);
});

test('lists as Tor, VPN providers and people write them; lines that are none are named', () => {
  const set = new AddressSet<string>();
  const lines = ['# exits', '192.0.2.1', '198.51.100.0/24 ; DE', '"203.0.113.7",443', '', 'not an address'];
  assert.deepEqual(readAddressList(lines.join('\r\n'), 'vpn', set), [6]);
  for (const each of ['192.0.2.1', '198.51.100.77', '203.0.113.7']) assert.deepEqual(set.find(each), ['vpn'], each);
  const directory = 'ExitNode 0011\nPublished 2026-11-23 01:02:03\nExitAddress 192.0.2.9 2026-11-23 02:03:04\n';
  assert.deepEqual(readAddressList(directory, 'tor', set), []);
  assert.deepEqual(set.find('192.0.2.9'), ['tor']);
});
