import { Fingerprint, seedOf } from '#lib/fingerprint.ts';
import { parseInstant } from '#lib/instant.ts';
import type { Activity } from '#model/activity.ts';
import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, Reading, Source } from '#model/source.ts';
import { hostOf, httpStatusOf, setEnds, setUrl } from '../network-slots.ts';
import { countOf, textOf } from '../record-values.ts';

/** https://docs.suricata.io/en/latest/output/eve/eve-json-format.html */
const activityOf: ReadonlyMap<string, Activity> = new Map<string, Activity>([
  ['flow', 'network-connection'],
  ['netflow', 'network-connection'],
  ['http', 'http-request'],
  ['http2', 'http-request'],
  ['dns', 'dns-query'],
  ['tls', 'tls-handshake'],
  ['quic', 'tls-handshake'],
  ['fileinfo', 'network-file'],
  ['alert', 'vendor-finding'],
]);

function partOf(record: JsonObject, name: string): JsonObject {
  const part = record[name];
  return typeof part === 'object' && part !== null ? (part as JsonObject) : {};
}

const accepts = (record: JsonObject): boolean =>
  typeof record['event_type'] === 'string' &&
  typeof record['timestamp'] === 'string' &&
  /^[a-z][a-z0-9_-]{0,30}$/.test(record['event_type']) &&
  (record['event_type'] in record || 'src_ip' in record || 'flow_id' in record);

function readObject(record: JsonObject): Reading | Invalid {
  const kind = textOf(record['event_type']) ?? '';
  const stated = textOf(record['timestamp']) ?? '';
  const logged = parseInstant(stated);
  if (logged === undefined) return { invalid: `timestamp is "${stated.slice(0, 40)}", expected an ISO 8601 time` };
  const slots = new NetworkSlots();
  slots['metadata.product.name'] = 'Suricata';
  slots['metadata.event_code'] = kind;
  slots['metadata.correlation_uid'] = textOf(record['flow_id']);
  const from = textOf(record['src_ip']);
  slots.activity_name = activityOf.get(kind) ?? (from === undefined ? 'other' : 'network-session');
  const to = { address: textOf(record['dest_ip']), port: record['dest_port'] };
  setEnds(slots, { address: from, port: record['src_port'] }, to, textOf(record['proto']));
  setters.get(kind)?.(slots, partOf(record, kind));
  const time = (slots.activity_name === 'network-connection' ? endOf(partOf(record, kind)) : undefined) ?? logged;
  return { time, key: printOf(record, time), slots };
}

/** A flow is logged up to its timeout after its last packet: the event is of that packet. */
const endOf = (flow: JsonObject): number | undefined => parseInstant(textOf(flow['end']) ?? '');

/** Bytes are those of whole packets. */
function setFlow(slots: NetworkSlots, flow: JsonObject): void {
  slots['traffic.bytes_out'] = countOf(flow['bytes_toserver']);
  slots['traffic.bytes_in'] = countOf(flow['bytes_toclient']);
  setDuration(slots, flow);
  slots.status_detail = textOf(flow['state']);
}

/** One direction of a flow: its source is whoever sent these bytes, also where that is the server. */
function setNetflow(slots: NetworkSlots, netflow: JsonObject): void {
  slots['traffic.bytes_out'] = countOf(netflow['bytes']);
  setDuration(slots, netflow);
}

function setDuration(slots: NetworkSlots, flow: JsonObject): void {
  const begin = parseInstant(textOf(flow['start']) ?? '');
  const end = endOf(flow);
  const seconds = countOf(flow['age']);
  const lasted = begin !== undefined && end !== undefined ? end - begin : seconds === undefined ? -1 : seconds * 1000;
  if (lasted >= 0) slots['unmapped.connection.duration_ms'] = lasted;
}

function setRequest(slots: NetworkSlots, http: JsonObject): void {
  slots['http_request.http_method'] = textOf(http['http_method']);
  slots['http_request.user_agent'] = textOf(http['http_user_agent']);
  const host = hostOf(textOf(http['hostname']));
  const url = textOf(http['url']);
  if (url !== undefined) setUrl(slots, url, 'http', host);
  else slots['dst_endpoint.hostname'] = host;
  const status = httpStatusOf(countOf(http['status']));
  slots['http_response.code'] = status;
  slots.status_id = status === undefined ? undefined : status < 400 ? 1 : 2;
  slots['query_info.bytes'] = countOf(http['length']);
}

function setHandshake(slots: NetworkSlots, tls: JsonObject): void {
  const name = textOf(tls['sni']);
  slots['tls.sni'] = name;
  slots['dst_endpoint.hostname'] = hostOf(name);
  slots['tls.ja3_hash.value'] = textOf(partOf(tls, 'ja3')['hash']);
}

/** Versions 1 and 2 name the question in the record, version 3 in a list. */
function setLookup(slots: NetworkSlots, dns: JsonObject): void {
  const queries = dns['queries'] ?? dns['query'];
  const first: unknown = Array.isArray(queries) ? queries[0] : undefined;
  const query = typeof first === 'object' && first !== null ? (first as JsonObject) : dns;
  slots['query.hostname'] = hostOf(textOf(query['rrname']) ?? textOf(dns['rrname']));
  slots['answers.rdata'] = answersOf(dns).slice(0, 16);
  slots.status_detail = textOf(dns['rcode']);
}

/** `answers: [{ rrname, rrtype, rdata }]`, `grouped: { A: [...] }`, or one answer a record (`rdata`). */
function answersOf(dns: JsonObject): readonly string[] {
  const { answers, grouped } = dns;
  if (Array.isArray(answers))
    return answers.flatMap((each: unknown) =>
      typeof each === 'object' && each !== null ? (textOf((each as JsonObject)['rdata']) ?? []) : [],
    );
  if (typeof grouped === 'object' && grouped !== null)
    return Object.values(grouped as JsonObject).flatMap((each) =>
      Array.isArray(each) ? each.flatMap((one) => textOf(one) ?? []) : [],
    );
  return [textOf(dns['rdata'])].flatMap((each) => each ?? []);
}

function setAlert(slots: NetworkSlots, alert: JsonObject): void {
  slots.message = textOf(alert['signature']);
  slots.status_detail = textOf(alert['category']);
  const action = alert['action'];
  slots.status_id = action === 'allowed' ? 1 : action === 'blocked' ? 2 : undefined;
}

const setters: ReadonlyMap<string, (slots: NetworkSlots, part: JsonObject) => void> = new Map([
  ['flow', setFlow],
  ['netflow', setNetflow],
  ['http', setRequest],
  ['tls', setHandshake],
  ['quic', setHandshake],
  ['dns', setLookup],
  ['alert', setAlert],
]);

/** Records have no id: what tells one is all it says. */
function printOf(record: JsonObject, time: number): Fingerprint {
  const print = new Fingerprint(time);
  for (const [name, value] of Object.entries(record))
    print.add(seedOf(name), typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return print;
}

/** Suricata's EVE log: every type of event, one JSON object each. */
export const source: Source = {
  name: 'suricata-eve',
  title: 'Suricata EVE',
  lag: 'seconds; a flow minutes after its last packet',
  longestLagMs: 15 * 60_000,
  acceptsObject: accepts,
  readObject,
};
