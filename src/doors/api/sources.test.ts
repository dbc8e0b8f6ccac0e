import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Gap, LiveSource, Step } from '#model/live-source.ts';
import type { IncidentRow, IncidentView, SourcesView } from '#model/wire.ts';
import { makeEvent, openTestServer, stoppedClock } from './server-for-tests/open-server.ts';

const clock = stoppedClock();
const minuteMs = 60_000;
const gapOf = (from: number, to: number): Gap => ({ from, to, why: 'The replay id had expired.' });
/** The incident happens at the clock's time: one gap overlaps it, the other was over before. */
const gaps = [gapOf(clock() - minuteMs, clock()), gapOf(clock() - 9 * minuteMs, clock() - 5 * minuteMs)];

const live: LiveSource = {
  name: 'salesforce-event-log-file',
  settings: z.strictObject({}),
  streams: (_, { signal }) => [
    {
      name: 'ApiEventStream',
      async *read(): AsyncGenerator<Step> {
        for (const gap of gaps) yield { kind: 'gap', gap, cursor: gap.to };
        yield { kind: 'read', pieces: [], cursor: 'end', reachedUntil: clock() };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    },
    {
      name: 'LoginEventStream',
      tellsNoRows: true,
      async *read(): AsyncGenerator<Step> {
        yield { kind: 'gap', gap: gapOf(clock() + minuteMs, clock() + minuteMs), cursor: 1 };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    },
  ],
};

test('a gap is told with its source and on the page of the incident it overlaps, whose rows have no upper bound then', async () => {
  const server = await openTestServer({
    clock,
    yaml: 'live: [{ source: salesforce-event-log-file }]',
    liveSources: [live],
  });
  try {
    const { headers } = await server.hire('analyst');
    const get = async <Answer>(url: string) => (await server.app.inject({ url, headers })).json() as Answer;
    const sourcesOf = () => get<SourcesView>('/api/sources');
    for (let tries = 0; tries < 200 && (await sourcesOf()).gaps.length < 3; tries += 1) await wait(10);
    await server.cordon.feed([
      makeEvent({ key: 'now', time: clock(), incident: 'inc-now' }),
      makeEvent({ key: 'later', time: clock() + minuteMs, incident: 'inc-later' }),
    ]);
    const { gaps: told, sources } = await sourcesOf();
    assert.deepEqual(
      told.map(({ from, stream, hidesRows }) => [from, stream, hidesRows]),
      [[clock() + minuteMs, 'LoginEventStream', false], ...gaps.map(({ from }) => [from, 'ApiEventStream', true])],
      'the latest first',
    );
    const [stream] = sources[0]!.streams!;
    assert.deepEqual([stream!.state, stream!.gaps, stream!.lastGap!.to], ['on time', 2, clock()]);
    const hit = await get<IncidentView>('/api/incidents/inc-now');
    assert.deepEqual(
      hit.gaps!.map(({ why, reading }) => [why, reading]),
      [[gaps[0]!.why, 'salesforce-event-log-file']],
    );
    assert.deepEqual(hit.rows, { atLeast: 200 });
    const other = await get<IncidentView>('/api/incidents/inc-later');
    assert.deepEqual(
      other.gaps!.map((gap) => gap.stream),
      ['LoginEventStream'],
    );
    assert.deepEqual(other.rows, { atLeast: 200, atMost: 250 }, 'sign-ins tell of no rows');
    const rows = await get<readonly IncidentRow[]>('/api/incidents');
    assert.deepEqual(
      rows.map((row) => [row.id, row.rows]).sort(),
      [hit, other].map((view) => [view.id, view.rows]).sort(),
      'the list says what the pages say',
    );
    assert.deepEqual(server.bugs, []);
  } finally {
    await server.close();
  }
});
