import type { Source } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { headerName, layOut, unfoldRecord } from './columns.ts';
import { createRowReader } from './read-row.ts';

/**
 * Event log files of any EventType: their CSV by the names in the header, and the JSON in which connectors keep their
 * rows, whatever case they give the column names.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile.htm
 */
export const source: Source = {
  name: 'salesforce-event-log-file',
  title: 'Salesforce event log file',
  lag: '3 to 6 hours after the hour, or the next day',
  longestLagMs: 30 * 3_600_000,
  readCsv: (header) => {
    const layout = layOut(header.map(headerName));
    return layout === undefined ? undefined : createRowReader(layout);
  },
  acceptsObject: (value) => unfoldRecord(value) !== undefined,
  readObject: (value) => {
    const record = unfoldRecord(value);
    const layout = record === undefined ? undefined : layOut(record.names);
    if (record === undefined || layout === undefined)
      return { invalid: 'no EVENT_TYPE with a TIMESTAMP, expected a row of an event log file' };
    return createRowReader(layout)(new CellList(record.cells));
  },
};
