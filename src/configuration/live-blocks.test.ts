import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { configurationSchema, parseConfiguration } from '#configuration.ts';
import type { LiveSource } from '#model/live-source.ts';
import { describeFailure } from '#model/result.ts';

const vendor: LiveSource = {
  name: 'vendor-log',
  settings: z.strictObject({
    url: z.url().describe('Where the vendor answers'),
    token: z.string().min(1).meta({ secret: true, description: 'The token to read with' }),
    keys: z.array(z.strictObject({ id: z.string(), secret: z.string().meta({ secret: true }) })).default([]),
    everySeconds: z.number().positive().default(60),
  }),
  streams: () => [],
};

const environment = { TOKEN: 'hush-hush', KEY: 'tell-no-one' };
const parse = (text: string) => parseConfiguration(text, '/etc/cordon.yaml', environment, [vendor]);
const faultsOf = (text: string): readonly string[] => {
  const result = parse(text);
  return result.ok ? [] : result.failure.map(describeFailure);
};

const whole = `live:
  - source: vendor-log
    url: https://log.example
    token: { env: TOKEN }
    keys: [{ id: one, secret: { env: KEY } }]
  - { source: vendor-log, name: second, since: 2026-11-01T00:00:00Z, url: 'https://b.example', token: { env: TOKEN } }
  - { source: vendor-log, name: third, since: 7d, url: 'https://c.example', token: { env: TOKEN } }
`;

test('a block is read by the schema of its source, secrets as text', () => {
  const result = parse(whole);
  assert.ok(result.ok);
  const [first, second, third] = result.value.live;
  assert.equal(first!.source, vendor);
  assert.equal(first!.name, 'vendor-log');
  assert.deepEqual(first!.since, { beforeMs: 86_400_000 });
  assert.deepEqual(first!.settings, {
    url: 'https://log.example',
    token: 'hush-hush',
    keys: [{ id: 'one', secret: 'tell-no-one' }],
    everySeconds: 60,
  });
  assert.deepEqual([second!.name, second!.since], ['second', { at: Date.UTC(2026, 10, 1) }]);
  assert.deepEqual(third!.since, { beforeMs: 7 * 86_400_000 });
});

test('every fault is told with its line and column, and never a secret', () => {
  const faults = faultsOf(`live:
  - source: vendor-log
    url: nowhere
    token: s3cret-in-clear
  - source: vendor-log
    name: two
    url: https://log.example
    token: { env: MISSING }
    everySecond: 5
  - source: other-log
  - source: vendor-log
    name: four
    url: nowhere
    token: { env: TOKEN }
    everySecond: 5
`);
  assert.deepEqual(faults, [
    '/etc/cordon.yaml:4:5 live.0.token: found a text that is no reference, expected a reference to a secret: { env: NAME } or { file: PATH }',
    '/etc/cordon.yaml:8:5 live.1.token: found no environment variable MISSING, expected the secret in it',
    '/etc/cordon.yaml:10:5 live.2.source: found "other-log", expected one of vendor-log',
    '/etc/cordon.yaml:13:5 live.3.url: found "nowhere", expected Invalid URL',
    '/etc/cordon.yaml:15:5 live.3.everySecond: found the unknown key "everySecond", expected one of source, name, since, url, token, keys, everySeconds',
  ]);
  assert.match(faultsOf(whole.replace('secret: { env: KEY }', 'secret: tell-no-one'))[0]!, /live\.0\.keys\.0\.secret/);
  assert.doesNotMatch(faultsOf(whole.replace('secret: { env: KEY }', 'secret: tell-no-one')).join(), /tell-no-one/);
});

test('two readings of one name, a bad name and a bad beginning are refused', () => {
  const block = "{ source: vendor-log, url: 'https://a.example', token: { env: TOKEN } }";
  assert.deepEqual(faultsOf(`live:\n  - ${block}\n  - ${block}\n`), [
    '/etc/cordon.yaml:3:5 live.1: found a name that is not unique, expected another name than vendor-log, which is taken',
  ]);
  const [name, since] = faultsOf("live:\n  - { source: vendor-log, name: 'a/b', since: yesterday }\n");
  assert.match(name!, /live\.0\.name: found "a\/b", expected up to 60 letters/);
  assert.match(since!, /live\.0\.since: found "yesterday", expected a time like/);
});

test('who opens no live source reads the file without them', () => {
  const text = 'live:\n  - { source: not-installed, what: ever }\n';
  assert.ok(!parse(text).ok);
  const without = parseConfiguration(text, '/etc/cordon.yaml', {});
  assert.ok(without.ok);
  assert.deepEqual(without.value.live, []);
});

test('the JSON Schema shows each source with its settings, secrets as references', () => {
  const schema = configurationSchema([vendor]) as {
    properties: { live: { items: { anyOf: { properties: Record<string, unknown>; required: string[] }[] } } };
  };
  const [block] = schema.properties.live.items.anyOf;
  assert.deepEqual(block!.required, ['source', 'url', 'token']);
  assert.deepEqual(block!.properties['source'], { const: 'vendor-log' });
  const token = block!.properties['token'] as { anyOf: unknown[]; description: string };
  assert.equal(token.anyOf.length, 2);
  assert.equal(token.description, 'The token to read with');
  assert.ok('name' in block!.properties && 'since' in block!.properties && 'everySeconds' in block!.properties);
  assert.doesNotMatch(JSON.stringify(schema), /"secret":true/);
});
