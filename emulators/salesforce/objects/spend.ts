import type { House } from '#emulators/house/house.ts';
import { randomOf } from '#lib/random.ts';

/**
 * What the house's customer number `row` has spent, without making up the rest of the customer: a search by spend looks
 * at all of them. Skips the seven draws that come before it (customers.ts).
 */
export function createSpend(house: House): (row: number) => number {
  return (row) => {
    const random = randomOf(house.seed, 'contact', row);
    for (let draw = 0; draw < 7; draw++) random.uint32();
    return Math.min(86_000, Math.round(Math.exp(6.43 + 1.36 * random.normal())));
  };
}
