import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '#model/event.ts';
import type { JsonObject, Source } from '#model/source.ts';
import { unwrapRecord } from './object-format.ts';
import { orderByTime } from './order-by-time.ts';
import { readRecords } from './read-records.ts';
import { SeenKeys } from './seen-keys.ts';
import { SortRoom, sortByTime } from './sort-by-time.ts';
import type { AcceptedSpan, Span } from './span.ts';

/** Activities of several acts, each with a time of its own. */
const source: Source = {
  name: 'acts',
  title: 'Acts',
  lag: 'none',
  longestLagMs: 0,
  acceptsObject: (value) => Array.isArray(value['acts']),
  recordsIn: (value) => (value['acts'] as readonly JsonObject[]).map((act) => ({ id: value['id'], act })),
  readObject: ({ id, act }) => {
    const { at } = act as JsonObject;
    if (typeof at !== 'number') return { invalid: 'no at' };
    return { time: at, key: String(id), slots: new Slots() };
  },
};

const activity = (id: string, ...times: readonly unknown[]): JsonObject => ({
  id,
  acts: times.map((at) => ({ at, name: `${id} at ${at}` })),
});

async function read(text: string): Promise<readonly Span[]> {
  const spans: Span[] = [];
  const options = { file: 'f', sources: [source], seen: new SeenKeys() };
  for await (const batch of readRecords([Buffer.from(text)], options)) spans.push(...batch);
  return spans;
}

const acceptedOf = (spans: readonly Span[]): readonly AcceptedSpan[] =>
  spans.filter((span) => span.fate === 'accepted');

function assertTiled(spans: readonly Span[], text: string): void {
  let at = 0;
  for (const span of spans) {
    assert.equal(span.offset, at);
    at += span.bytes;
  }
  assert.equal(at, Buffer.byteLength(text));
}

const lines = (...values: readonly unknown[]): string => values.map((each) => `${JSON.stringify(each)}\n`).join('');

test('each act of a record is an event, with the fields of that act alone', async () => {
  const text = lines(activity('a', 5, 7), activity('b', 6));
  const spans = await read(text);
  assertTiled(spans, text);
  const events = acceptedOf(spans).map(({ event }) => event);
  assert.deepEqual(
    events.map((event) => [event.key, event.time, event.native('act.name')]),
    [
      ['acts:a', 5, 'a at 5'],
      ['acts:a#1', 7, 'a at 7'],
      ['acts:b', 6, 'b at 6'],
    ],
  );
  assert.equal(events[1]!.raw, events[0]!.raw, 'both stand on the line as it came');
  assert.deepEqual(events[1]!.origin, events[0]!.origin);
});

test('acts keep their keys and fields when they are sorted and read again, and when they are kept', async () => {
  const spans = acceptedOf(await read(lines(activity('a', 9, 1), activity('b', 4))));
  async function* batches() {
    yield spans;
  }
  const told: unknown[] = [];
  for await (const batch of sortByTime(batches(), new SortRoom(), (time) => time))
    for (const event of batch)
      told.push([event.key, event.time, { ...event, native: event.native }.native('act.name')]);
  assert.deepEqual(told, [
    ['acts:a#1', 1, 'a at 1'],
    ['acts:b', 4, 'b at 4'],
    ['acts:a', 9, 'a at 9'],
  ]);
  async function* events() {
    yield spans.map((span) => span.event);
  }
  const held: string[] = [];
  for await (const batch of orderByTime(events(), 3)) held.push(...batch.map((event) => event.key));
  assert.deepEqual(held, ['acts:a#1', 'acts:b', 'acts:a']);
});

test('the same activity again is as many duplicates as it has acts', async () => {
  const text = lines(activity('a', 5, 7), activity('a', 5, 7));
  const spans = await read(text);
  assertTiled(spans, text);
  assert.deepEqual(
    spans.map((span) => span.fate),
    ['accepted', 'accepted', 'duplicate', 'duplicate'],
  );
});

test('a record of which one act cannot be read, of none or of too many is quarantined whole', async () => {
  const many = Array.from({ length: 257 }, (_, index) => index);
  const text = lines(activity('a', 5, 'x'), activity('b'), activity('c', ...many), activity('d', ...many.slice(1)));
  const spans = await read(text);
  assertTiled(spans, text);
  assert.deepEqual(
    spans.flatMap((span) => (span.fate === 'quarantined' ? [span.reason] : [])),
    ['no at', 'the record tells of 0 acts, expected 1 to 256', 'the record tells of 257 acts, expected 1 to 256'],
  );
  assert.equal(acceptedOf(spans).length, 256);
});

test('a record that a connector keeps as text is read as if it stood alone', async () => {
  const inner = activity('a', 5, 7);
  const wrapped = [
    { _raw: JSON.stringify(inner), host: 'h', _time: 1 },
    { message: JSON.stringify(activity('b', 6)), '@timestamp': 'x' },
    { event: { original: ` ${JSON.stringify(activity('c', 8))}` } },
  ];
  const text = lines(...wrapped);
  const spans = await read(text);
  assertTiled(spans, text);
  assert.deepEqual(
    acceptedOf(spans).map(({ event }) => [event.key, event.native('act.at')]),
    [
      ['acts:a', 5],
      ['acts:a#1', 7],
      ['acts:b', 6],
      ['acts:c', 8],
    ],
  );
  const kept = { ...acceptedOf(spans)[1]!.event };
  assert.equal(kept.native('act.at'), 7, 'also from its raw text alone');
});

test('what only looks like a wrapped record is none', () => {
  for (const value of [{}, { _raw: 'plain' }, { _raw: '{broken' }, { _raw: '[{}]' }, { _raw: 5 }, { event: null }])
    assert.equal(unwrapRecord(value), undefined);
});
