import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, LineFormat, Reading } from '#model/source.ts';
import { printLine } from '../line-print.ts';
import { hostOf, httpStatusOf, portOf, setEnds, setUrl } from '../network-slots.ts';

/**
 * Squid's native access log: `1066036250.603 310342 192.0.2.26 TCP_TUNNEL/200 1000 CONNECT host:443 user
 * HIER_DIRECT/203.0.113.9 -`. https://wiki.squid-cache.org/Features/LogFormat
 */
const line =
  /^(\d{9,10}\.\d{3}) +(\d+) (\S+) ([A-Z_]+)\/(\d{3}) (\d+) (\S+) (\S+) (\S+) ([A-Z_]+)\/(\S+)(?: (\S+))?\s*$/;

const names = [
  'timestamp',
  'elapsed',
  'client',
  'result',
  'status',
  'bytes',
  'method',
  'url',
  'user',
  'hierarchy',
  'peer',
  'type',
] as const;

type Field = (typeof names)[number];

function fieldsOf(text: string): Partial<Record<Field, string>> {
  const cells = line.exec(text)?.slice(1) ?? [];
  return Object.fromEntries(
    names.flatMap((name, index) => (cells[index] === undefined || cells[index] === '-' ? [] : [[name, cells[index]]])),
  );
}

/** The line's time is that of the end. Bytes are those to the client: what it sent this log does not say. */
function read(text: string): Reading | Invalid {
  const record = fieldsOf(text);
  if (record.timestamp === undefined) return { invalid: 'not a line of a native access log' };
  const time = Math.trunc(Number(record.timestamp) * 1000);
  const slots = new NetworkSlots();
  slots.activity_name = 'http-request';
  slots['metadata.product.name'] = 'Proxy';
  slots['metadata.event_code'] = record.result;
  slots['actor.user.name'] = record.user?.toLowerCase();
  setRequest(slots, record);
  const isAddress = /^[\d.]+$|:/.test(record.peer ?? '');
  const port = portOf(/:(\d+)$/.exec(record.url ?? '')?.[1]);
  setEnds(
    slots,
    { address: record.client, port: undefined },
    { address: isAddress ? record.peer : undefined, port },
    'tcp',
  );
  slots['traffic.bytes_in'] = Number(record.bytes);
  slots['unmapped.connection.duration_ms'] = Number(record.elapsed);
  return { time, key: printLine(text, time), slots };
}

function setRequest(slots: NetworkSlots, record: Partial<Record<Field, string>>): void {
  const { method, url = '' } = record;
  slots['http_request.http_method'] = method;
  if (method === 'CONNECT') {
    slots['dst_endpoint.hostname'] = hostOf(url);
    slots['http_request.url.url_string'] = url;
  } else setUrl(slots, url, 'http', undefined);
  const status = httpStatusOf(Number(record.status));
  slots['http_response.code'] = status;
  slots.status_id = status === undefined ? undefined : status < 400 ? 1 : 2;
  slots.status_detail = record.result;
}

const format: LineFormat = {
  accepts: (text) => line.test(text),
  read,
  fields: (text): JsonObject => fieldsOf(text),
};

/** No directives stand before it. */
export const readSquid = (directives: readonly string[]): LineFormat | undefined =>
  directives.length === 0 ? format : undefined;
