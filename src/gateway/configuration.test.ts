import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure } from '#model/result.ts';
import { parseGatewayConfiguration } from './configuration.ts';

const key = { KEY: Buffer.alloc(32, 7).toString('base64') };
const least = `publicUrl: http://127.0.0.1:8440
upstream: { instanceUrl: https://house.my.salesforce.com }
masterKey: { env: KEY }
`;

function faultsOf(text: string, environment: Record<string, string> = key): readonly string[] {
  const read = parseGatewayConfiguration(text, '/etc/cordon/gateway.yaml', environment);
  assert.ok(!read.ok);
  return read.failure.map(describeFailure);
}

test('the least configuration: what is the CRM, how one reaches the gateway, where the key is', () => {
  const read = parseGatewayConfiguration(least, '/etc/cordon/gateway.yaml', key);
  assert.ok(read.ok);
  assert.equal(read.value.dataDirectory, '/etc/cordon/.cordon-gateway');
  assert.deepEqual(read.value.masterKey, Buffer.alloc(32, 7));
  assert.equal(read.value.listen.host, '127.0.0.1');
});

test('a key in hex is a key, a short or absent one is named without being told', () => {
  const hex = parseGatewayConfiguration(least, '/g.yaml', { KEY: 'ab'.repeat(32) });
  assert.ok(hex.ok && hex.value.masterKey.length === 32);
  assert.deepEqual(faultsOf(least, { KEY: 'c2hvcnQ=' }), [
    '/etc/cordon/gateway.yaml masterKey: found 5 bytes, expected 32 bytes as base64 or hex (cordon gateway key)',
  ]);
  assert.match(faultsOf(least, {})[0]!, /no environment variable KEY/);
});

test('nothing listens beyond this machine without TLS', () => {
  assert.match(faultsOf(`${least}listen: { host: 0.0.0.0 }\n`)[0]!, /0\.0\.0\.0 without tls/);
});

test('the CRM beyond this machine is reached by TLS alone', () => {
  const plain = least.replace('https://house', 'http://house');
  assert.match(faultsOf(plain)[0]!, /upstream\.instanceUrl: found http:.*, expected https/);
});

test('a master key on its way out is read like the one that comes', () => {
  const text = `${least}formerMasterKey: { env: OLD }\n`;
  const read = parseGatewayConfiguration(text, '/g.yaml', { ...key, OLD: 'cd'.repeat(32) });
  assert.ok(read.ok && read.value.formerMasterKey?.[0] === 0xcd);
  assert.match(faultsOf(text)[0]!, /formerMasterKey: found no environment variable OLD/);
});

test('addresses that many come through are networks', () => {
  const read = parseGatewayConfiguration(`${least}limits: { sharedAddresses: [203.0.113.7] }\n`, '/g.yaml', key);
  assert.ok(read.ok);
  assert.deepEqual(read.value.limits.sharedAddresses, ['203.0.113.7/32']);
  assert.equal(read.value.limits.connectionsPerAddress, 250);
  assert.match(faultsOf(`${least}limits: { sharedAddresses: [proxy] }\n`)[0]!, /sharedAddresses.*203\.0\.113\.0\/24/);
});

test('faults are told with their line', () => {
  assert.deepEqual(faultsOf(`${least}admin: { port: many }\n`), [
    '/etc/cordon/gateway.yaml:4:10 admin.port: found "many", expected number',
  ]);
  assert.match(faultsOf(`${least}upstraem: 1\n`)[0]!, /unknown key "upstraem"/);
});
