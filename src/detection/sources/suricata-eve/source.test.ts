import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, Reading } from '#model/source.ts';
import { source } from './source.ts';

const base = {
  timestamp: '2026-11-23T10:05:00.123456+0100',
  flow_id: 1832377865755173,
  src_ip: '10.0.0.1',
  src_port: 50123,
  dest_ip: '203.0.113.5',
  dest_port: 443,
  proto: 'TCP',
};

function read(record: JsonObject): Reading {
  assert.ok(source.acceptsObject!(record));
  const reading = source.readObject!(record);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

test('a flow is an event of its last packet, though it is logged at its timeout', () => {
  const { time, slots } = read({
    ...base,
    event_type: 'flow',
    flow: {
      bytes_toserver: 300,
      bytes_toclient: 9_000,
      start: '2026-11-23T09:00:00.000000+0000',
      end: '2026-11-23T09:04:00.500000+0000',
      age: 240,
      state: 'closed',
    },
  });
  assert.equal(time, Date.UTC(2026, 10, 23, 9, 4, 0, 500));
  assert.equal(slots['traffic.bytes_out'], 300);
  assert.equal(slots['traffic.bytes_in'], 9_000);
  assert.equal(slots['unmapped.connection.duration_ms'], 240_500);
  assert.equal(slots['connection_info.protocol_name'], 'tcp');
  assert.equal(slots['metadata.correlation_uid'], '1832377865755173');
});

test('netflow tells one direction, of whoever sent', () => {
  const { slots } = read({ ...base, event_type: 'netflow', netflow: { bytes: 77, age: 3 } });
  assert.equal(slots['traffic.bytes_out'], 77);
  assert.equal(slots['traffic.bytes_in'], undefined);
  assert.equal(slots['unmapped.connection.duration_ms'], 3_000);
});

test('requests, handshakes, alerts, files and lookups of every version', () => {
  const request = read({
    ...base,
    event_type: 'http',
    http: {
      hostname: 'a.example',
      url: '/x.exe?y',
      http_method: 'GET',
      http_user_agent: 'curl',
      status: 200,
      length: 5,
    },
  });
  assert.equal(request.time, Date.UTC(2026, 10, 23, 9, 5, 0, 123));
  assert.equal(request.slots['http_request.url.url_string'], 'http://a.example/x.exe?y');
  assert.equal(request.slots['unmapped.http_request.url.extension'], 'exe');
  assert.equal(request.slots['traffic.bytes_in'], undefined, 'the flow counts the bytes');
  const tls = read({ ...base, event_type: 'tls', tls: { sni: 'B.example', ja3: { hash: 'aa' } } }).slots;
  assert.equal(tls['dst_endpoint.hostname'], 'b.example');
  assert.equal(tls['tls.ja3_hash.value'], 'aa');
  const alert = read({
    ...base,
    event_type: 'alert',
    alert: { signature: 'ET x', category: 'y', action: 'blocked' },
  }).slots;
  assert.equal(alert.activity_name, 'vendor-finding');
  assert.equal(alert.message, 'ET x');
  assert.equal(alert.status_id, 2);
  assert.equal(read({ ...base, event_type: 'fileinfo', fileinfo: {} }).slots.activity_name, 'network-file');
  const lookups: readonly JsonObject[] = [
    { type: 'answer', rrname: 'C.example', rrtype: 'A', rdata: '192.0.2.1' },
    { version: 2, type: 'answer', rrname: 'c.example', grouped: { A: ['192.0.2.1'] } },
    {
      version: 2,
      type: 'answer',
      rrname: 'c.example',
      answers: [{ rrname: 'c.example', rrtype: 'A', rdata: '192.0.2.1' }],
    },
    { version: 3, queries: [{ rrname: 'c.example', rrtype: 'A' }], answers: [{ rrtype: 'A', rdata: '192.0.2.1' }] },
  ];
  for (const dns of lookups) {
    const { slots } = read({ ...base, event_type: 'dns', dns });
    assert.equal(slots['query.hostname'], 'c.example');
    assert.deepEqual(slots['answers.rdata'], ['192.0.2.1']);
  }
});

test('events without ends are read; other vendors’ objects are left to them', () => {
  assert.equal(
    read({ timestamp: base.timestamp, event_type: 'stats', stats: { uptime: 1 } }).slots.activity_name,
    'other',
  );
  for (const other of [{}, { event_type: 'flow' }, { event_type: 'user.login', timestamp: base.timestamp }])
    assert.ok(!source.acceptsObject!(other), JSON.stringify(other));
  assert.ok('invalid' in source.readObject!({ ...base, event_type: 'flow', timestamp: 'now' }));
});
