import type { CallHead, Refusal } from '../call.ts';
import type { Planner } from '../parts.ts';
import { filterHeaders } from './filter-headers.ts';
import { findRoute } from './find-route.ts';
import { keepLatest } from './keep-latest.ts';
import { type ReadSoql, readSoql } from './read-soql.ts';
import { isRefusal, refuseBodySize } from './refuse.ts';

/** Queries whose parse is kept, by their text. */
const mostParsed = 500;

/**
 * What a call asks, from its raw head and body alone; whatever has no single meaning is refused. A head is routed once,
 * for the limit of its body and for what it asks.
 */
export function openUnderstanding(): Pick<Planner, 'bodyLimit' | 'understand'> {
  const parsed = keepLatest<ReturnType<ReadSoql>>(mostParsed);
  const readKnown: ReadSoql = (text) => parsed(text, () => readSoql(text));
  const routed = new WeakMap<CallHead, ReturnType<typeof findRoute>>();
  const routeOf = (head: CallHead): ReturnType<typeof findRoute> => {
    const found = routed.get(head) ?? findRoute(head, readKnown);
    routed.set(head, found);
    return found;
  };
  return {
    bodyLimit(head): number | Refusal {
      const found = routeOf(head);
      return isRefusal(found) ? found : found.route.bodyBytes;
    },
    understand(head, body) {
      const headers = filterHeaders(head.headers);
      if (isRefusal(headers)) return headers;
      const found = routeOf(head);
      if (isRefusal(found)) return found;
      const { route, version } = found;
      if ((body?.length ?? 0) > route.bodyBytes)
        return refuseBodySize('oversize-body', `the body may have ${route.bodyBytes} bytes on this path`);
      const asked = route.read(body);
      return isRefusal(asked) ? asked : { asked, version, headers };
    },
  };
}
