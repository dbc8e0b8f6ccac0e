import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves of it together: with less, reading a log takes longer; with more, it takes no less. */
const youngBytes = 16 * 2 ** 20;

/** The old generation is collected when it has grown by this much since the last time; left alone it may fourfold. */
const oldGrowthPercent = 50;

/**
 * Keeps V8's heap small for the rest of the process; to be called now and then while much is read, until it says that
 * it has been done. The young generation stops growing once it has 16 MB: left alone it grows to 128 MB, and nothing
 * becomes faster. V8 takes its limit only on Node's command line, but asks for the factor each time it grows: 1 is no
 * growth.
 */
export function boundHeap(): boolean {
  setFlagsFromString(`--heap-growing-percent=${oldGrowthPercent}`);
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  if (young === undefined || young.space_size < youngBytes) return false;
  setFlagsFromString('--semi-space-growth-factor=1');
  return true;
}
