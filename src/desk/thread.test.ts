import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { activities } from '#model/activity.ts';
import { Slots } from '#model/event.ts';
import type { Finding } from '#model/finding.ts';
import type { Incident } from '#model/incident.ts';
import type { EventRow } from '#model/wire.ts';
import { drawThread, mostMarks } from './thread.ts';

const minuteMs = 60_000;
const empty: Incident = {
  id: 'inc-1',
  title: 'A thread',
  state: 'open',
  level: 'high',
  firstAt: 0,
  lastAt: 0,
  openedAt: 0,
  openedByEventAt: 0,
  grants: [],
  techniques: [],
  rows: { atLeast: 0, atMost: undefined },
  findings: [],
  summary: '',
  advice: [],
};
const row = (time: number, activity: string, more: Partial<EventRow> = {}): EventRow => ({
  key: `${time}-${activity}-${JSON.stringify(more)}`,
  time,
  arrivedAt: time,
  source: 'crm',
  activity,
  objects: [],
  ...more,
});

test('each act has its lane; bursts become one stretch with their rows', () => {
  const marks = drawThread(empty, [
    row(0, 'login', { address: '203.0.113.5' }),
    row(1 * minuteMs, 'count', { objects: ['Case'] }),
    row(100 * minuteMs, 'query', { objects: ['Case'], rows: 2_000 }),
    row(100 * minuteMs + 500, 'query', { objects: ['Case'], rows: 2_000 }),
    row(200 * minuteMs, 'app-change'),
    row(201 * minuteMs, 'api-call'),
  ]);
  assert.deepEqual(
    marks.map(({ lane, label, rows }) => [lane, label, rows]),
    [
      ['sign-in', 'login from 203.0.113.5', undefined],
      ['reconnaissance', 'count Case', undefined],
      ['reading', 'query Case (2 times)', 4_000],
      ['grant', 'app change', undefined],
    ],
  );
});

test('what the gateway noticed hangs where it belongs', () => {
  const told = (reason: string): Finding => {
    const slots = Object.assign(new Slots(), { activity_name: 'vendor-finding', 'metadata.event_code': reason });
    const origin = { file: 'told', offset: 0, bytes: 0 };
    const evidence = { key: reason, time: 0, arrivedAt: 0, source: 'cordon-gateway', origin, raw: '', slots };
    return {
      ...{ key: reason, rule: { name: reason, id: reason, title: reason, techniques: [] }, level: 'high' },
      grant: { key: 'a@a', appName: 'a', appUid: undefined, userUid: 'a', userName: undefined },
      ...{ otherGrants: [], firstAt: 0, lastAt: 0, raisedAt: 0, evidence: [evidence], evidenceCount: 1 },
      ...{ history: 'not needed', explanation: '', advice: '' },
    };
  };
  const findings = ['budget', 'foreign-opening', 'stolen-token', 'reused-refresh-token', 'another'].map(told);
  const marks = drawThread({ ...empty, findings }, []).filter(({ findingKey }) => findingKey !== undefined);
  assert.deepEqual(Object.fromEntries(marks.map(({ lane, label }) => [label, lane])), {
    budget: 'reading',
    'foreign-opening': 'reading',
    'stolen-token': 'sign-in',
    'reused-refresh-token': 'sign-in',
    another: 'grant',
  });
});

test('however much was done, the picture stays small, in order, and loses no rows', () => {
  const act = fc.record({
    time: fc.integer({ min: 0, max: 10 * 24 * 60 * minuteMs }),
    activity: fc.constantFrom(...Object.keys(activities)),
    objects: fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
    rows: fc.nat(10),
  });
  fc.assert(
    fc.property(fc.array(act, { minLength: 400, maxLength: 900 }), (acts) => {
      const rows = acts.map(({ time, activity, objects, rows: count }, index) => ({
        ...row(time, activity, { objects, rows: count }),
        key: String(index),
      }));
      const marks = drawThread(empty, rows);
      assert.ok(marks.length <= mostMarks, `${marks.length} marks`);
      assert.ok(marks.every((mark, index) => index === 0 || mark.from >= marks[index - 1]!.from));
      const isRead = (mark: (typeof marks)[number]) => mark.lane === 'reading';
      const drawn = marks.filter(isRead).reduce((sum, mark) => sum + (mark.rows ?? 0), 0);
      const lanes = new Map(rows.map((each) => [each.key, drawThread(empty, [each])[0]?.lane]));
      const read = rows
        .filter(({ key }) => lanes.get(key) === 'reading')
        .reduce((sum, each) => sum + (each.rows ?? 0), 0);
      assert.equal(drawn, read);
    }),
    { numRuns: 20 },
  );
});
