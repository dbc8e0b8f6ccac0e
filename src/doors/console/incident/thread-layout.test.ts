import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOutThread } from './thread-layout.ts';

const minute = 60_000;
const day = 86_400_000;
const moment = (time: number) => ({ from: time, to: time });

test('five days of silence between two bursts are pressed to one visible break', () => {
  const axis = layOutThread([moment(0), moment(2 * minute), moment(5 * day), moment(5 * day + 3 * minute)], 900);
  assert.deepEqual(
    axis.stretches.map(({ kind }) => kind),
    ['busy', 'silent', 'busy'],
  );
  assert.ok(axis.place(3 * minute) - axis.place(0) > 100);
});

test('the first moment after a silence stands clear of it', () => {
  const axis = layOutThread([moment(0), moment(5 * day), moment(5 * day + minute)], 900);
  const silent = axis.stretches[1];
  assert.ok(silent !== undefined && axis.place(5 * day) > silent.x + silent.width);
});

test('one moment alone stands in the middle', () => {
  const axis = layOutThread([moment(7)], 600);
  assert.equal(axis.place(7), 300);
});

test('no marks, no stretches', () => assert.deepEqual(layOutThread([], 600).stretches, []));

test('places never run backwards, stay inside, and stretches tile the width', () => {
  const mark = fc.tuple(fc.nat(10 * day), fc.nat(day)).map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(
      fc.array(mark, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 200, max: 1600 }),
      (marks, width) => {
        const axis = layOutThread(marks, width);
        const times = marks.flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
        const places = times.map(axis.place);
        assert.ok(places.every((x, index) => x >= (places[index - 1] ?? 0) && x <= axis.width));
        let x = 0;
        for (const stretch of axis.stretches) {
          assert.ok(Math.abs(stretch.x - x) < 1e-6);
          x += stretch.width;
        }
        assert.ok(Math.abs(x - axis.width) < 1e-6);
      },
    ),
  );
});
