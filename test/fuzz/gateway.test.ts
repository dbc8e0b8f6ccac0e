import { it } from 'node:test';
import { checkMetering } from './check-metering.ts';

it('meters 1,500 fuzzed bulk answers exactly (1,000,000: npm run fuzz:gateway)', async () => {
  for (let index = 0; index < 1_500; index++) await checkMetering(20_261_123, index);
});
