import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThreadMark } from '#model/wire.ts';
import { actsWithin, gatherMarks } from './gather-marks.ts';
import { layOutThread } from './thread-layout.ts';

const day = 86_400_000;
const mark = (from: number, more: Partial<ThreadMark> = {}): ThreadMark => ({
  lane: 'reading',
  from,
  to: from,
  label: String(from),
  ...more,
});
const axis = layOutThread([mark(0), mark(60_000), mark(5 * day)], 800);

test('findings at one moment are one knot of the gravest level', () => {
  const knots = gatherMarks(
    [
      mark(0, { findingKey: 'a', level: 'low' }),
      mark(1, { findingKey: 'b', level: 'high' }),
      mark(1, { findingKey: 'c', level: 'medium' }),
      mark(2),
    ],
    axis,
  );
  assert.deepEqual(
    knots.map(({ marks, level, isFinding }) => [marks.length, level, isFinding]),
    [
      [3, 'high', true],
      [1, undefined, false],
    ],
  );
});

test('usual acts in a pressed stretch are counted, not drawn; findings are always drawn', () => {
  const marks = [mark(2 * day), mark(3 * day), mark(3 * day, { findingKey: 'a', level: 'low' })];
  assert.equal(gatherMarks(marks, axis).length, 1);
  const silent = axis.stretches.find(({ kind }) => kind === 'silent');
  assert.ok(silent);
  assert.equal(actsWithin(silent, marks), 2);
});

test('lanes are kept apart', () => {
  assert.equal(gatherMarks([mark(0), mark(0, { lane: 'sign-in' })], axis).length, 2);
});
