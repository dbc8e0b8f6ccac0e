import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFlow } from './flow.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const noon = Date.parse('2026-11-23T12:00:00Z');

test('events fall into the minute of their own time', () => {
  const flow = createFlow();
  flow.record('crm', noon + 1);
  flow.record('crm', noon + minuteMs - 1);
  flow.record('okta', noon + minuteMs);
  assert.deepEqual(flow.minute(noon), { time: noon, counts: { crm: 2 } });
  const { times, counts } = flow.recent(noon + minuteMs);
  assert.equal(times.length, 1440);
  assert.equal(times.at(-1), noon + minuteMs);
  assert.deepEqual(counts['crm']?.slice(-2), [2, 0]);
  assert.deepEqual(counts['okta']?.slice(-2), [0, 1]);
});

test('what is older than a day before the newest is forgotten and never comes in', () => {
  const flow = createFlow();
  flow.record('crm', noon);
  flow.record('crm', noon + dayMs + minuteMs);
  flow.record('crm', noon);
  assert.deepEqual(flow.minute(noon).counts, {});
  assert.equal(flow.newest(), noon + dayMs + minuteMs);
});
