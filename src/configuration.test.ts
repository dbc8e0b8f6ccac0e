import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure } from '#model/result.ts';
import { parseConfiguration } from './configuration.ts';

const faultsOf = (text: string, environment = {}) => {
  const result = parseConfiguration(text, '/etc/cordon.yaml', environment);
  return result.ok ? [] : result.failure.map(describeFailure);
};

test('an empty file is the default house: loopback, embedded store, no weaker way in', () => {
  const result = parseConfiguration('', '/etc/cordon.yaml', {});
  assert.ok(result.ok);
  assert.deepEqual(result.value.listen, { host: '127.0.0.1', port: 8420 });
  assert.equal(result.value.dataDirectory, '/etc/.cordon');
  assert.equal(result.value.databaseUrl, undefined);
  assert.equal(result.value.signIn.password, false);
});

test('each fault names line and column, what was found and what was expected; all at once', () => {
  assert.deepEqual(faultsOf('listen:\n  host: 127.0.0.1\n  port: "eighty"\nretentionDays: -3\n'), [
    '/etc/cordon.yaml:3:3 listen.port: found "eighty", expected number',
    '/etc/cordon.yaml:4:1 retentionDays: found -3, expected number to be >0',
  ]);
});

test('an unknown key is refused with the known ones', () => {
  const [fault] = faultsOf('lissten:\n  port: 1\n');
  assert.match(
    fault ?? '',
    /^\/etc\/cordon\.yaml:1:1 lissten: found the unknown key "lissten", expected one of dataDirectory, listen, /,
  );
  const [nested] = faultsOf('listen:\n  prot: 1\n');
  assert.equal(nested, '/etc/cordon.yaml:2:3 listen.prot: found the unknown key "prot", expected one of host, port');
});

test('broken YAML and twice-written keys are refused where they stand', () => {
  assert.match(faultsOf('listen: [1\n')[0] ?? '', /^\/etc\/cordon\.yaml:2:1: found /);
  assert.match(
    faultsOf('listen: {}\nlisten: {}\n')[0] ?? '',
    /^\/etc\/cordon\.yaml:2:1: found Map keys must be unique/,
  );
});

test('a secret is a reference, never the word itself', () => {
  assert.match(faultsOf('database: postgres://u:p@h/d\n')[0] ?? '', /a reference to a secret/);
  assert.deepEqual(faultsOf('database: { env: CORDON_DB }\n'), [
    '/etc/cordon.yaml database: found no environment variable CORDON_DB, expected the secret in it',
  ]);
  const result = parseConfiguration('database: { env: CORDON_DB }', '/etc/cordon.yaml', {
    CORDON_DB: 'postgres://h/d',
  });
  assert.equal(result.ok && result.value.databaseUrl, 'postgres://h/d');
});

test('an announced change needs somebody it is about, and times with a zone', () => {
  assert.match(
    faultsOf('changes:\n  - { from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, reason: first load }\n')[0] ?? '',
    /^\/etc\/cordon\.yaml:2:5 changes\.0: .*expected app, user or both/,
  );
  assert.match(
    faultsOf('changes:\n  - { app: BI, from: "yesterday", to: 2026-01-02T00:00:00Z, reason: first load }\n')[0] ?? '',
    /changes\.0\.from: found "yesterday", expected a time like/,
  );
});

test('a socket has its mode, a file its pace; which hosts are the CRM and what is inside can be said', () => {
  const read = parseConfiguration(
    [
      'sources:',
      '  - path: zeek/current',
      '  - socket: run/eve.sock',
      "    mode: '0660'",
      'network:',
      '  crmHosts: [crm.house.example]',
      '  insideNetworks: [192.0.2.0/24]',
    ].join('\n'),
    '/etc/cordon/cordon.yaml',
    {},
  );
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.value.sources, [
    { path: '/etc/cordon/zeek/current', everySeconds: 30 },
    { socket: '/etc/cordon/run/eve.sock', mode: '0660' },
  ]);
  assert.deepEqual(read.value.network.insideNetworks, ['192.0.2.0/24']);
  const usual = parseConfiguration('', '/etc/cordon/cordon.yaml', {});
  assert.ok(usual.ok && usual.value.network.crmHosts.includes('*.salesforce.com'));
  for (const wrong of [
    'network: {insideNetworks: [10.0.0.0]}',
    'network: {crmHosts: ["https://x"]}',
    'sources: [{socket: x, mode: 777}]',
  ])
    assert.ok(!parseConfiguration(wrong, '/etc/cordon/cordon.yaml', {}).ok, wrong);
});
