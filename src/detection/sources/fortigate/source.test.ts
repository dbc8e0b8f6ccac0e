import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reading } from '#model/source.ts';
import { source } from './source.ts';

const lines = source.readLines!([])!;

function read(line: string): Reading {
  assert.ok(lines.accepts(line), line);
  const reading = lines.read(line);
  assert.ok(!('invalid' in reading), JSON.stringify(reading));
  return reading;
}

test('traffic has its ends, its bytes by direction and its user', () => {
  const { time, slots } = read(
    '<189>date=2026-11-23 time=10:00:01 devname="fw1" devid="FGT1" eventtime=1795428001123456789 tz="+0100" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=10.0.0.7 srcport=50123 dstip=192.0.2.66 dstport=443 proto=6 action="close" user="Jane" sessionid=77 duration=3600 sentbyte=240000000 rcvdbyte=900 hostname="drop.example"',
  );
  assert.equal(time, 1795428001123);
  assert.equal(slots.activity_name, 'network-connection');
  assert.equal(slots['traffic.bytes_out'], 240_000_000);
  assert.equal(slots['traffic.bytes_in'], 900);
  assert.equal(slots['unmapped.connection.duration_ms'], 3_600_000);
  assert.equal(slots['connection_info.protocol_name'], 'tcp');
  assert.equal(slots['dst_endpoint.hostname'], 'drop.example');
  assert.equal(slots['actor.user.name'], 'jane');
});

const change =
  'date=2026-11-23 time=11:00:01 tz="+0100" devname="fw1" logid="0100044547" type="event" subtype="system" user="admin" ui="GUI(10.0.0.9)" action="Add" cfgpath="user.local" cfgobj="eve" msg="Add user.local \\"eve\\""';

test('a change of the device’s configuration is one, with the fields that rules ask for', () => {
  const { time, slots } = read(change);
  assert.equal(time, Date.UTC(2026, 10, 23, 10, 0, 1));
  assert.equal(slots.activity_name, 'setting-change');
  assert.equal(slots['metadata.event_code'], 'event');
  const fields = lines.fields(change);
  assert.equal(fields['cfgpath'], 'user.local');
  assert.equal(fields['action'], 'Add');
  assert.equal(fields['msg'], 'Add user.local "eve"');
});

test('times are read in every length FortiOS has written; what has none is set aside', () => {
  for (const eventtime of ['1795428001', '1795428001123', '1795428001123456', '1795428001123456789'])
    assert.equal(Math.trunc(read(`eventtime=${eventtime} logid="1" type="event"`).time / 1000), 1795428001);
  assert.ok('invalid' in lines.read('eventtime=12 logid="1" type="event"'));
  for (const other of ['', 'date=today', 'Nov 23 10:00:00 host app: type=x']) assert.ok(!lines.accepts(other), other);
});
