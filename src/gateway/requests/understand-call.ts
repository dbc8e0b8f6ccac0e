import type { Asked, CallHead, Refusal } from '../call.ts';
import { keepLatest } from '../keep-latest.ts';
import type { Planner } from '../parts.ts';
import { filteredBy, filterHeaders } from './filter-headers.ts';
import { type FoundRoute, findRoute } from './find-route.ts';
import { type ReadSoql, readSoql } from './read-soql.ts';
import { isRefusal, refuseBodySize } from './refuse.ts';

/** Queries whose parse is kept, by their text; and calls without a body, by their target. */
const mostParsed = 500;

/** A call that its target alone says. */
type Told = { readonly asked: Asked; readonly version: string | undefined } | Refusal;

/**
 * What a call asks, from its raw head and body alone; whatever has no single meaning is refused. A target that comes
 * again is not taken apart again; any other head is routed once, for the limit of its body and for what it asks.
 */
export function openUnderstanding(): Pick<Planner, 'bodyLimit' | 'understand'> {
  const parsed = keepLatest<ReturnType<ReadSoql>>(mostParsed);
  const readKnown: ReadSoql = (text) => parsed(text, () => readSoql(text));
  const filtered = keepLatest<ReturnType<typeof filterHeaders>>(mostParsed);
  const told = keepLatest<Told>(mostParsed);
  const toldBy = (head: CallHead): Told | undefined =>
    isTold(head) ? told(head.target, () => readBodiless(findRoute(head, readKnown))) : undefined;
  const routed = new WeakMap<CallHead, FoundRoute | Refusal>();
  const routeOf = (head: CallHead): FoundRoute | Refusal => {
    const found = routed.get(head) ?? findRoute(head, readKnown);
    routed.set(head, found);
    return found;
  };
  return {
    bodyLimit(head): number | Refusal {
      const known = toldBy(head);
      if (known !== undefined) return isRefusal(known) ? known : 0;
      const found = routeOf(head);
      return isRefusal(found) ? found : found.route.bodyBytes;
    },
    understand(head, body) {
      const headers = filtered(filteredBy(head.headers), () => filterHeaders(head.headers));
      if (isRefusal(headers)) return headers;
      const known = toldBy(head);
      if (known !== undefined && isRefusal(known)) return known;
      if (known !== undefined && (body?.length ?? 0) === 0) return { ...known, headers };
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

/** No GET of the CRM's data has a body. Elsewhere a target may hold a token, which is not kept. */
const isTold = ({ method, target }: CallHead): boolean => method === 'GET' && target.startsWith('/services/data/');

function readBodiless(found: FoundRoute | Refusal): Told {
  if (isRefusal(found)) return found;
  const asked = found.route.read(undefined);
  return isRefusal(asked) ? asked : { asked, version: found.version };
}
