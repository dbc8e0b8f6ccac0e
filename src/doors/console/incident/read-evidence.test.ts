import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '#model/finding.ts';
import { barsOf, isPartOf } from './read-evidence.ts';

const line = (time: number, rows?: number, ip = '192.0.2.1') =>
  ({ key: `${time}`, time, slots: { 'src_endpoint.ip': ip, 'unmapped.rows': rows } }) as unknown as Evidence;
const axis = { stretches: [], width: 900, place: (time: number) => time };

test('bars that would touch are one, as long as the greatest: one read told twice is not two', () => {
  assert.deepEqual(barsOf([line(1, 2_000), line(3, 2_000), line(4, 5_000), line(90), line(100, 7)], axis), [
    { x: 1, rows: 5_000, at: 4 },
    { x: 100, rows: 7, at: 100 },
  ]);
});

test('an act is in evidence when a line of its address falls into it', () => {
  const act = { lane: 'reading', from: 5, to: 9, label: 'query Case from 192.0.2.1 (2 times)' } as const;
  assert.equal(isPartOf(act, [line(7)]), true);
  assert.equal(isPartOf(act, [line(10)]), false);
  assert.equal(isPartOf(act, [line(7, 0, '198.51.100.9')]), false);
});
