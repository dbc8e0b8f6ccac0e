import { z } from 'zod';
import type { LiveSource } from '#model/live-source.ts';
import { followRows } from '../follow-rows.ts';
import { openPolledSalesforce, salesforcePolling } from '../salesforce-polling.ts';
import { eventTypeOf } from './event-log-object.ts';
import { followFiles } from './follow-files.ts';

const settings = salesforcePolling.extend({
  files: z
    .enum(['auto', 'daily', 'none'])
    .default('auto')
    .describe('Which files to read; auto: hourly ones where the org has them, else daily ones'),
  objects: z
    .array(z.string().regex(/^[A-Z]\w*EventLog$/, 'the name of an Event Log Object, e.g. RestApiEventLog'))
    .default([])
    .describe('Event Log Objects to read within minutes; files of the same event types are then left out'),
  overlapSeconds: z.number().nonnegative().default(3600),
});
type Settings = z.infer<typeof settings>;

const dayMs = 86_400_000;

/**
 * Event log files, and Event Log Objects in their stead: what one tells the other tells too, so an event type is read
 * from one of them.
 */
export const live: LiveSource<Settings> = {
  name: 'salesforce-event-log-file',
  settings,
  streams: (told, surroundings) => {
    const api = openPolledSalesforce(told, surroundings);
    const origin = `salesforce-event-log-file: ${told.instanceUrl}`;
    const [pollMs, overlapMs] = [told.pollSeconds * 1000, told.overlapSeconds * 1000];
    const leftOut = told.objects.flatMap((object) => eventTypeOf(object) ?? []);
    const objects = told.objects.map((object) =>
      followRows(
        {
          object,
          timeField: 'Timestamp',
          needs: '"View Event Log Object Data" and "API Enabled"',
          order: 'ASC',
          stepMs: dayMs,
          overlapMs,
          keptMs: 30 * dayMs,
          pollMs,
          pageRecords: 2000,
        },
        api,
        origin,
        surroundings,
      ),
    );
    if (told.files === 'none') return objects;
    const wanted = told.files === 'auto' ? (['Hourly', 'Daily'] as const) : (['Daily'] as const);
    const files = { pollMs, overlapMs, leftOut, wanted, origin };
    return [followFiles(files, api, surroundings), ...objects];
  },
};
