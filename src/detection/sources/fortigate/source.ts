import { parseInstant } from '#lib/instant.ts';
import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, LineFormat, Reading, Source } from '#model/source.ts';
import { printLine } from '../line-print.ts';
import { hostOf, setEnds, setUrl } from '../network-slots.ts';
import { countOf, textOf } from '../record-values.ts';

/**
 * FortiOS's log lines, bare or behind a syslog header: `date=2026-11-23 time=10:00:01 devname="fw" logid="0000000013"
 * type="traffic" subtype="forward" srcip=10.0.0.7 ... sentbyte=812`. https://docs.fortinet.com/document/fortigate/latest/fortios-log-message-reference
 */
const accepts = (line: string): boolean =>
  /^(?:<\d{1,3}>)?.{0,120}?\b(?:date=\d{4}-\d\d-\d\d time=\d|eventtime=\d)/.test(line) &&
  /\blogid="?\d+/.test(line) &&
  /\btype="?\w+/.test(line);

const mostFields = 256;

/** Names and values; a quote inside a quoted value stands behind a backslash. */
function fields(line: string): JsonObject {
  const found: [string, string][] = [];
  for (const [, name = '', quoted, plain] of line.matchAll(/(\w[\w-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    found.push([name, quoted?.replace(/\\(["\\])/g, '$1') ?? plain ?? '']);
    if (found.length >= mostFields) break;
  }
  return Object.fromEntries(found);
}

/** `eventtime` is in seconds, ms or ns since 1970 as the version has it; else the device's clock with its zone. */
function instantOf(record: JsonObject): number | undefined {
  const stated = textOf(record['eventtime']);
  if (stated !== undefined && /^\d{10}(?:\d{3}|\d{6}|\d{9})?$/.test(stated))
    return Number(stated.padEnd(13, '0').slice(0, 13));
  const zone = textOf(record['tz'])?.replace(/^([+-])(\d\d):?(\d\d)$/, '$1$2:$3') ?? 'Z';
  return parseInstant(`${textOf(record['date'])}T${textOf(record['time'])}${zone}`);
}

function read(line: string): Reading | Invalid {
  const record = fields(line);
  const time = instantOf(record);
  if (time === undefined) return { invalid: 'no eventtime, and no date and time, expected one of them' };
  const slots = new NetworkSlots();
  const type = textOf(record['type']) ?? '';
  slots['metadata.product.name'] = 'FortiGate';
  slots['metadata.event_code'] = type;
  slots['metadata.correlation_uid'] = textOf(record['sessionid']);
  slots['actor.user.name'] = textOf(record['user'])?.toLowerCase();
  slots.status_detail = textOf(record['action']);
  slots.message = textOf(record['logdesc']) ?? textOf(record['msg']);
  const to = { address: textOf(record['dstip']), port: record['dstport'] };
  setEnds(slots, { address: textOf(record['srcip']), port: record['srcport'] }, to, protocolOf(record['proto']));
  slots['dst_endpoint.hostname'] = hostOf(textOf(record['hostname']) ?? textOf(record['dstname']));
  const url = textOf(record['url']);
  if (url !== undefined) setUrl(slots, url, 'https', slots['dst_endpoint.hostname']);
  setAct(slots, type, record);
  return { time, key: printLine(line, time), slots };
}

function setAct(slots: NetworkSlots, type: string, record: JsonObject): void {
  if (type === 'traffic') {
    slots.activity_name = 'network-connection';
    slots['traffic.bytes_out'] = countOf(record['sentbyte']);
    slots['traffic.bytes_in'] = countOf(record['rcvdbyte']);
    const seconds = countOf(record['duration']);
    slots['unmapped.connection.duration_ms'] = seconds === undefined ? undefined : seconds * 1000;
  } else if (type === 'utm') slots.activity_name = 'network-session';
  // The configuration of the device itself was changed.
  else if (textOf(record['cfgpath']) !== undefined) slots.activity_name = 'setting-change';
}

/** IANA protocol numbers. */
const protocols: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
]);
const protocolOf = (number: unknown): string | undefined => protocols.get(textOf(number) ?? '');

const format: LineFormat = { accepts, read, fields };

/** FortiGate firewalls: traffic with its bytes, and what administrators change. */
export const source: Source = {
  name: 'fortigate',
  title: 'FortiGate',
  lag: 'seconds; a session when it ends',
  longestLagMs: 15 * 60_000,
  readLines: (directives) => (directives.length === 0 ? format : undefined),
};
