import { parseInstant } from '#lib/instant.ts';
import { NetworkSlots } from '#model/event.ts';
import type { Invalid, JsonObject, LineFormat, Reading } from '#model/source.ts';
import { printLine } from '../line-print.ts';
import { hostOf, httpStatusOf, setEnds, setUrl } from '../network-slots.ts';
import { countOf, textOf } from '../record-values.ts';

/** Fields that web servers in front of their own pages write and proxies do not. */
const ofServers = ['s-sitename', 's-computername', 'sc-substatus', 'sc-win32-status'];
/** One of these says that it is a proxy's. */
const ofProxies = [
  's-action',
  'sc-filter-result',
  'cs-categories',
  'cs-uri-scheme',
  'rs(Content-Type)',
  's-hierarchy',
  'r-ip',
  'r-dns',
  'x-exception-id',
];

/**
 * W3C extended log format as Blue Coat's and other proxies write it: `#Fields:` names the columns, cells are parted by
 * blanks, `-` is none, texts with blanks stand in double quotes. Times are UTC. https://www.w3.org/TR/WD-logfile.html
 */
export function readExtended(directives: readonly string[]): LineFormat | undefined {
  const line = directives.findLast((each) => each.startsWith('#Fields:'));
  const names = line?.slice('#Fields:'.length).trim().split(/\s+/) ?? [];
  const has = (name: string): boolean => names.includes(name);
  const isProxy = has('c-ip') && (has('cs-host') || has('cs-uri')) && ofProxies.some(has) && !ofServers.some(has);
  if (!isProxy) return undefined;
  const fields = (row: string): JsonObject => {
    const cells = cellsOf(row);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] === '-' ? '' : cells[index]]));
  };
  return {
    accepts: (row) => cellsOf(row).length === names.length,
    read: (row) => read(fields(row), row),
    fields,
  };
}

/** `"Mozilla/5.0 (X11)" 200` are two cells; a quote inside a quoted cell is doubled. */
function cellsOf(row: string): readonly string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of row.matchAll(/"((?:[^"]|"")*)"(?=\s|$)|(\S+)/g))
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  return cells;
}

function read(record: JsonObject, row: string): Reading | Invalid {
  const stated = `${textOf(record['date'])}T${textOf(record['time'])}Z`;
  const time = parseInstant(textOf(record['x-timestamp']) ?? stated);
  if (time === undefined)
    return { invalid: `date and time are "${stated.slice(0, 40)}", expected YYYY-MM-DD hh:mm:ss` };
  const slots = new NetworkSlots();
  slots.activity_name = 'http-request';
  slots['metadata.product.name'] = 'Proxy';
  slots['metadata.event_code'] = textOf(record['s-action']) ?? 'access';
  slots['actor.user.name'] = textOf(record['cs-username'])?.toLowerCase();
  const from = { address: textOf(record['c-ip']), port: record['c-port'] };
  setEnds(
    slots,
    from,
    { address: textOf(record['r-ip']), port: textOf(record['cs-uri-port']) ?? record['r-port'] },
    'tcp',
  );
  setRequest(slots, record);
  slots['traffic.bytes_in'] = countOf(record['sc-bytes']);
  slots['traffic.bytes_out'] = countOf(record['cs-bytes']);
  slots['unmapped.connection.duration_ms'] = countOf(record['time-taken']);
  return { time, key: printLine(row, time), slots };
}

function setRequest(slots: NetworkSlots, record: JsonObject): void {
  slots['http_request.http_method'] = textOf(record['cs-method']);
  slots['http_request.user_agent'] = textOf(record['cs(User-Agent)']);
  const host = hostOf(textOf(record['cs-host']) ?? textOf(record['r-dns']));
  const query = textOf(record['cs-uri-query']);
  const path = textOf(record['cs-uri-path']) ?? textOf(record['cs-uri-stem']) ?? '';
  const url = textOf(record['cs-uri']) ?? `${path}${query === undefined ? '' : `?${query.replace(/^\?/, '')}`}`;
  const scheme = textOf(record['cs-uri-scheme']) ?? 'http';
  // A tunnel has an address without a path: `tcp://host:443/`.
  if (url !== '') setUrl(slots, url, scheme, host);
  else slots['dst_endpoint.hostname'] = host;
  const status = httpStatusOf(countOf(record['sc-status']));
  slots['http_response.code'] = status;
  slots.status_id = status === undefined ? undefined : status < 400 ? 1 : 2;
  slots.status_detail = textOf(record['sc-filter-result']) ?? textOf(record['x-exception-id']);
}
