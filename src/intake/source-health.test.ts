import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, Slots } from '#model/event.ts';
import { openSourceHealth } from './source-health.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const start = Date.parse('2026-11-23T00:00:00Z');
const hourly = { name: 'hourly', title: 'Hourly files', lag: '3 to 6 hours after the hour', longestLagMs: 6 * hourMs };
const stream = { name: 'stream', title: 'Stream', lag: 'seconds', longestLagMs: 5 * 60_000 };

let count = 0;
const event = (source: string, time: number, arrivedAt: number): Event => {
  count += 1;
  const origin = { file: 'f', offset: 0, bytes: 1 };
  return { key: `k${count}`, time, arrivedAt, source, origin, raw: '', slots: new Slots(), native: () => undefined };
};
const keys = (events: readonly Event[]) => new Set(events.map(({ key }) => key));

test('late is what is later than its kind should be', () => {
  const after = (lagMs: number) => {
    const health = openSourceHealth([hourly, stream], undefined);
    const events = [event('hourly', start, start + lagMs), event('stream', start, start + lagMs)];
    health.arrived(events, keys(events));
    return health.views(start + lagMs);
  };
  const statesAfter = (lagMs: number) => after(lagMs).map(({ state }) => state);
  assert.deepEqual(statesAfter(4_000), ['on time', 'on time']);
  assert.deepEqual(statesAfter(4 * hourMs), ['on time', 'lagging']);
  assert.deepEqual(statesAfter(7 * hourMs), ['lagging', 'lagging']);
  assert.deepEqual([after(4 * hourMs)[0]?.lagMs, after(4 * hourMs)[0]?.usualLag], [4 * hourMs, hourly.lag]);
});

test('silence is measured against how quiet a source has been before', () => {
  const health = openSourceHealth([stream], undefined);
  const stateAt = (at: number) => health.views(at)[0]?.state;
  assert.equal(stateAt(start), 'unheard', 'nothing ever came');
  const busy = [event('stream', start, start), event('stream', start + minuteMs, start + minuteMs)];
  health.arrived(busy, keys(busy));
  assert.equal(stateAt(start + 2 * hourMs), 'on time');
  assert.equal(stateAt(start + 2 * hourMs + 5 * minuteMs), 'silent');
  const rare = [event('stream', start + 10 * hourMs, start + 10 * hourMs)];
  health.arrived(rare, keys(rare));
  assert.equal(stateAt(start + 25 * hourMs), 'on time', 'it was quiet for ten hours before');
  assert.equal(stateAt(start + 35 * hourMs), 'silent');
});

test('duplicates, quarantine and failure are told, and counts outlive a restart', () => {
  const health = openSourceHealth([stream], undefined);
  const events = [event('stream', start, start), event('stream', start, start)];
  health.arrived(events, new Set([events[0]!.key]));
  health.counted('stream', { duplicates: 2, quarantined: 1 });
  health.failed('stream', 'permission denied');
  const again = openSourceHealth([stream], JSON.parse(JSON.stringify(health.snapshot())));
  const [view] = again.views(start);
  assert.deepEqual([view?.events, view?.duplicates, view?.quarantined], [1, 3, 1]);
  assert.deepEqual([view?.state, view?.lastError], ['failing', 'permission denied']);
  again.recovered('stream');
  assert.equal(again.views(start)[0]?.state, 'on time');
});

test('a watched place that cannot be read stands beside the sources until it can', () => {
  const health = openSourceHealth([stream], undefined);
  health.failed('/logs', 'nothing there');
  assert.deepEqual(
    health.views(start).map(({ name, state }) => [name, state]),
    [
      ['stream', 'unheard'],
      ['/logs', 'failing'],
    ],
  );
  health.recovered('/logs');
  assert.equal(health.views(start).length, 1);
});
