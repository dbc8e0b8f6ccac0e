import { Fingerprint } from '#lib/fingerprint.ts';
import { parseCompactInstant, parseInstant } from '#lib/instant.ts';
import { Slots } from '#model/event.ts';
import type { Cells, CellsReader } from '#model/source.ts';
import { QueryMemory } from '../query-slots.ts';
import { userTypeOf } from '../salesforce-words.ts';
import type { Layout } from './columns.ts';
import { type ReadType, readerOf } from './event-types.ts';
import { AddressMemory } from './rest-path.ts';
import { Row } from './row.ts';

/** Reads the rows of one layout, one after the other. */
export function createRowReader(layout: Layout): CellsReader {
  const row = new Row(layout.at, new QueryMemory(), new AddressMemory());
  let eventType = '';
  let readType: ReadType = readerOf('');
  return (cells) => {
    if (cells.length !== layout.width) return { invalid: `${cells.length} cells, expected ${layout.width}` };
    row.cells = cells;
    const type = row.unquoted(layout.at.EVENT_TYPE);
    if (type !== eventType) {
      if (type === 'EVENT_TYPE' || row.text(layout.at.TIMESTAMP) === 'TIMESTAMP')
        return { invalid: 'stray header row' };
      if (type === undefined) return { invalid: 'EVENT_TYPE is empty' };
      eventType = type;
      readType = readerOf(type);
    }
    const time = readTime(row);
    if (time === undefined) return { invalid: timeFault(row) };
    const slots = new Slots();
    setCommon(slots, row, eventType);
    readType(slots, row);
    return { time, key: fingerprint(layout, cells, time), slots };
  };
}

function readTime({ at, cells }: Row): number | undefined {
  const text = at.TIMESTAMP < 0 ? '' : cells.at(at.TIMESTAMP)!;
  const time = parseCompactInstant(text) ?? parseInstant(text);
  return time !== undefined || at.TIMESTAMP_DERIVED < 0 ? time : parseInstant(cells.at(at.TIMESTAMP_DERIVED)!);
}

function timeFault(row: Row): string {
  const { at } = row;
  const found = at.TIMESTAMP < 0 ? `TIMESTAMP_DERIVED is "${row.cells.at(at.TIMESTAMP_DERIVED)}"` : undefined;
  if (row.text(at.TIMESTAMP) === 'TIMESTAMP') return 'stray header row';
  return found === undefined
    ? `TIMESTAMP is "${row.cells.at(at.TIMESTAMP)?.slice(0, 40)}", expected YYYYMMDDhhmmss.SSS`
    : `${found.slice(0, 60)}, expected an ISO 8601 time`;
}

/**
 * REQUEST_ID alone is no key: it is empty or repeated, and one request writes many rows. So the key is what the row
 * says, in any order of columns: the same row out of a daily and an hourly file, or out of a connector, has one key.
 */
function fingerprint({ keyed }: Layout, cells: Cells, time: number): Fingerprint {
  const print = new Fingerprint(time);
  for (const { position, seed } of keyed) cells.addTo(print, seed, position);
  return print;
}

const noAddress = 'Salesforce.com IP';

function setCommon(slots: Slots, row: Row, eventType: string): void {
  const { at } = row;
  slots['metadata.event_code'] = eventType;
  slots['metadata.product.name'] = 'Salesforce';
  slots['metadata.tenant_uid'] = row.id(at.ORGANIZATION_ID);
  slots['metadata.correlation_uid'] = row.text(at.REQUEST_ID);
  slots['actor.user.uid'] = row.id(at.USER_ID, at.USER_ID_DERIVED);
  slots['actor.user.name'] = row.text(at.USER_NAME)?.toLowerCase();
  slots['actor.user.type'] = userTypeOf(row.text(at.USER_TYPE));
  slots['actor.session.uid'] = row.text(at.SESSION_KEY);
  slots['actor.session.uid_alt'] = row.text(at.LOGIN_KEY);
  const source = row.text(at.SOURCE_IP);
  const client = row.text(at.CLIENT_IP) ?? row.text(at.IP_ADDRESS);
  slots['src_endpoint.ip'] = source === undefined || source === noAddress ? (client ?? source) : source;
  setStatus(slots, row);
}

/** REQUEST_STATUS: S success, F failure, A not authorised, N not found; R (redirect) and U (undefined) tell nothing. */
function setStatus(slots: Slots, row: Row): void {
  const { at } = row;
  const code = row.count(at.STATUS_CODE);
  if (code !== undefined && code >= 100 && code < 600) {
    slots['http_response.code'] = code;
    slots.status_id = code < 400 ? 1 : 2;
  } else {
    const status = row.text(at.REQUEST_STATUS) ?? row.text(at.SUCCESS);
    if (status !== undefined) slots.status_id = statuses.get(status.toUpperCase());
  }
  slots.status_detail =
    row.unquoted(at.EXCEPTION_MESSAGE) ?? row.unquoted(at.ERROR_MESSAGE) ?? row.unquoted(at.FAILURE_REASON);
}

const statuses: ReadonlyMap<string, 1 | 2> = new Map<string, 1 | 2>(
  Object.entries({
    S: 1,
    SUCCESS: 1,
    '1': 1,
    TRUE: 1,
    F: 2,
    FAILURE: 2,
    FAILED: 2,
    A: 2,
    N: 2,
    '0': 2,
    FALSE: 2,
  }),
);
