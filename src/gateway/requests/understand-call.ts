import type { CallHead, Refusal, UnderstoodCall } from '../call.ts';
import { filterHeaders } from './filter-headers.ts';
import { findRoute } from './find-route.ts';
import { isRefusal, refuseBodySize } from './refuse.ts';

/** Bytes of body that a call of this head may bring, 0 for none; or why it is refused before any is read. */
export function bodyLimit(head: CallHead): number | Refusal {
  const found = findRoute(head);
  return isRefusal(found) ? found : found.route.bodyBytes;
}

/** What a call asks, from its raw head and body alone; whatever has no single meaning is refused. */
export function understandCall(head: CallHead, body: Uint8Array | undefined): UnderstoodCall | Refusal {
  const headers = filterHeaders(head.headers);
  if (isRefusal(headers)) return headers;
  const found = findRoute(head);
  if (isRefusal(found)) return found;
  const { route, version } = found;
  if ((body?.length ?? 0) > route.bodyBytes)
    return refuseBodySize('oversize-body', `the body may have ${route.bodyBytes} bytes on this path`);
  const asked = route.read(body);
  return isRefusal(asked) ? asked : { asked, version, headers };
}
