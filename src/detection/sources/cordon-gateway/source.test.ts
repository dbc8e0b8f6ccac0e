import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject, Reading } from '#model/source.ts';
import { source } from './source.ts';

const lines = readFileSync(new URL('samples/gateway.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as JsonObject);
const readings = lines.map((line) => {
  assert.ok(source.acceptsObject!(line));
  return source.readObject!(line) as Reading;
});

test('a call is a read of so many records by the integration itself', () => {
  const { slots, time } = readings[0]!;
  assert.equal(time, Date.parse('2026-10-14T02:10:04.120Z'));
  assert.equal(slots.activity_name, 'query');
  assert.equal(slots['actor.app_name'], 'agenda-sync');
  assert.equal(slots['unmapped.rows'], 2000);
  assert.deepEqual(slots['resources.type'], ['Contact']);
  assert.deepEqual(slots['unmapped.query.fields'], ['Id', 'Email']);
  assert.equal(slots.status_id, 1);
});

test('a refused call and a notice say why', () => {
  assert.equal(readings[1]!.slots.status_detail, 'denied-field');
  assert.equal(readings[1]!.slots.status_id, 2);
  assert.equal(readings[2]!.slots['metadata.event_code'], 'budget');
  assert.match(readings[2]!.slots.message!, /40,000 records/);
});

test('what is no line of the gateway is refused with a reason', () => {
  assert.equal(source.acceptsObject!({ kind: 'call', id: 'x' }), false);
  assert.match(
    JSON.stringify(source.readObject!({ cordonGateway: 1, id: 'x', kind: 'song' })),
    /expected call or notice/,
  );
  assert.match(
    JSON.stringify(source.readObject!({ cordonGateway: 1, id: 'x', kind: 'call', at: 'today' })),
    /"today\\"/,
  );
});
