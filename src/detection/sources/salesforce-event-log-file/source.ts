import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { CellList } from '../csv-row.ts';
import { headerName, layOut, unfoldRecord } from './columns.ts';
import { unfoldEventLogObject } from './event-log-object.ts';
import { createRowReader } from './read-row.ts';

function readRecord(names: readonly string[], cells: readonly string[]): Reading | Invalid {
  const layout = layOut(names);
  if (layout === undefined) return { invalid: 'no EVENT_TYPE with a TIMESTAMP, expected a row of an event log file' };
  return createRowReader(layout)(new CellList(cells));
}

/**
 * A record of an Event Log Object has fewer fields than its row in a file, so the two have different keys. They tell
 * of one request (`metadata.correlation_uid`), and each says by its event code which log it stands in: what was read
 * is counted once.
 */
function readObject(value: JsonObject): Reading | Invalid {
  const unfolded = unfoldEventLogObject(value);
  if (unfolded === undefined) {
    const record = unfoldRecord(value);
    return readRecord(record?.names ?? [], record?.cells ?? []);
  }
  const reading = readRecord(unfolded.names, unfolded.cells);
  if (!('invalid' in reading)) reading.slots['metadata.event_code'] = unfolded.object;
  return reading;
}

/**
 * Event log files of any EventType: their CSV by the names in the header, the JSON in which connectors keep their rows,
 * whatever case they give the column names, and records of Event Log Objects (`RestApiEventLog`), which hold the same.
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
  acceptsObject: (value) => unfoldEventLogObject(value) !== undefined || unfoldRecord(value) !== undefined,
  readObject,
};
