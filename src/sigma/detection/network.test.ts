import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileNetwork } from './network.ts';

function isIn(network: string, address: string): boolean {
  const compiled = compileNetwork(network);
  assert.ok(compiled.ok, network);
  return compiled.value(address);
}

const bits = (parts: readonly number[], width: number): string =>
  parts.map((part) => part.toString(2).padStart(width, '0')).join('');

const quad = (text: string): readonly number[] => (text.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));

const groups = (text: string): string =>
  (text.match(/.{16}/g) ?? []).map((group) => Number.parseInt(group, 2).toString(16)).join(':');

test('an address is in a network if its first bits are', () => {
  const octets = fc.array(fc.constantFrom(0, 1, 127, 128, 255), { minLength: 4, maxLength: 4 });
  const words = fc.array(fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xffff), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(octets, octets, fc.nat(32), (base, address, length) => {
      const prefix = bits(base, 8).slice(0, length);
      const network = `${quad(prefix.padEnd(32, '0')).join('.')}/${length}`;
      assert.equal(isIn(network, address.join('.')), bits(address, 8).startsWith(prefix), network);
    }),
  );
  fc.assert(
    fc.property(words, words, fc.nat(128), (base, address, length) => {
      const prefix = bits(base, 16).slice(0, length);
      const network = `${groups(prefix.padEnd(128, '0'))}/${length}`;
      assert.equal(isIn(network, groups(bits(address, 16))), bits(address, 16).startsWith(prefix), network);
    }),
  );
});

test('an IPv4 address written as IPv6 is both', () => {
  assert.ok(isIn('10.0.0.0/8', '::ffff:10.1.2.3'));
  assert.ok(isIn('::ffff:10.0.0.0/104', '10.1.2.3'));
  assert.ok(isIn('::/0', '::ffff:10.1.2.3'));
  assert.ok(!isIn('10.0.0.0/8', '::ffff:11.1.2.3'));
});

test('what only looks like an address is none', () => {
  for (const text of ['10', '0x0a.1', '010.0.0.1', '10.0.0', '10.0.0.1:443', '', 'Salesforce.com IP'])
    assert.ok(!isIn('0.0.0.0/0', text), text);
  for (const text of ['10', '10/8', '10.0.0.0/33', '10.0.0.1/8', '2001:db8::1/32', '10.0.0.*', ''])
    assert.ok(!compileNetwork(text).ok, text);
});
