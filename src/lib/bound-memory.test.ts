import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import { boundHeap } from './bound-memory.ts';

const megabyte = 2 ** 20;
const youngMegabytes = (): number =>
  getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')!.space_size / megabyte;

/** Makes 400 MB of small objects of which the latest million live on: enough for V8 to let the young generation grow. */
function churn(): void {
  const living: object[] = [];
  for (let index = 0; index < 5_000_000; index += 1) {
    living[index % 1_000_000] = { index, next: [index] };
    if (index % 10_000 === 0) boundHeap();
  }
}

test('the young generation grows to its bound and no further', () => {
  churn();
  assert.equal(boundHeap(), true);
  assert.ok(youngMegabytes() >= 16 && youngMegabytes() <= 32, `${youngMegabytes()} MB`);
});
