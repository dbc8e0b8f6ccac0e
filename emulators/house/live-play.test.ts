import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayMs, hourMs } from './calendar.ts';
import { createHouse } from './house.ts';
import { livePlay } from './live-play.ts';

const house = createHouse({ seed: 1 });
const dayOne = Date.UTC(2026, 9, 13);
const play = livePlay(house, { dayOne, eventsPerDay: 8_000 });

test('slices of a minute together hold what one slice of their hour holds', () => {
  const at = dayOne + 12 * hourMs;
  const whole = new Map(play.slice(at, at + hourMs).map(({ name, lines }) => [name, lines]));
  const summed = new Map<string, number>();
  for (let minute = 0; minute < 60; minute++) {
    for (const { name, lines } of play.slice(at + minute * 60_000, at + (minute + 1) * 60_000)) {
      summed.set(name, (summed.get(name) ?? 0) + lines);
    }
  }
  assert.deepEqual(summed, whole);
});

test('each piece of a CSV log begins with its header', () => {
  const pieces = play.slice(dayOne + 9 * hourMs, dayOne + 9 * hourMs + 600_000, ['event-log-file']);
  assert.ok(pieces.length > 2);
  for (const { name, text, channel } of pieces) {
    assert.equal(channel, 'event-log-file');
    assert.ok(text.startsWith('"EVENT_TYPE",'), name);
  }
});

test('the story’s lines stand in the slice of their time, and its chapters follow them', () => {
  const theft = dayOne + 5 * dayMs + 11 * hourMs;
  const bulk = play.slice(theft, theft + hourMs).find(({ name }) => name === 'BulkApi2.csv');
  assert.match(bulk?.text ?? '', /"query","Case","complete","2200000"/);
  assert.equal(play.startsAt, dayOne);
  assert.equal(play.endsAt, dayOne + 6 * dayMs);
  assert.match(play.chapterAt(theft + 12 * 60_000), /bulk job/);
  assert.match(play.chapterAt(dayOne - dayMs), /^Ordinary life/);
});
