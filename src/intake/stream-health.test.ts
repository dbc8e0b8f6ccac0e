import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { StreamNotes } from './stream-health.ts';

const hourMs = 3_600_000;
const noon = Date.UTC(2026, 10, 23, 12);
const stream = { source: 'okta-system-log', reading: 'okta', stream: 'logs' };

const event = (time: number, arrivedAt = time): Event => ({
  key: `k${time}`,
  time,
  arrivedAt,
  source: 'okta-system-log',
  origin: { file: 'f', offset: 0, bytes: 1 },
  raw: 'x',
  slots: new Slots(),
  native: () => undefined,
});

/** Its kind may be an hour late. */
const notes = (): StreamNotes => new StreamNotes(stream, hourMs);

test('a stream starts, is on time, and is silent when its vendor gives no sign of life', () => {
  const fresh = notes();
  assert.equal(fresh.view(noon).state, 'starting');
  fresh.heard(noon, true, undefined);
  assert.equal(fresh.view(noon + 14 * 60_000).state, 'on time');
  assert.equal(fresh.view(noon + 16 * 60_000).state, 'silent');
});

test('who reads an old log is catching up, and behind when nothing moves', () => {
  const late = notes();
  late.read([event(noon - 30 * hourMs, noon)], noon);
  late.heard(noon, false, noon - 30 * hourMs);
  assert.equal(late.view(noon + 60_000).state, 'catching up');
  assert.equal(late.view(noon + 60_000).reachedUntil, noon - 30 * hourMs);
  late.heard(noon + 300_000, false, noon - 30 * hourMs);
  assert.equal(late.view(noon + 300_000).state, 'behind');
  late.heard(noon + 360_000, true, noon + 350_000);
  assert.equal(late.view(noon + 360_000).state, 'on time');
});

test('a stream that does not say how far it reached is late by its newest event, until it has nothing more', () => {
  const late = notes();
  late.read([event(noon - 2 * hourMs, noon)], noon);
  late.heard(noon, false, undefined);
  assert.deepEqual([late.view(noon).state, late.view(noon).lagMs], ['catching up', 2 * hourMs]);
  late.heard(noon + 1_000, true, undefined);
  assert.equal(late.view(noon + 1_000).state, 'on time');
});

test('a pause says why and until when; between two questions of its own pace a stream is on time', () => {
  const paced = notes();
  paced.heard(noon, true, noon);
  paced.rests(noon + 20 * 60_000, 'It is asked every 20 minutes.', noon, true);
  assert.equal(paced.view(noon + 19 * 60_000).state, 'on time');
  assert.equal(paced.view(noon + 19 * 60_000).why, undefined);
  const asked = notes();
  asked.failed({ kind: 'later', afterMs: 60_000, why: 'Okta asks to wait' }, noon + 60_000);
  const { state, why, until } = asked.view(noon);
  assert.deepEqual([state, why, until], ['resting', 'Okta asks to wait', noon + 60_000]);
  const refused = notes();
  refused.heard(noon, true, noon);
  refused.failed({ kind: 'refused', by: 'Okta', why: '401' }, noon + 300_000);
  assert.deepEqual([refused.view(noon).state, refused.view(noon).why], ['failing', 'refused by Okta: 401']);
  refused.heard(noon + 300_000, true, noon + 300_000);
  assert.deepEqual([refused.view(noon + 300_000).state, refused.view(noon + 300_000).why], ['on time', undefined]);
});

test('a vendor that does not answer is no sign of life, however often it is asked anew', () => {
  const down = notes();
  down.heard(noon, true, noon);
  down.rests(noon + 2_000, 'Okta failed: 502', noon + 1_000, false);
  assert.equal(down.view(noon + 1_500).lastContactAt, noon);
  down.failed({ kind: 'broken', by: 'Okta', why: '502' }, noon + 60_000);
  down.rests(noon + 62_000, 'Okta failed: 503', noon + 61_000, false);
  const { state, why, until, lastContactAt } = down.view(noon + 61_500);
  assert.deepEqual([state, why, until, lastContactAt], ['failing', 'Okta failed: 503', noon + 62_000, noon]);
  down.rests(noon + 90_000, 'Okta asks to wait', noon + 70_000, true);
  assert.deepEqual(
    [down.view(noon + 80_000).state, down.view(noon + 80_000).lastContactAt],
    ['on time', noon + 70_000],
  );
});

test('counts go on after a restart', () => {
  const first = notes();
  first.landed({ added: 3, duplicates: 2 });
  first.setAside();
  first.read([event(noon, noon + 5)], noon);
  const again = new StreamNotes(stream, hourMs, JSON.parse(JSON.stringify(first.tally())));
  again.landed({ added: 1, duplicates: 0 });
  const { events, duplicates, quarantined, lastEventAt, lagMs } = again.view(noon);
  assert.deepEqual([events, duplicates, quarantined, lastEventAt, lagMs], [4, 2, 1, noon, 5]);
});
