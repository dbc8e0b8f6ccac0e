import type { CallHead, Refusal } from '../call.ts';
import { refusesContentType } from './filter-headers.ts';
import type { ReadSoql } from './read-soql.ts';
import { printParameters, readTarget, type Target } from './read-target.ts';
import { isRefusal, refuseAsAbsent } from './refuse.ts';
import { asks, type DataCall, onlyGet, type Route } from './route.ts';
import { compositeRoute } from './route-composite.ts';
import { jobRoute } from './route-jobs.ts';
import { queryRoute } from './route-query.ts';
import { sobjectRoute, sobjectRowsRoute } from './route-sobjects.ts';
import { refuseUnknown } from './unspoken.ts';

export interface FoundRoute {
  readonly route: Route;
  readonly version: string | undefined;
}

/** Where the call of this head leads; a body is only spoken of where its content type says JSON. */
export function findRoute(head: CallHead, readSoql: ReadSoql): FoundRoute | Refusal {
  const target = readTarget(head.target);
  if (isRefusal(target)) return target;
  const version = versionOf(target);
  const route = routeTarget(head.method, target, version, readSoql);
  if (isRefusal(route)) return route;
  const refusal = route.bodyBytes > 0 ? refusesContentType(head.headers) : undefined;
  return refusal ?? { route, version };
}

const versionOf = ({ segments }: Target): string | undefined =>
  segments[0] === 'services' && segments[1] === 'data' ? /^v([2-9]\d\.0)$/.exec(segments[2] ?? '')?.[1] : undefined;

/** One table of paths: whoever adds a path adds it here. */
function routeTarget(method: string, target: Target, version: string | undefined, readSoql: ReadSoql): Route | Refusal {
  const { segments, parameters } = target;
  const route =
    version !== undefined && segments.length > 3
      ? routeData({ method, segments: segments.slice(3), parameters, version, readSoql })
      : routeAbout(method, target, version);
  if (route !== undefined) return route;
  const refusal = refuseUnknown(segments);
  if (method !== 'GET') return refusal;
  return asks({ kind: 'unread', path: target.path, target: target.path + printParameters(parameters), refusal });
}

function routeData(call: DataCall): Route | Refusal | undefined {
  const [first, second] = call.segments;
  switch (first) {
    case 'query':
    case 'queryAll':
      return queryRoute(call);
    case 'sobjects':
      return sobjectRoute(call);
    case 'jobs':
      return second === 'query' ? jobRoute(call) : undefined;
    case 'composite':
      return second === 'sobjects' ? sobjectRowsRoute(call) : compositeRoute(call, routeTarget);
    case 'limits':
      return call.segments.length === 1 ? onlyGet(call, { kind: 'about', what: 'limits' }) : undefined;
    default:
      return undefined;
  }
}

function routeAbout(method: string, { segments, parameters }: Target, version: string | undefined) {
  const [first, second, third] = segments;
  const call = { method, parameters };
  if (first === 'services' && second === 'data' && segments.length === 2)
    return onlyGet(call, { kind: 'about', what: 'versions' });
  if (version !== undefined && segments.length === 3) return onlyGet(call, { kind: 'about', what: 'resources' });
  if (first === 'services' && second === 'oauth2' && third === 'userinfo' && segments.length === 3)
    return onlyGet(call, { kind: 'about', what: 'userinfo' }, ['format']);
  if (first !== 'id' || segments.length !== 3) return undefined;
  const isNamed = /^00D[0-9A-Za-z]{12,15}$/.test(second!) && /^005[0-9A-Za-z]{12,15}$/.test(third!);
  if (!isNamed) return refuseAsAbsent('unknown-path', 'an identity is at /id/ORGANISATION/USER');
  // jsforce repeats the access token as a parameter; it stays here.
  const identity = { kind: 'identity', organization: second!, user: third! } as const;
  return onlyGet(call, identity, ['format', 'oauth_token', 'version']);
}
