import { Fingerprint, seedOf } from '#lib/fingerprint.ts';
import { parseInstant } from '#lib/instant.ts';
import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, LineFormat, Reading, Source } from '#model/source.ts';
import { hostOf, httpStatusOf, setEnds, setUrl } from '../network-slots.ts';
import { countOf, listOf, textOf } from '../record-values.ts';
import { activityOfKind, baseOf, kindOf } from './kinds.ts';
import { readRow, readTableHead } from './read-table.ts';

/** Seconds since 1970 are below this for three thousand years; Zeek can also write milliseconds. */
const firstMilliseconds = 1e11;

/** `1297551044.625414`, the same as text, ms where `json_timestamps` is JSON::TS_MILLIS, or ISO 8601. */
function instantOf(value: unknown): number | undefined {
  if (typeof value === 'string' && value.includes('-')) return parseInstant(value);
  const seconds = countOf(value);
  if (seconds === undefined || seconds > 1e14) return undefined;
  return seconds >= firstMilliseconds ? Math.trunc(seconds) : Math.trunc(seconds * 1000);
}

/** What connectors make of `id.orig_h`: also `id_orig_h`, or an object `id`. */
function endOf(record: JsonObject, name: string): unknown {
  const flat = record[`id.${name}`] ?? record[`id_${name}`];
  if (flat !== undefined) return flat;
  const id = record['id'];
  return typeof id === 'object' && id !== null ? (id as JsonObject)[name] : undefined;
}

function readObject(record: JsonObject): Reading | Invalid {
  const kind = kindOf(record);
  if (kind === undefined) return { invalid: 'no _path and no fields of a known log of Zeek' };
  const begin = instantOf(record['ts']);
  if (begin === undefined)
    return { invalid: `ts is ${JSON.stringify(record['ts'])?.slice(0, 40)}, expected a time in seconds or ISO 8601` };
  const slots = new NetworkSlots();
  slots['metadata.product.name'] = 'Zeek';
  slots['metadata.event_code'] = kind;
  slots['metadata.correlation_uid'] = textOf(record['uid']) ?? textOf(record['conn_uids']);
  const from = textOf(endOf(record, 'orig_h'));
  slots.activity_name = activityOfKind(kind, from !== undefined);
  const to = { address: textOf(endOf(record, 'resp_h')), port: endOf(record, 'resp_p') };
  setEnds(slots, { address: from, port: endOf(record, 'orig_p') }, to, textOf(record['proto']));
  setters.get(baseOf(kind))?.(slots, record);
  const time = begin + (slots['unmapped.connection.duration_ms'] ?? 0);
  return { time, key: printOf(record, time), slots };
}

/**
 * Bytes are those of the payload; where Zeek could not follow it, those of the packets. A connection is an event of its
 * end: only then are its bytes known, and `ts`, its beginning, may lie hours back.
 */
function setConnection(slots: NetworkSlots, record: JsonObject): void {
  slots['traffic.bytes_out'] = countOf(record['orig_bytes']) ?? countOf(record['orig_ip_bytes']);
  slots['traffic.bytes_in'] = countOf(record['resp_bytes']) ?? countOf(record['resp_ip_bytes']);
  const seconds = countOf(record['duration']);
  if (seconds !== undefined && seconds < 1e9) slots['unmapped.connection.duration_ms'] = Math.trunc(seconds * 1000);
  slots.status_detail = textOf(record['conn_state']);
}

function setRequest(slots: NetworkSlots, record: JsonObject): void {
  slots['http_request.http_method'] = textOf(record['method']);
  slots['http_request.user_agent'] = textOf(record['user_agent']);
  const host = hostOf(textOf(record['host']));
  const uri = textOf(record['uri']);
  if (uri !== undefined) setUrl(slots, uri, 'http', host);
  else slots['dst_endpoint.hostname'] = host;
  const status = httpStatusOf(countOf(record['status_code']));
  slots['http_response.code'] = status;
  slots.status_id = status === undefined ? undefined : status < 400 ? 1 : 2;
  slots['query_info.bytes'] = countOf(record['response_body_len']);
}

function setHandshake(slots: NetworkSlots, record: JsonObject): void {
  const name = textOf(record['server_name']);
  slots['tls.sni'] = name;
  slots['dst_endpoint.hostname'] = hostOf(name);
  slots['tls.ja3_hash.value'] = textOf(record['ja3']);
  slots.status_id = record['established'] === true ? 1 : record['established'] === false ? 2 : undefined;
}

function setLookup(slots: NetworkSlots, record: JsonObject): void {
  slots['query.hostname'] = hostOf(textOf(record['query']));
  slots['answers.rdata'] = listOf(record['answers']).slice(0, 16);
  slots.status_detail = textOf(record['rcode_name']);
}

const said = (slots: NetworkSlots, success: unknown): void => {
  slots.status_id = success === true ? 1 : success === false ? 2 : undefined;
};

const say = (slots: NetworkSlots, words: unknown): void => {
  slots.message = textOf(words);
};

const setters: ReadonlyMap<string, (slots: NetworkSlots, record: JsonObject) => void> = new Map([
  ['conn', setConnection],
  ['http', setRequest],
  ['ssl', setHandshake],
  ['quic', setHandshake],
  ['dns', setLookup],
  ['ssh', (slots, record) => said(slots, record['auth_success'])],
  ['kerberos', (slots, record) => said(slots, record['success'])],
  ['ntlm', (slots, record) => said(slots, record['success'])],
  ['notice', (slots, record) => say(slots, record['msg'])],
  ['weird', (slots, record) => say(slots, record['name'])],
]);

const pathSeed = seedOf('_path');

/** Not every log has ids, and none has one per record: what tells a record is all it says. */
function printOf(record: JsonObject, time: number): Fingerprint {
  const print = new Fingerprint(time);
  for (const [name, value] of Object.entries(record)) {
    const seed = name === '_path' ? pathSeed : seedOf(name);
    print.add(seed, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  }
  return print;
}

function readLines(directives: readonly string[]): LineFormat | undefined {
  const head = readTableHead(directives);
  if (head === undefined) return undefined;
  const fields = (line: string): JsonObject => readRow(head, line);
  return {
    accepts: (line) => countCells(line, head.separator) === head.columns.length,
    read: (line) => readObject(fields(line)),
    fields,
  };
}

function countCells(line: string, separator: string): number {
  let cells = 1;
  for (let at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, at + separator.length)) cells += 1;
  return cells;
}

/** Zeek's logs, whichever, as JSON lines or in the tab-separated form; which log it is each record or its file says. */
export const source: Source = {
  name: 'zeek',
  title: 'Zeek',
  lag: 'seconds; a connection when it ends',
  longestLagMs: 15 * 60_000,
  readLines,
  acceptsObject: (record) => kindOf(record) !== undefined,
  readObject,
};
