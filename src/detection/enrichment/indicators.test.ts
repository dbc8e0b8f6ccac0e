import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { indexIndicators } from './indicators.ts';
import { readIndicatorTable } from './read-indicator-table.ts';
import { readStixBundle } from './read-stix-bundle.ts';
import { readStixPattern } from './read-stix-pattern.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

const eventOf = (slots: Partial<Slots>, time = start + day): Event => ({
  key: 'key',
  time,
  arrivedAt: time,
  source: 'test',
  origin: { file: 'test', offset: 0, bytes: 0 },
  raw: '',
  slots: Object.assign(new Slots(), slots),
  native: () => undefined,
});

function bundleOf(...patterns: readonly string[]): string {
  const objects = patterns.map((pattern, index) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${index}`,
    created_by_ref: 'identity--a',
    name: `number ${index}`,
    pattern,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
  }));
  return JSON.stringify({
    type: 'bundle',
    id: 'bundle--a',
    objects: [{ type: 'identity', id: 'identity--a', name: 'Retail ISAC' }, ...objects],
  });
}

function finds(pattern: string, slots: Partial<Slots>): boolean {
  const { indicators, faults } = readStixBundle(bundleOf(pattern), 'feed.json');
  assert.deepEqual(faults, [], pattern);
  return indexIndicators(indicators).indicators.find(eventOf(slots)).length === 1;
}

test('patterns of STIX 2.1 find the events they speak of', () => {
  const tor: Partial<Slots> = { 'src_endpoint.ip': '192.0.2.7', 'http_request.user_agent': 'Fetcher/1.0' };
  const holding = [
    "[ipv4-addr:value = '192.0.2.7']",
    "[ipv4-addr:value = '192.0.2.0/24']",
    "[ipv4-addr:value ISSUBSET '192.0.0.0/16']",
    "[ipv4-addr:value IN ('198.51.100.1', '192.0.2.7')]",
    "[ipv4-addr:value = '198.51.100.1'] OR [ipv4-addr:value = '192.0.2.7']",
    "([ipv4-addr:value = '198.51.100.1'] OR ([ipv4-addr:value = '192.0.2.7']))",
    "[ipv4-addr:value = '192.0.2.7' AND network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' LIKE 'Fetcher/_._']",
    "[(ipv4-addr:value = '1.1.1.1' OR ipv4-addr:value = '192.0.2.7') AND ipv4-addr:value ISSUBSET '192.0.2.0/24']",
    "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'fetcher/1.0']",
  ];
  for (const pattern of holding) assert.ok(finds(pattern, tor), pattern);
  const others = [
    "[ipv4-addr:value = '192.0.2.8']",
    "[ipv4-addr:value = '192.0.2.7' AND software:name = 'Drift']",
    "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' LIKE 'Fetcher/_']",
  ];
  for (const pattern of others) assert.ok(!finds(pattern, tor), pattern);
  assert.ok(finds("[software:name = 'it\\'s']", { 'actor.app_name': "It's" }));
  assert.ok(finds("[software:name LIKE '%*%']", { 'actor.app_name': 'a*b' }));
  assert.ok(!finds("[software:name LIKE '%*%']", { 'actor.app_name': 'ab' }));
});

test('of network events both ends and the hosts asked for are looked at, hosts with those below them', () => {
  const visit = (host: string): Partial<Slots> => ({ 'src_endpoint.ip': '10.0.0.5', 'dst_endpoint.hostname': host });
  const pattern = "[domain-name:value = 'bad.example']";
  assert.ok(finds(pattern, visit('BAD.example')) && finds(pattern, visit('a.b.bad.example')));
  assert.ok(!finds(pattern, visit('notbad.example')) && !finds(pattern, visit('bad.example.net')));
  assert.ok(finds(pattern, { 'query.hostname': 'x.bad.example' }));
  assert.ok(
    finds("[ipv4-addr:value = '192.0.2.7']", { 'src_endpoint.ip': '10.0.0.5', 'dst_endpoint.ip': '192.0.2.7' }),
  );
  const both = "[domain-name:value = 'bad.example' AND ipv4-addr:value = '10.0.0.5']";
  assert.ok(finds(both, visit('www.bad.example')) && !finds(both, visit('good.example')));
});

test('a pattern that no event can answer is told, and the rest of the bundle is used', () => {
  const refused = [
    ["[file:hashes.'SHA-256' = 'aa']", /ipv4-addr:value/],
    ["[ipv4-addr:value != '1.1.1.1']", /=, IN, LIKE or ISSUBSET/],
    ["[ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [ipv4-addr:value = '2.2.2.2']", /one observation/],
    ["[ipv4-addr:value = '1.1.1.1'] AND [ipv4-addr:value = '2.2.2.2']", /one observation/],
    ["[ipv4-addr:value = '1.1.1.1'", /\]/],
    ['[ipv4-addr:value = 5]', /STIX 2.1 pattern/],
    ["[__proto__:value = 'x']", /STIX 2.1 pattern/],
    ['', /brackets/],
  ] as const;
  for (const [pattern, expected] of refused) {
    const read = readStixPattern(pattern);
    assert.ok(!read.ok, pattern);
    assert.match(read.failure.expected, expected, pattern);
  }
  const { indicators, faults } = readStixBundle(bundleOf(refused[0][0], "[ipv4-addr:value = '1.1.1.1']"), 'feed.json');
  assert.deepEqual([indicators.length, faults[0]?.where], [1, 'indicator--0']);
  assert.deepEqual(readStixBundle('[]', 'x').faults[0]?.expected, 'a STIX 2.1 bundle');
});

test('hostile patterns end at once', () => {
  const many = Array.from(
    { length: 40 },
    (_, at) => `(ipv4-addr:value = '1.1.1.${at}' OR ipv4-addr:value = '2.2.2.${at}')`,
  );
  assert.ok(!readStixPattern(`[${many.join(' AND ')}]`).ok);
  assert.ok(!readStixPattern('['.repeat(90_000)).ok);
  assert.ok(!readStixPattern(`[ipv4-addr:value = '${'x'.repeat(200_000)}']`).ok);
  assert.ok(!readStixPattern(`${'('.repeat(50_000)}`).ok);
});

test('an indicator holds within its time, for its products, and says whose it is', () => {
  const table = [
    'Type,Value,Source,Description,Valid_From,Valid_Until,Confidence,Product',
    'ip,192.0.2.0/24,ISAC,"Exit, rented",2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,80,salesforce',
    'user-agent,*fetcher*,,,,,,',
    'ip,not an address,,,,,,',
    'colour,red,,,,,,',
    'app,x,,,yesterday,,,',
    'app,x,,,,,900,',
  ].join('\n');
  const read = readIndicatorTable(table, 'own.csv');
  assert.deepEqual(
    read.faults.map(({ where, found }) => `${where}: ${found}`),
    ['line 5: type colour', 'line 6: yesterday to undefined', 'line 7: confidence 900'],
  );
  const { indicators, faults } = indexIndicators(read.indicators);
  assert.deepEqual(
    faults.map(({ where }) => where),
    ['own.csv#4'],
  );
  const at = (time: number, product: string) =>
    indicators.find(eventOf({ 'src_endpoint.ip': '192.0.2.7', 'metadata.product.name': product }, time));
  assert.deepEqual(
    at(start, 'Salesforce').map(({ title, source, confidence }) => [title, source, confidence]),
    [['Exit, rented', 'ISAC', 80]],
  );
  assert.deepEqual([at(start - 1, 'Salesforce'), at(start + 31 * day, 'Salesforce'), at(start, 'Okta')], [[], [], []]);
  assert.equal(indicators.find(eventOf({ 'http_request.user_agent': 'Multi-Org-FETCHER/2' }, 0))[0]?.source, 'own.csv');
});

test('without an end an indicator ends after half a year, and a revoked one never began', () => {
  const bundle = JSON.parse(bundleOf("[ipv4-addr:value = '192.0.2.7']", "[ipv4-addr:value = '192.0.2.8']"));
  bundle.objects[2].revoked = true;
  const { indicators } = readStixBundle(JSON.stringify(bundle), 'feed.json');
  assert.deepEqual(
    indicators.map(({ id, source, validUntil }) => [id, source, validUntil]),
    [['indicator--0', 'Retail ISAC', start + 180 * day]],
  );
});
