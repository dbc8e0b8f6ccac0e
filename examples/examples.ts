import { createHouse, type House } from '#emulators/house/house.ts';
import { exportLogs, type LogExport } from '#emulators/house/write-logs.ts';
import { busyButBenign } from '#emulators/house/stories/busy-but-benign.ts';
import { stolenToken } from '#emulators/house/stories/stolen-token.ts';
import type { Story } from '#emulators/house/story.ts';

/** The house that all examples are told of. */
export const houseSeed = 1;

/** One folder of examples/: the story in it, and what of the vendors' logs it keeps. */
export interface Example {
  readonly name: string;
  readonly story: (house: House) => Story;
  readonly keeps: Omit<LogExport, 'acts'>;
}

// A Tuesday, as in the real case; the sixth day is a Sunday.
const dayOne = Date.UTC(2026, 9, 13);
// The quarter ends on its Wednesday.
const quarterEndMonday = Date.UTC(2026, 8, 28);

export const examples: readonly Example[] = [
  {
    name: 'stolen-token',
    story: (house) => stolenToken(house, dayOne),
    keeps: { only: ['Login', 'RestApi', 'BulkApi2', 'ApiTotalUsage', 'LoginHistory', 'ApiEvent', 'LoginEvent', 'BulkApiResultEvent'] },
  },
  {
    name: 'stolen-token-free-edition',
    story: (house) => stolenToken(house, dayOne),
    keeps: { only: ['ApiTotalUsage', 'LoginHistory'], interval: 'Daily' },
  },
  {
    name: 'busy-but-benign',
    story: (house) => busyButBenign(house, quarterEndMonday),
    keeps: { interval: 'Daily' },
  },
];

/** Above this many characters a file is kept as gzip. */
const compressAbove = 100_000;

/** The files of an example's `logs/` folder by their path in it; those named `.gz` are to be compressed. */
export function logsOf(example: Example): ReadonlyMap<string, string> {
  const house = createHouse({ seed: houseSeed });
  const files = new Map<string, string>();
  for (const { path, text } of exportLogs(house, { acts: example.story(house).acts, ...example.keeps })) {
    files.set(path, (files.get(path) ?? '') + text);
  }
  return new Map([...files].map(([path, text]) => [text.length > compressAbove ? `${path}.gz` : path, text]));
}
