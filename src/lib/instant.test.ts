import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCompactInstant, parseInstant } from './instant.ts';
import { parseZonedInstant } from './zoned-instant.ts';

const anyTime = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2099, 11, 31) });

test('every instant reads back from each of its forms', () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      const iso = new Date(time).toISOString();
      assert.equal(parseInstant(iso), time);
      assert.equal(parseInstant(iso.replace('Z', '+0000')), time);
      assert.equal(parseInstant(iso.replace('Z', '-00:00')), time);
      assert.equal(parseCompactInstant(iso.replace(/[-:TZ]/g, '')), time);
    }),
  );
});

test('offsets and missing parts are understood, missing zones are not', () => {
  assert.equal(parseInstant('2026-11-23T10:00:00Z'), Date.UTC(2026, 10, 23, 10));
  assert.equal(parseInstant('2026-11-23T10:00Z'), Date.UTC(2026, 10, 23, 10));
  assert.equal(parseInstant('2026-11-23 10:00:00.5+01:30'), Date.UTC(2026, 10, 23, 8, 30, 0, 500));
  assert.equal(parseInstant('2026-11-23T10:00:00.123456Z'), Date.UTC(2026, 10, 23, 10, 0, 0, 123));
  for (const text of [
    '2026-11-23T10:00:00',
    '2026-02-30T10:00:00Z',
    '2026-11-23T25:00:00Z',
    '',
    'TIMESTAMP',
    '2026-11-23T10:00:00Zx',
  ])
    assert.equal(parseInstant(text), undefined, text);
  for (const text of ['20261123', '20261323100000.000', '20261123100000.', '20261123100000.0x', '2.02611E+13', ''])
    assert.equal(parseCompactInstant(text), undefined, text);
});

test('times as web pages print them', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['9/10/2026, 4:21:14 AM PDT', Date.UTC(2026, 8, 10, 11, 21, 14)],
    ['12/31/2025, 1:02:03 PM PST', Date.UTC(2025, 11, 31, 21, 2, 3)],
    ['12/31/2025 13:02:03 PST', Date.UTC(2025, 11, 31, 21, 2, 3)],
    ['2025-12-31 13:02:03 PST', Date.UTC(2025, 11, 31, 21, 2, 3)],
    ['31/12/2025, 13:02:03 GMT', Date.UTC(2025, 11, 31, 13, 2, 3)],
    ['31.12.2025, 13:02:03 CET', Date.UTC(2025, 11, 31, 12, 2, 3)],
    ['31.12.2025, 13:02 GMT+1', Date.UTC(2025, 11, 31, 12, 2)],
    ['2025-12-31 13:02:03 GMT+05:30', Date.UTC(2025, 11, 31, 7, 32, 3)],
    ['12/31/2025, 12:00:00 AM UTC', Date.UTC(2025, 11, 31)],
    ['05/04/2026, 13:02:03 GMT', undefined],
    ['12/31/2025, 13:02:03', undefined],
    ['12/31/2025, 13:02:03 XYZ', undefined],
    ['12/31/2025, 13:02:03 PM PST', undefined],
    ['31/31/2025, 1:02:03 PM PST', undefined],
  ];
  for (const [text, time] of cases) assert.equal(parseZonedInstant(text), time, text);
});
