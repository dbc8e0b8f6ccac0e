import { liveSourceConforms } from '../live-conformance-for-tests/live-source-conforms.ts';
import { crmTrial, putRecords } from '../salesforce-trial-for-tests/crm-trial.ts';
import { live } from './live.ts';
import { source } from './source.ts';

const objects = ['ApiEvent', 'BulkApiResultEventStore'];

/** The event bus is out of reach all the time: the stored copies alone bring every event. */
const trial = crmTrial({
  settings: (stored) => ({
    endpoint: '127.0.0.1:1',
    topics: ['/event/ApiEventStream'],
    stored: { ...stored, objects },
  }),
  objects,
  put: (logs, times, serial) =>
    objects.map((object, turn) =>
      putRecords(
        logs,
        object,
        times.flatMap((time, index) => {
          const number = serial + index;
          if (number % objects.length !== turn) return [];
          const EventDate = new Date(time).toISOString();
          return [{ EventDate, EventIdentifier: `event-${number}`, Query: 'SELECT Id FROM Contact' }];
        }),
      ),
    ),
});

liveSourceConforms({ live, source, trial });
