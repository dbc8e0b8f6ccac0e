import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHouse } from '#emulators/house/house.ts';
import { EventBus } from './event-bus.ts';
import { playStory } from './play-story.ts';
import type { PubSub } from './serve-pub-sub.ts';

test('the story reaches its topics in the order of its times, and comes to rest at now', async () => {
  const bus = new EventBus(Date.now, '0055j00000HouSEAA0');
  const published: { readonly topic: string; readonly time: number }[] = [];
  const taken: Pick<PubSub, 'publish' | 'topics'> = {
    topics: bus.topics().map(({ name }) => name),
    publish: (topic, record) => {
      published.push({ topic, time: Date.parse(String(record['EventDate'])) });
      return bus.publish(topic, record);
    },
  };
  const now = Date.UTC(2026, 10, 23, 10);
  const chapters: string[] = [];
  let frames = 0;
  const ended = new Error('the end');
  const sleep = async () => {
    // At this speed a frame is some seven hours: the week and the morning behind it are over in thirty.
    if (++frames > 40) throw ended;
  };
  const wish = { speed: 100_000, eventsPerDay: 300, clock: () => now, sleep };
  const playing = playStory(taken, createHouse({ seed: 1 }), { ...wish, tell: (_, text) => void chapters.push(text) });
  await assert.rejects(playing, ended);
  const times = published.map(({ time }) => time);
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
  assert.ok(times.at(-1)! <= now && times.at(-1)! > now - 3_600_000 * 3);
  const topics = new Set(published.map(({ topic }) => topic));
  for (const name of ['ApiEventStream', 'BulkApiResultEvent', 'LoginEventStream', 'ReportEventStream'])
    assert.ok(topics.has(`/event/${name}`), name);
  assert.ok(chapters.length >= 3, chapters.join(' / '));
});
