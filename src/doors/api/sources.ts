import { success } from '#model/result.ts';
import { operation } from './operation.ts';
import { sourcesView } from './schemas.ts';

export const listSources = operation({
  summary: 'How every source and each of its live streams fares, and what could not be had',
  answer: sourcesView,
  run: async ({ desk }) => success(await desk.sources()),
});
