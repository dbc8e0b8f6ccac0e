import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineFormat, Reading } from '#model/source.ts';
import { source } from './source.ts';

function read(lines: LineFormat | undefined, line: string): Reading {
  assert.ok(lines);
  assert.ok(lines.accepts(line), line);
  const reading = lines.read(line);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

const blueCoat = [
  '#Software: SGOS 6.7.5.3',
  '#Version: 1.0',
  '#Fields: date time time-taken c-ip cs-username sc-filter-result sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) r-ip sc-bytes cs-bytes',
];
const row =
  '2026-11-23 10:00:01 183 10.0.0.7 HOUSE\\Jane OBSERVED 200 TCP_NC_MISS POST text/html https drop.example 443 /up/load.php ?id=1 php "Mozilla/5.0 (X11; ""Linux"")" 192.0.2.66 812 240000000';

test('Blue Coat’s form: who, where to, how much each way', () => {
  const { time, slots } = read(source.readLines!(blueCoat), row);
  assert.equal(time, Date.UTC(2026, 10, 23, 10, 0, 1));
  assert.equal(slots['actor.user.name'], 'house\\jane');
  assert.equal(slots['http_request.url.url_string'], 'https://drop.example/up/load.php?id=1');
  assert.equal(slots['http_request.url.query_string'], 'id=1');
  assert.equal(slots['http_request.user_agent'], 'Mozilla/5.0 (X11; "Linux")');
  assert.equal(slots['dst_endpoint.ip'], '192.0.2.66');
  assert.equal(slots['dst_endpoint.port'], 443);
  assert.equal(slots['traffic.bytes_out'], 240_000_000);
  assert.equal(slots['traffic.bytes_in'], 812);
  assert.equal(slots['unmapped.connection.duration_ms'], 183);
  assert.equal(source.readLines!(blueCoat)!.fields(row)['cs-uri-extension'], 'php');
});

test('a web server’s own log in the same form is no proxy’s', () => {
  const iis =
    '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs-host sc-status sc-substatus sc-win32-status time-taken';
  assert.equal(source.readLines!([iis]), undefined);
});

test('Squid’s native form: a tunnel and a request', () => {
  const lines = source.readLines!([]);
  const tunnel = read(
    lines,
    '1795946400.603 310342 10.0.0.7 TCP_TUNNEL/200 91000 CONNECT brand.my.salesforce.com:443 jane HIER_DIRECT/198.51.100.20 -',
  );
  assert.equal(tunnel.time, 1795946400_603);
  assert.equal(tunnel.slots['dst_endpoint.hostname'], 'brand.my.salesforce.com');
  assert.equal(tunnel.slots['dst_endpoint.port'], 443);
  assert.equal(tunnel.slots['traffic.bytes_in'], 91_000);
  assert.equal(tunnel.slots['traffic.bytes_out'], undefined, 'this log does not say what was sent');
  const hit = read(
    lines,
    '1795946400.603    210 10.0.0.7 TCP_HIT/200 800 GET http://a.example/x.js - HIER_NONE/- text/javascript',
  );
  assert.equal(hit.slots['actor.user.name'], undefined);
  assert.equal(hit.slots['dst_endpoint.ip'], undefined);
  assert.equal(hit.slots['http_request.url.path'], '/x.js');
  for (const other of ['', 'Nov 23 10:00:00 host sshd[1]: x', '1795946400.603 a b c', '{"a":1}'])
    assert.ok(!lines!.accepts(other));
});
