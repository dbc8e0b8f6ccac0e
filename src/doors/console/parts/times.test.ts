import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absolute, relative, stamp } from './times.ts';

const noon = Date.UTC(2026, 10, 24, 12, 0, 0);

test('relative times speak of past and future', () => {
  assert.equal(relative(noon, noon), 'now');
  assert.equal(relative(noon - 90_000, noon), '1 min ago');
  assert.equal(relative(noon + 3 * 3_600_000, noon), 'in 3 h');
});

test('absolute times name their zone', () => {
  assert.equal(absolute(noon, 'UTC'), '24 Nov 2026, 12:00:00 UTC');
  assert.equal(stamp(noon, 'UTC'), '24 Nov 12:00:00');
});
