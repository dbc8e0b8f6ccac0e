import type { NetworkSlots } from '#model/event.ts';

/** Text beyond this is no name, method or address that a person or program means. */
const longestName = 1024;

/** The parts of a URL as slots; `url` may be a whole address, `/path?query`, or `host:port` of a CONNECT. */
export function setUrl(slots: NetworkSlots, url: string, scheme: string, host: string | undefined): void {
  const isWhole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url);
  const rest = isWhole ? url.slice(url.indexOf('://') + 3) : url;
  const pathAt = isWhole ? rest.search(/[/?#]/) : 0;
  const named = isWhole ? hostOf(pathAt < 0 ? rest : rest.slice(0, pathAt)) : host;
  const pathAndQuery = isWhole ? (pathAt < 0 ? '/' : rest.slice(pathAt)) : url;
  const queryAt = pathAndQuery.indexOf('?');
  const path = queryAt < 0 ? pathAndQuery : pathAndQuery.slice(0, queryAt);
  slots['dst_endpoint.hostname'] = host ?? named;
  slots['http_request.url.url_string'] = isWhole || host === undefined ? url : `${scheme}://${host}${url}`;
  slots['http_request.url.path'] = path;
  slots['http_request.url.query_string'] = queryAt < 0 ? undefined : pathAndQuery.slice(queryAt + 1);
  slots['unmapped.http_request.url.extension'] = extensionOf(path);
}

/** `user@shop.example:8443` is `shop.example`; lower case, without the dot of the root. */
export function hostOf(authority: string | undefined): string | undefined {
  if (authority === undefined || authority.length > longestName) return undefined;
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d{1,5}$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return host === '' || host === '-' ? undefined : host;
}

function extensionOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1);
  return /^[\w-]{1,20}$/.test(extension) ? extension.toLowerCase() : undefined;
}

/** A port, or undefined for what is none. */
export function portOf(value: unknown): number | undefined {
  const port = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}

/** A status of HTTP, or undefined: some sensors write 0 for none. */
export const httpStatusOf = (value: number | undefined): number | undefined =>
  value !== undefined && value >= 100 && value <= 999 ? value : undefined;

/** Both ends of a connection. */
export function setEnds(
  slots: NetworkSlots,
  from: { readonly address: string | undefined; readonly port: unknown },
  to: { readonly address: string | undefined; readonly port: unknown },
  protocol: string | undefined,
): void {
  slots['src_endpoint.ip'] = from.address;
  slots['src_endpoint.port'] = portOf(from.port);
  slots['dst_endpoint.ip'] = to.address;
  slots['dst_endpoint.port'] = portOf(to.port);
  slots['connection_info.protocol_name'] = protocol?.toLowerCase();
}
