import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHouse } from '#emulators/house/house.ts';
import { createSpend } from './spend.ts';

test('what a customer has spent is what the house says', () => {
  for (const seed of [1, 77]) {
    const house = createHouse({ seed });
    const spend = createSpend(house);
    for (let row = 0; row < 7_400_000; row += 7_001) assert.equal(spend(row), house.contact(row).totalSpend);
  }
});
